import Foundation
import SageMakerAPI

/// An access key as the service keeps it.
package struct StoredAccessKey: Codable, Hashable, Sendable {
    /// The longest name of a key.
    package static let nameLengthMax = 128

    /// What requests call it.
    package let id: String
    /// What requests are signed with; checking a signature takes the secret itself.
    let secret: String
    /// What people call it.
    package let name: String?
    /// Whether it may only describe, list and search.
    package let isReadOnly: Bool
    /// When it was made.
    package let created: Date

    /// Makes a new key.
    ///
    /// - Throws: `AccessKeyError.invalidName`.
    init(name: String?, isReadOnly: Bool, created: Date) throws(AccessKeyError) {
        if let name {
            let isPlain = name.unicodeScalars.allSatisfy {
                $0.properties.generalCategory != .control
            }
            guard isPlain, (1...Self.nameLengthMax).contains(name.count) else {
                throw .invalidName
            }
        }
        self.id = "AKIA" + Self.random(16, of: "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        self.secret = Self.random(
            40, of: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        self.name = name
        self.isReadOnly = isReadOnly
        // Whole seconds, so that a key is equal to itself after it was written and read.
        self.created = Date(timeIntervalSince1970: created.timeIntervalSince1970.rounded(.down))
    }

    /// The key as requests are signed and checked with.
    package var accessKey: AccessKey { AccessKey(id: id, secret: secret) }

    /// Characters that nobody can guess: the system's generator is a cryptographic one.
    private static func random(_ count: Int, of alphabet: String) -> String {
        let characters = Array(alphabet)
        var random = SystemRandomNumberGenerator()
        return String((0..<count).map { _ in characters.randomElement(using: &random) ?? "A" })
    }
}

extension StoredAccessKey: CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The name alone: a key that is printed, logged or dumped keeps its secret.
    package var description: String { id }
    package var debugDescription: String { id }
    package var customMirror: Mirror { Mirror(self, children: ["id": id]) }
}

/// Why access keys could not be read or changed.
package enum AccessKeyError: Error, Hashable, Sendable {
    case invalidName
    case unknown(id: String)
    case exposed(path: String, mode: String)
    case foreign(path: String)
    case unreadable(path: String, reason: String)
    case notWritten(path: String, reason: String)

    /// The name of the case; never changes.
    package var code: String {
        switch self {
        case .invalidName: "invalid_name"
        case .unknown: "unknown"
        case .exposed: "exposed"
        case .foreign: "foreign"
        case .unreadable: "unreadable"
        case .notWritten: "not_written"
        }
    }
}

extension AccessKeyError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .invalidName:
            "a key's name must have 1 to \(StoredAccessKey.nameLengthMax) characters, and no "
                + "control characters"
        case .unknown(let id): "there is no access key '\(id)'"
        case .exposed(let path, let mode):
            "'\(path)' has mode \(mode), so others could read or replace access keys; "
                + "take their rights away with chmod"
        case .foreign(let path): "'\(path)' belongs to another user, who could replace access keys"
        case .unreadable(let path, let reason): "access keys '\(path)' cannot be read: \(reason)"
        case .notWritten(let path, let reason): "access keys '\(path)' cannot be kept: \(reason)"
        }
    }
}
