import Foundation
import Logging
import Orchestration
import SageMakerAPI
import Tuning

/// Performs the operations of the API: a target and a body go in, an answer comes out.
///
/// Knows nothing of HTTP but the status, so that it can be used without a socket.
package struct OperationDispatcher: Sendable {
    let orchestrator: Orchestrator
    let checkImage: ImageCheck
    let now: @Sendable () -> Date
    let quotas: InstanceQuotas
    let bestTrainingJobs = BestTrainingJobs()
    let earlyStoppingReviews = EarlyStoppingReviews()
    private let logger: Logger

    /// Takes what performs the operations.
    ///
    /// - Parameters:
    ///   - checkImage: Says what is wrong with images that no backend can run.
    ///   - now: The time, for what running jobs have used.
    ///   - quotas: How many instances jobs may use.
    package init(
        orchestrator: Orchestrator, checkImage: @escaping ImageCheck = { _, _ in nil },
        now: @escaping @Sendable () -> Date = { Date() },
        quotas: InstanceQuotas = InstanceQuotas(), logger: Logger
    ) {
        self.orchestrator = orchestrator
        self.checkImage = checkImage
        self.now = now
        self.quotas = quotas
        self.logger = logger
    }

    /// What a client is told.
    package struct Answer: Hashable, Sendable {
        /// The status of the HTTP answer.
        package let status: Int
        /// The body, as UTF-8 JSON.
        package let body: [UInt8]
        /// The code of the error; `nil` when it was done.
        let code: String?

        init(status: Int = 200, code: String? = nil, _ value: JSONValue) {
            self.status = status
            self.code = code
            body = value.encoded
        }

        /// The answer that refuses a request.
        package init(_ error: APIError) {
            self.init(status: error.status, code: error.code, error.body)
        }
    }

    /// Performs the operation that a target names; whatever goes wrong becomes an answer.
    ///
    /// - Parameter sender: Who is written down as the one who changed something; `nil` writes
    ///   nothing.
    package func answer(
        to target: String?, body: [UInt8], scope: RequestScope = RequestScope(),
        sender: RequestSender? = nil
    ) async -> Answer {
        var operation: SageMakerAPI.Operation?
        var request: JSONValue?
        let answer: Answer
        var refusal: APIError?
        do {
            let named = try Operation(target: target)
            operation = named
            let object = try Self.object(body)
            request = object
            answer = Answer(try await perform(named, object, scope))
        } catch {
            let reason = APIError(error)
            if reason.status >= 500 {
                logger.error(
                    "Operation failed",
                    metadata: [
                        "operation": "\(operation?.rawValue ?? "")", "error": "\(error)",
                    ])
            }
            answer = Answer(reason)
            refusal = reason
        }
        if let operation, let sender {
            AuditLog(logger: logger).record(operation, request, by: sender, refusal: refusal)
        }
        return answer
    }

    private static func object(_ body: [UInt8]) throws(APIError) -> JSONValue {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: body)
        } catch {
            throw .serialization("The request's body is not JSON: \(error).")
        }
        guard value.object != nil else {
            throw .serialization("The request's body must be a JSON object.")
        }
        return value
    }

    private func perform(
        _ operation: SageMakerAPI.Operation, _ body: JSONValue, _ scope: RequestScope
    ) async throws -> JSONValue {
        switch operation {
        case .createTuningJob: try await createTuningJob(body, scope)
        case .describeTuningJob: try await describeTuningJob(body)
        case .listTuningJobs: try await listTuningJobs(body)
        case .listTrainingJobsOfTuningJob: try await listTrainingJobsOfTuningJob(body)
        case .stopTuningJob: try await stopTuningJob(body)
        case .deleteTuningJob: try await deleteTuningJob(body)
        case .createTrainingJob: try await createTrainingJob(body, scope)
        case .describeTrainingJob: try await describeTrainingJob(body)
        case .listTrainingJobs: try await listTrainingJobs(body)
        case .stopTrainingJob: try await stopTrainingJob(body)
        case .updateTrainingJob: try await updateTrainingJob(body)
        case .deleteTrainingJob: try await deleteTrainingJob(body)
        case .createAlgorithm: try await createAlgorithm(body, scope)
        case .describeAlgorithm: try await describeAlgorithm(body, scope)
        case .listAlgorithms: try await listAlgorithms(body)
        case .deleteAlgorithm: try await deleteAlgorithm(body, scope)
        case .addTags: try await addTags(body)
        case .listTags: try await listTags(body)
        case .deleteTags: try await deleteTags(body)
        case .search: try await search(body)
        }
    }
}

// MARK: - What operations share

extension OperationDispatcher {
    var reader: any TuningStoreReader { orchestrator.reader }

    /// The tuning job with a name.
    ///
    /// - Throws: `ResourceNotFound`.
    func tuningJob(named name: TuningJob.Name) async throws -> TuningJob {
        guard let job = try await reader.tuningJob(named: name, kind: .tuning) else {
            throw APIError.noTuningJob(name)
        }
        return job
    }

    /// The training job with a name.
    ///
    /// - Throws: `ValidationException`, as the service does.
    func trainingJob(named name: TrainingJob.Name) async throws -> TrainingJob {
        guard let job = try await reader.trainingJob(named: name) else {
            throw APIError.noTrainingJob
        }
        return job
    }

    /// What was asked of a tuning job.
    func specification(of id: TuningJob.ID) async throws -> TuningJobSpecification {
        guard let specification = try await reader.specification(of: id) else {
            throw StoreError.notFound(name: "\(id.rawValue)")
        }
        return specification
    }
}

extension APIError {
    /// Says in the API's terms what went wrong.
    fileprivate init(_ error: any Error) {
        switch error {
        case let error as APIError:
            self = error
        case StoreError.invalidPageToken:
            self = .validation("\(StoreError.invalidPageToken)")
        case let error as RoutingError:
            self = .validation("TrainingImage: \(error.description)")
        case OrchestratorError.shuttingDown:
            self = .unavailable
        case let error as StoreError:
            self = .internalFailure("The store could not be used (\(error.code)).")
        default:
            self = .internalFailure("The service could not answer; its log says why.")
        }
    }
}

// MARK: - Readiness

extension OperationDispatcher {
    /// Whether the store can be read.
    package var isReady: Bool {
        get async {
            var query = TuningJobQuery()
            query.limit = 1
            return (try? await reader.tuningJobs(query)) != nil
        }
    }
}
