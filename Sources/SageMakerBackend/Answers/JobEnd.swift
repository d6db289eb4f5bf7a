import Tuning

/// Why a job was made to end before its time.
enum Halt: Hashable, Sendable {
    case stop(StopReason)
    case pause

    /// As a tag says it.
    init?(text: String) {
        if text == "pause" {
            self = .pause
        } else if let reason = StopReason(rawValue: text) {
            self = .stop(reason)
        } else {
            return nil
        }
    }

    /// What a tag says.
    var text: String {
        switch self {
        case .stop(let reason): reason.rawValue
        case .pause: "pause"
        }
    }
}

extension TrainingJobDescription {
    /// Why the service stopped a job that nobody asked it to stop; `nil` when somebody did.
    var ownStopReason: StopReason? {
        switch secondaryStatus {
        case "MaxRuntimeExceeded": .runtimeExceeded
        case "MaxWaitTimeExceeded": .waitTimeExceeded
        default: nil
        }
    }

    /// What a failed job failed of.
    var failure: TrainingFailure {
        let reason = failureReason ?? "The service gave no reason."
        return TrainingFailure(Self.cause(of: reason), reason)
    }

    /// Whether it failed for want of instances, so that others may be tried.
    var lacksCapacity: Bool {
        status == .failed && Self.mentions(failureReason ?? "", Self.capacityWords)
    }

    private static let capacityWords = ["CapacityError", "InsufficientCapacity"]
    private static let internalWords =
        capacityWords + ["InternalServerError", "InternalError", "InternalFailure"]

    /// The service begins a reason with whose fault it was.
    private static func cause(of reason: String) -> TrainingFailure.Cause {
        if reason.hasPrefix("AlgorithmError") || reason.hasPrefix("ClientError") {
            return .algorithm
        }
        return mentions(reason, internalWords) ? .internal : .algorithm
    }

    private static func mentions(_ text: String, _ words: [String]) -> Bool {
        let beginning = text.prefix(200)
        return words.contains { beginning.contains($0) }
    }
}
