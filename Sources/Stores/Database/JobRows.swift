import Foundation
import GRDB
import Tuning

extension TuningJob {
    /// Selects what `init(row:)` reads.
    static let selection = "SELECT * FROM tuning_job"

    /// Reads a row.
    ///
    /// - Throws: `PayloadError`, `JSONError` or `RowDecodingError` when this store did not write
    ///   it.
    init(row: Row) throws {
        try self.init(
            id: ID(rawValue: row.decode(forColumn: "id")), name: row.decode(forColumn: "name"),
            kind: row.choice("kind"), status: row.choice("status"),
            creationTime: row.time("creation_time"),
            lastModifiedTime: row.time("last_modified_time"),
            details: row.decode(forColumn: "details")
        )
    }
}

extension TrainingJob {
    /// Selects what `init(row:)` reads.
    static let selection = "SELECT * FROM training_job"

    /// Reads a row.
    ///
    /// - Throws: `PayloadError`, `JSONError` or `RowDecodingError` when this store did not write
    ///   it.
    init(row: Row) throws {
        let tuningJob = TuningJob.ID(rawValue: try row.decode(forColumn: "tuning_job"))
        try self.init(
            id: ID(tuningJob: tuningJob, ordinal: row.decode(forColumn: "ordinal")),
            name: row.decode(forColumn: "name"), status: row.choice("status"),
            creationTime: row.time("creation_time"),
            lastModifiedTime: row.time("last_modified_time"),
            origin: row.decode(forColumn: "origin"),
            details: row.decode(forColumn: "details"))
    }
}

extension Row {
    fileprivate func time(_ column: String) throws -> Date {
        Date(timeIntervalSinceReferenceDate: try decode(forColumn: column))
    }

    fileprivate func choice<Choice: RawRepresentable<String>>(_ column: String) throws -> Choice {
        let text: String = try decode(forColumn: column)
        guard let choice = Choice(rawValue: text) else {
            throw PayloadError("column '\(column)' has the unknown value '\(text)'")
        }
        return choice
    }
}
