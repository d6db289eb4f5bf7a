/// Brings what training jobs read and takes what they leave behind, by address.
///
/// Backends that run programs on this machine use it for every address they cannot open
/// themselves, such as `s3://BUCKET/KEY`.
///
/// What fails for a passing reason is tried again inside, for as long as an implementation finds
/// sensible. Cancelling the task ends every call soon with `CancellationError`.
public protocol DataTransfer: Sendable {
    /// Whether it takes an address, going by its form.
    func takes(_ address: String) -> Bool

    /// The objects whose addresses begin with a text, sorted by address.
    ///
    /// - Throws: `DataTransferError`, `CancellationError`.
    func objects(under prefix: String) async throws -> [DataObject]

    /// The object with an address.
    ///
    /// - Throws: `DataTransferError`, of kind `.notFound` when there is none; `CancellationError`.
    func object(at address: String) async throws -> DataObject

    /// Writes an object into a file, whole or not at all; what is there is replaced.
    ///
    /// What an earlier call for the same object and path had brought when it was interrupted, by
    /// the end of its process even, is not brought again. It may be kept in files whose paths
    /// begin with `path`. Two calls at once with the same path are a mistake.
    ///
    /// - Throws: `DataTransferError`, of kind `.changed` when the object is not any more what it
    ///   was when it was listed; `CancellationError`.
    func download(_ object: DataObject, to path: String) async throws

    /// Writes a file into an object, whole or not at all; what is there is replaced.
    ///
    /// - Throws: `DataTransferError`, `CancellationError`.
    func upload(_ path: String, to address: String) async throws
}

/// A piece of data that has an address.
public struct DataObject: Hashable, Sendable {
    /// Where it is, such as `s3://BUCKET/KEY`.
    public let address: String
    /// How long it is.
    public let byteCount: Int
    /// Changes whenever its content does.
    public let version: String

    /// Describes an object.
    public init(address: String, byteCount: Int, version: String) {
        self.address = address
        self.byteCount = byteCount
        self.version = version
    }
}

/// Why data could not be brought or taken.
public struct DataTransferError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of reason it is.
    public enum Kind: String, Hashable, Sendable {
        /// There is no such object, or no such place.
        case notFound
        /// Whoever asks may not have it, or is not known.
        case denied
        /// The object has been replaced since it was listed.
        case changed
        /// The request makes no sense to the place.
        case refused
        /// This machine's disk is full; freeing some space helps.
        case diskFull
        /// The place did not answer, or not rightly, for long; asking again later may help.
        case unavailable
    }

    /// What kind of reason it is.
    public let kind: Kind
    /// What is wrong and where, for people; holds no secret.
    public let description: String

    /// Describes a failure.
    public init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
