import Crypto
import Foundation

/// What requests are signed with, so that receivers know who sent them.
///
/// - SeeAlso: The Standard Webhooks specification, of which this is the symmetric scheme `v1`.
package struct WebhookSecret: Hashable, Sendable {
    private let key: [UInt8]

    /// Takes a secret: `whsec_` and base64, or any text, whose bytes are then the key.
    ///
    /// - Returns: `nil` for an empty one, or damaged base64.
    package init?(_ text: String) {
        let prefix = "whsec_"
        if text.hasPrefix(prefix) {
            guard let data = Data(base64Encoded: String(text.dropFirst(prefix.count))) else {
                return nil
            }
            key = Array(data)
        } else {
            key = Array(text.utf8)
        }
        guard !key.isEmpty else { return nil }
    }

    /// The headers that name, date and sign a request.
    ///
    /// The signature is the HMAC-SHA256 of `ID.SECONDS.BODY`, in base64.
    func signature(of body: [UInt8], id: String, seconds: Int) -> String {
        let signed = Array("\(id).\(seconds).".utf8) + body
        let code = HMAC<SHA256>.authenticationCode(for: signed, using: SymmetricKey(data: key))
        return "v1," + Data(code).base64EncodedString()
    }
}

extension WebhookSecret: CustomStringConvertible, CustomReflectable {
    /// Nothing: a secret that is printed or dumped stays one.
    package var description: String { "secret" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
