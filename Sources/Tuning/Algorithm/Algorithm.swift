import Foundation

/// A program that was registered once, with rules for what training jobs may ask of it.
public struct Algorithm: Hashable, Sendable {
    /// An algorithm's name, unique in a store whatever its case.
    public typealias Name = String

    /// The name.
    public let name: Name
    /// The ARN.
    public let arn: String
    /// When it was created.
    public let creationTime: Date
    /// The request as it came, for the answers that repeat it and the rules that read it.
    public let request: JSONValue
    /// The training job that validates it; `nil` where no validation was asked for.
    public let validationJob: TrainingJob.Name?
    /// Where it stands.
    public private(set) var status: Status
    /// How the parts of its validation stand.
    public private(set) var validations: [Validation]

    /// Registers an algorithm; one without a validation is ready at once.
    public init(
        name: Name, arn: String, creationTime: Date, request: JSONValue,
        validationJob: TrainingJob.Name? = nil, validations: [Validation] = []
    ) {
        self.init(
            name: name, arn: arn, creationTime: creationTime, request: request,
            validationJob: validationJob, status: validationJob == nil ? .completed : .pending,
            validations: validations)
    }

    package init(
        name: Name, arn: String, creationTime: Date, request: JSONValue,
        validationJob: TrainingJob.Name?, status: Status, validations: [Validation]
    ) {
        self.name = name
        self.arn = arn
        self.creationTime = creationTime
        self.request = request
        self.validationJob = validationJob
        self.status = status
        self.validations = validations
    }
}

extension Algorithm {
    /// Where an algorithm stands; the wire's `AlgorithmStatus`.
    public enum Status: String, Hashable, Codable, Sendable, CaseIterable {
        /// Its validation waits to begin.
        case pending = "Pending"
        /// It is being validated.
        case inProgress = "InProgress"
        /// It may be used.
        case completed = "Completed"
        /// Its validation has failed.
        case failed = "Failed"
        /// It is on its way out.
        case deleting = "Deleting"

        /// Whether its validation is over.
        public var isSettled: Bool {
            switch self {
            case .completed, .failed, .deleting: true
            case .pending, .inProgress: false
            }
        }
    }

    /// How a part of a validation stands; an entry of the wire's `ValidationStatuses`.
    public struct Validation: Hashable, Codable, Sendable {
        /// What validates.
        public enum Kind: String, Hashable, Codable, Sendable {
            /// The training job of a profile.
            case training
            /// The batch transform job of a profile, which nothing here can run.
            case transform
        }

        /// Where a part stands; the wire's `DetailedAlgorithmStatus`.
        public enum Status: String, Hashable, Codable, Sendable {
            /// The part has not begun.
            case notStarted = "NotStarted"
            /// The part runs.
            case inProgress = "InProgress"
            /// The part has succeeded.
            case completed = "Completed"
            /// The part has failed.
            case failed = "Failed"
        }

        /// The profile's name, or one made from it.
        public let name: String
        /// What validates.
        public let kind: Kind
        /// Where it stands.
        public var status: Status
        /// Why it failed, or was not started.
        public var reason: String?

        /// Describes a part.
        public init(
            name: String, kind: Kind, status: Status = .notStarted, reason: String? = nil
        ) {
            self.name = name
            self.kind = kind
            self.status = status
            self.reason = reason
        }
    }
}

// MARK: - Validation

extension Algorithm {
    /// The algorithm as the training job of its validation makes it; nothing else says where a
    /// validation stands, so that no crash can part the two.
    ///
    /// - Parameter job: The training job as it is stored. Without one nothing changes: before a
    ///   training job is deleted, the algorithm it validated is stored as it then stands.
    public func validated(by job: TrainingJob?) -> Algorithm {
        guard !status.isSettled, let job else { return self }
        let (status, part, reason) = Self.standing(of: job)
        var result = self
        result.status = status
        for index in validations.indices where validations[index].kind == .training {
            result.validations[index].status = part
            result.validations[index].reason = reason
        }
        return result
    }

    private static func standing(
        of job: TrainingJob
    ) -> (Status, Validation.Status, reason: String?) {
        switch job.status {
        case .inProgress where job.attempt == 0: (.pending, .notStarted, nil)
        case .inProgress, .stopping: (.inProgress, .inProgress, nil)
        case .completed: (.completed, .completed, nil)
        case .failed: (.failed, .failed, job.failure?.reason ?? "The training job failed.")
        case .stopped:
            (
                .failed, .failed,
                "The training job \(job.name) was stopped (\(job.secondaryStatus.rawValue)) "
                    + "before it completed."
            )
        }
    }

    /// The name of the training job that validates an algorithm with a profile: the same whenever
    /// it is asked for, and another for an algorithm that gets the name later.
    public static func validationJobName(
        algorithm: Name, creationTime: Date, profile: String
    ) -> TrainingJob.Name {
        let milliseconds = Int64((creationTime.timeIntervalSince1970 * 1_000).rounded())
        let digits = String("\(algorithm)/\(milliseconds)/\(profile)".stableHash, radix: 16)
        let suffix = String(repeating: "0", count: 16 - digits.count) + digits
        // A training job's name has 63 characters at most.
        var prefix = "\(algorithm)-\(profile)".prefix(46)
        while prefix.last == "-" { prefix.removeLast() }
        return "\(prefix)-\(suffix)"
    }
}
