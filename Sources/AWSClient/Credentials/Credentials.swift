import Foundation
import SageMakerAPI

/// Who one is to Amazon's services, and until when.
package struct Credentials: Hashable, Sendable {
    /// What requests are signed with.
    package let key: AccessKey
    /// When the key is no longer taken; `nil` when it stays good.
    package let expiration: Date?

    /// Takes a key, and its end.
    package init(key: AccessKey, expiration: Date? = nil) {
        self.key = key
        self.expiration = expiration
    }
}

/// Where credentials come from.
package protocol CredentialProvider: Sendable {
    /// The credentials in force; those that expire soon are replaced first.
    ///
    /// - Throws: `CredentialError`, `CancellationError`.
    func credentials() async throws -> Credentials

    /// Takes in that a key was refused as expired or unknown: it is not handed out again, if there
    /// is another.
    func forget(_ key: AccessKey) async
}

/// Why there are no credentials, for people; holds no secret.
package struct CredentialError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, and what would be right.
    package let description: String

    /// Describes the problem.
    package init(_ description: String) {
        self.description = description
    }
}

/// Credentials that never change.
package struct FixedCredentials: CredentialProvider {
    private let value: Credentials

    /// Hands out a key.
    package init(_ key: AccessKey) {
        value = Credentials(key: key)
    }

    package func credentials() async throws -> Credentials { value }

    package func forget(_ key: AccessKey) async {}
}
