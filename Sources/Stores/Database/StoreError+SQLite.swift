import Foundation
import GRDB
import Tuning

extension StoreError {
    /// Translates what SQLite, GRDB or the reading of a payload threw.
    init(_ error: any Error, path: String) {
        switch error {
        case let error as StoreError: self = error
        case let error as DatabaseError: self.init(error, path: path)
        case is PayloadError, is JSONError, is DecodingError, is RowDecodingError:
            self = .corrupt(path: path, detail: "\(error)")
        default: self = .unavailable(path: path, detail: "\(error)")
        }
    }

    private init(_ error: DatabaseError, path: String) {
        let detail = error.message ?? "\(error.resultCode)"
        switch error.resultCode {
        case .SQLITE_FULL: self = .full(path: path)
        case .SQLITE_READONLY, .SQLITE_PERM: self = .readOnly(path: path)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .corrupt(path: path, detail: detail)
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .locked(path: path)
        default:
            self = .unavailable(path: path, detail: "\(detail), \(error.extendedResultCode)")
        }
    }
}

extension DatabaseError {
    /// Whether a row was refused because its key is taken.
    var isTakenKey: Bool {
        extendedResultCode == .SQLITE_CONSTRAINT_UNIQUE
            || extendedResultCode == .SQLITE_CONSTRAINT_PRIMARYKEY
            || extendedResultCode == .SQLITE_CONSTRAINT_ROWID
    }
}
