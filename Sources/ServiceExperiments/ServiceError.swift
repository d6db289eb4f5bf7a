/// What went wrong between a program and a tuning service.
public enum ServiceError: Error, Hashable, Sendable {
    /// The service refused, by the code and in the words that it gave, such as `ResourceInUse`.
    case refused(code: String, message: String, status: Int)
    /// There was no answer; what was asked for may have happened all the same.
    case unanswered(String)
    /// The answer is not what the API says it is.
    case unintelligible(String)
    /// Nothing says where the service is, or who one is to it.
    case configuration(String)

    /// The service's code, or the name of the case; never changes.
    public var code: String {
        switch self {
        case .refused(let code, _, _): code
        case .unanswered: "unanswered"
        case .unintelligible: "unintelligible"
        case .configuration: "configuration"
        }
    }

    /// Whether the same call may succeed later.
    var isPassing: Bool {
        switch self {
        case .refused(let code, _, let status):
            status >= 500 || status == 429 || code.contains("Throttling")
                || code == "TooManyRequestsException"
        case .unanswered: true
        case .unintelligible, .configuration: false
        }
    }
}

extension ServiceError: CustomStringConvertible {
    /// What is wrong; where the service refused, in its own words.
    public var description: String {
        switch self {
        case .refused(_, let message, _): message
        case .unanswered(let reason): "The service does not answer: \(reason)"
        case .unintelligible(let reason): "The service's answer cannot be read: \(reason)"
        case .configuration(let reason): "The service cannot be called: \(reason)"
        }
    }
}
