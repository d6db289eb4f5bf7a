/// Why a store refused a call, or to open.
public enum StoreError: Error, Hashable, Sendable {
    /// There is one of this name.
    case alreadyExists(name: String)
    /// There is none of this name.
    case notFound(name: String)
    /// The page token was not made by this store for this query.
    case invalidPageToken
    /// Another process has the directory open for writing.
    case locked(path: String)
    /// The disk is full.
    case full(path: String)
    /// The files cannot be written.
    case readOnly(path: String)
    /// The file is damaged, or no database of ours.
    case corrupt(path: String, detail: String)
    /// A later version wrote it, with migrations that this one does not know.
    case newerVersion(path: String, migrations: [String])
    /// It cannot be used for another reason.
    case unavailable(path: String, detail: String)

    /// The name of the case; never changes.
    public var code: String {
        switch self {
        case .alreadyExists: "already_exists"
        case .notFound: "not_found"
        case .invalidPageToken: "invalid_page_token"
        case .locked: "locked"
        case .full: "full"
        case .readOnly: "read_only"
        case .corrupt: "corrupt"
        case .newerVersion: "newer_version"
        case .unavailable: "unavailable"
        }
    }
}

// MARK: - CustomStringConvertible

extension StoreError: CustomStringConvertible {
    /// What is wrong, where, and what would be right.
    public var description: String {
        switch self {
        case .alreadyExists(let name):
            "A job named '\(name)' already exists; choose a different name."
        case .notFound(let name):
            "There is no job named '\(name)'."
        case .invalidPageToken:
            "NextToken is not one that this query has answered; start again without it."
        case .locked(let path):
            "The store '\(path)' is in use by another tuner; stop that one, or give another "
                + "data directory."
        case .full(let path):
            "The disk that holds the store '\(path)' is full; free some space."
        case .readOnly(let path):
            "The store '\(path)' cannot be written; check its permissions."
        case .corrupt(let path, let detail):
            "The store '\(path)' is damaged (\(detail)); it was left as it is. "
                + "Restore a backup, or give another data directory."
        case .newerVersion(let path, let migrations):
            "The store '\(path)' was written by a newer tuner (it has "
                + "\(migrations.joined(separator: ", "))); it was left as it is. Upgrade tuner."
        case .unavailable(let path, let detail):
            "The store '\(path)' cannot be used: \(detail)."
        }
    }
}
