import Crypto

/// What a signature signs: a request, at a time, within a scope.
///
/// Source: AWS General Reference, "Create a signed AWS API request" (Signature Version 4).
struct StringToSign {
    /// The name of the only way to sign.
    static let algorithm = "AWS4-HMAC-SHA256"

    let text: String
    private let scope: CredentialScope

    /// - Parameter canonicalRequest: The request, as `SignableRequest.canonicalText` writes it.
    init(time: SigningTime, scope: CredentialScope, canonicalRequest: String) {
        self.scope = scope
        text = [
            Self.algorithm, time.text, scope.text, Array(canonicalRequest.utf8).sha256,
        ].joined(separator: "\n")
    }

    /// The signature, in hexadecimal.
    func signature(secret: String) -> String {
        HMAC<SHA256>.authenticationCode(
            for: Array(text.utf8), using: scope.signingKey(secret: secret)
        ).hexadecimal
    }

    /// Whether a signature is the right one; takes the same time wherever a wrong one differs.
    func isSignature(_ signature: String, secret: String) -> Bool {
        guard let bytes = [UInt8](hexadecimal: signature.utf8) else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(
            bytes, authenticating: Array(text.utf8), using: scope.signingKey(secret: secret))
    }
}
