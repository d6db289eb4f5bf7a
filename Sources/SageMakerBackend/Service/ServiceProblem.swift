import AWSClient
import SageMakerAPI
import Tuning

/// Why a request was not answered with success.
enum ServiceProblem: Error {
    /// The service asks to be asked less often; it has done nothing.
    case throttled(String)
    /// No answer, or one that says nothing about the request. The service may have acted, unless
    /// it was not reached at all.
    case unreachable(String, mayHaveActed: Bool)
    /// There are no credentials, or none that are taken; it has done nothing.
    case credentials(String)
    /// The credentials do not permit the operation; it has done nothing.
    case denied(String)
    /// The service has understood the request and does not do it.
    case refused(APIError)

    /// Judges what a call threw; `nil` when the call was cancelled.
    init?(_ error: any Error) {
        switch error {
        case is CancellationError: return nil
        case let error as APIError: self = .init(error)
        case let error as TransportError:
            self = .unreachable(error.description, mayHaveActed: error.kind != .unreachable)
        case let error as CredentialError: self = .credentials(error.description)
        // An answer of success that cannot be read, among them.
        default: self = .unreachable("\(error)", mayHaveActed: true)
        }
    }

    private init(_ error: APIError) {
        let text = "\(error.code): \(error.message)"
        if error.status == 429 || Self.throttlingCodes.contains(error.code) {
            self = .throttled(text)
        } else if error.status >= 500 || error.status == 408 {
            self = .unreachable(text, mayHaveActed: true)
        } else if Self.credentialCodes.contains(error.code) {
            self = .credentials(text)
        } else if Self.denialCodes.contains(error.code) {
            self = .denied(text)
        } else if error.code == "Unknown" {
            // Not the service's words: a proxy's, or a page of somebody else.
            self = .unreachable(text, mayHaveActed: true)
        } else {
            self = .refused(error)
        }
    }

    /// Whether the service may have acted on the request.
    var mayHaveActed: Bool {
        if case .unreachable(_, let mayHaveActed) = self { mayHaveActed } else { false }
    }

    private static let throttlingCodes: Set<String> = [
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled",
        "RequestThrottledException", "TooManyRequestsException", "RequestLimitExceeded",
        "BandwidthLimitExceeded", "SlowDown", "PriorRequestNotComplete",
    ]
    private static let credentialCodes: Set<String> = [
        "ExpiredToken", "ExpiredTokenException", "UnrecognizedClientException",
        "InvalidClientTokenId", "InvalidAccessKeyId", "InvalidSignatureException",
        "SignatureDoesNotMatch", "IncompleteSignature", "IncompleteSignatureException",
        "MissingAuthenticationToken", "MissingAuthenticationTokenException", "RequestExpired",
        "RequestTimeTooSkewed",
    ]
    private static let denialCodes: Set<String> = [
        "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized",
        "UnauthorizedException", "OptInRequired", "Forbidden", "ForbiddenException",
    ]
}

extension APIError {
    /// Whether it says that there is no such training job; DescribeTrainingJob has no error of its
    /// own for that.
    var saysNotFound: Bool {
        code == "ResourceNotFound"
            || code == "ValidationException" && message.contains("resource not found")
    }
}
