import Foundation
import Tuning

/// The end of a job, as it is told: the same bytes at every try.
struct JobNotice: Hashable, Sendable {
    /// The name of telling it to one target.
    let id: String
    /// What is told, as JSON.
    let body: [UInt8]
    /// The same in short, as variables of a command's environment.
    let environment: [String: String]

    /// Reads what is to be told.
    ///
    /// - Returns: `nil` when it is stored no more.
    init?(
        of end: JobEnd, to target: NotificationTarget, from reader: any TuningStoreReader
    ) async throws {
        let job = end.job
        guard let specification = try await reader.specification(of: job.id) else { return nil }
        id = target.deliveryID(of: job.id)
        var members: [String: JSONValue] = [
            "id": .string(id), "kind": .string(job.kind.rawValue), "name": .string(job.name),
            "status": .string(end.status.rawValue), "createdAt": .time(job.creationTime),
            "endedAt": job.endTime.map(JSONValue.time) ?? .null,
            "type": .string("\(job.kind.rawValue)_job.\(end.status.rawValue.lowercased())"),
        ]
        var environment = [
            "TUNER_DELIVERY_ID": id, "TUNER_JOB_KIND": job.kind.rawValue,
            "TUNER_JOB_NAME": job.name, "TUNER_JOB_STATUS": end.status.rawValue,
        ]
        switch job.kind {
        case .tuning:
            members["arn"] = .string(job.arn)
            members["failureReason"] = job.failureReason.map(JSONValue.string) ?? .null
            members["trainingJobs"] = job.trainingJobCounts.json
            let best = try await Self.best(of: job, specification, reader)
            members["best"] = best ?? .null
            environment["TUNER_BEST_TRAINING_JOB"] = best?["trainingJob"]?.string
            environment["TUNER_BEST_VALUE"] = best?["value"]?.number.map { "\($0)" }
        case .training:
            members["arn"] = .string(specification.arn(ofTrainingJob: job.name))
            let training = try await reader.trainingJob(
                TrainingJob.ID(tuningJob: job.id, ordinal: 0))
            members["failureReason"] =
                (training?.failure?.reason ?? job.failureReason).map(JSONValue.string) ?? .null
            members["metrics"] = .object(
                Dictionary(
                    (training?.finalMetrics ?? [:]).map { ("\($0)", .number($1.value)) }
                ) { first, _ in first })
        }
        environment["TUNER_JOB_ARN"] = members["arn"]?.string
        self.environment = environment
        body = JSONValue.object(members).encoded
    }

    private static func best(
        of job: TuningJob, _ specification: TuningJobSpecification,
        _ reader: any TuningStoreReader
    ) async throws -> JSONValue? {
        guard let best = job.best,
            let training = try await reader.trainingJob(
                TrainingJob.ID(tuningJob: job.id, ordinal: best.ordinal))
        else { return nil }
        let definition = specification.definitions[training.definition]
        var members: [String: JSONValue] = [
            "trainingJob": .string(training.name),
            "hyperparameters": .object(
                Dictionary(
                    uniqueKeysWithValues: definition.searchSpace.parameters.map {
                        ($0.name, .string(training.tuned[$0.name] ?? ""))
                    })),
        ]
        if let objective = definition.objective {
            members["metric"] = .string(objective.metric)
            members["value"] = .number(objective.value(of: best.cost))
        }
        return .object(members)
    }
}

extension TuningJob.TrainingJobCounts {
    fileprivate var json: JSONValue {
        [
            "total": .integer(total), "completed": .integer(completed),
            "failed": .integer(failed), "stopped": .integer(stopped),
        ]
    }
}

extension JSONValue {
    /// A time as ISO 8601 in UTC, to the millisecond.
    fileprivate static func time(_ date: Date) -> JSONValue {
        .string(date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }
}
