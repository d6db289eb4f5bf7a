import Crypto

/// What a signature is good for: one day, one region, one service.
package struct CredentialScope: Hashable, Sendable {
    /// What ends every scope.
    static let terminator = "aws4_request"

    /// The day, as eight digits.
    package let day: String
    /// The region, such as `us-east-1`.
    package let region: String
    /// The name the service signs with.
    package let service: String

    /// Names a day, a region and a service.
    package init(day: String, region: String, service: String) {
        self.day = day
        self.region = region
        self.service = service
    }

    /// How it stands in a string to sign.
    package var text: String { "\(day)/\(region)/\(service)/\(Self.terminator)" }

    /// The key that signs within this scope.
    func signingKey(secret: String) -> SymmetricKey {
        [day, region, service, Self.terminator].reduce(
            SymmetricKey(data: Array("AWS4\(secret)".utf8))
        ) { key, part in
            SymmetricKey(
                data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key))
        }
    }
}
