// Why a request is taken for nobody's. Like every refusal of the real service that is not about
// HTTP itself, these come with status 400.

extension APIError {
    /// A request that says nothing about who sends it.
    package static let missingAuthentication = APIError(
        "MissingAuthenticationTokenException", "Missing Authentication Token")

    /// A key that does not exist, or does not any more.
    package static let unrecognizedClient = APIError(
        "UnrecognizedClientException",
        "The security token included in the request is invalid.")

    /// A signature that is not the one the secret makes of the request.
    package static let signatureMismatch = invalidSignature(
        "The request signature we calculated does not match the signature you provided. Check "
            + "your AWS Secret Access Key and signing method. Consult the service documentation "
            + "for details.")

    /// A signature that lacks a part, or has one that cannot be read.
    static func incomplete(_ message: String) -> APIError {
        APIError("IncompleteSignatureException", message)
    }

    /// A signature that is not for this request.
    static func invalidSignature(_ message: String) -> APIError {
        APIError("InvalidSignatureException", message)
    }

    /// An operation that a key may not call.
    package static func notAuthorized(keyID: String, operation: Operation) -> APIError {
        APIError(
            "AccessDeniedException",
            "User: \(keyID) is not authorized to perform: sagemaker:\(operation.rawValue) because "
                + "the access key is read-only")
    }
}
