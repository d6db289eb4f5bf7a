import SageMakerAPI

/// Who sent a request, and from where.
package struct RequestSender: Hashable, Sendable {
    /// The ID of the key that signed the request; `nil` where requests need no signature.
    package var keyID: String?
    /// The address that the request came from, where it came over a network.
    package var address: String?
    /// The name of the request in its answer.
    package var requestID: String

    /// Describes a sender.
    package init(keyID: String? = nil, address: String? = nil, requestID: String) {
        self.keyID = keyID
        self.address = address
        self.requestID = requestID
    }
}
