/// The operations of the API, by the names that requests give in `X-Amz-Target`.
package enum Operation: String, CaseIterable, Sendable {
    case createTuningJob = "CreateHyperParameterTuningJob"
    case describeTuningJob = "DescribeHyperParameterTuningJob"
    case listTuningJobs = "ListHyperParameterTuningJobs"
    case listTrainingJobsOfTuningJob = "ListTrainingJobsForHyperParameterTuningJob"
    case stopTuningJob = "StopHyperParameterTuningJob"
    case deleteTuningJob = "DeleteHyperParameterTuningJob"
    case createTrainingJob = "CreateTrainingJob"
    case describeTrainingJob = "DescribeTrainingJob"
    case listTrainingJobs = "ListTrainingJobs"
    case stopTrainingJob = "StopTrainingJob"
    case updateTrainingJob = "UpdateTrainingJob"
    case deleteTrainingJob = "DeleteTrainingJob"
    case createAlgorithm = "CreateAlgorithm"
    case describeAlgorithm = "DescribeAlgorithm"
    case listAlgorithms = "ListAlgorithms"
    case deleteAlgorithm = "DeleteAlgorithm"
    case addTags = "AddTags"
    case listTags = "ListTags"
    case deleteTags = "DeleteTags"
    case search = "Search"

    /// The name of the service in front of the operation's.
    private static let prefix = "SageMaker."

    /// Finds the operation that a target names.
    ///
    /// - Throws: `UnknownOperationException` when there is no target, or none of ours.
    package init(target: String?) throws(APIError) {
        guard let target else {
            throw .unknownOperation("The X-Amz-Target header is missing; it names the operation.")
        }
        guard target.hasPrefix(Self.prefix),
            let operation = Operation(rawValue: String(target.dropFirst(Self.prefix.count)))
        else {
            throw .unknownOperation("The operation \(target.prefix(256)) is not known.")
        }
        self = operation
    }
}
