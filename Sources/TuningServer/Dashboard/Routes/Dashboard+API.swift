import Foundation
import Hummingbird
import SageMakerAPI
import Tuning

// A small JSON API for reading; times are ISO 8601, listings go on with `next`:
//
//   GET /api/tuning-jobs?name&status&limit&next         {"tuningJobs": [JOB], "next"}
//   GET /api/tuning-jobs/NAME                           JOB with "best", "health", "completion"
//   GET /api/tuning-jobs/NAME/training-jobs
//       ?name&status&sort&order&limit&next              {"trainingJobs": [TRAINING JOB], "next"}
//   GET /api/training-jobs/NAME                         TRAINING JOB with its transitions, metrics
//                                                       and decision
//   GET /api/training-jobs/NAME/logs?after=MARK         {"text", "mark", "isStart", "isFinished"}
//   GET /api/backends                                   {"backends": [{"name", "state",
//                                                       "slotsUsed", "slotsFree", "message"}]}
//   GET /api/events?job=NAME                            server-sent events, see EventStreams
//
// `sort` is Name, CreationTime, Status or FinalObjectiveMetricValue; `order` Ascending or
// Descending; `limit` is at most 100. Errors are those of the SageMaker API.

extension Dashboard {
    func addAPI(to routes: RouterGroup<ServiceContext>) {
        add("/api/tuning-jobs", to: routes, tuningJobsAnswer)
        add("/api/tuning-jobs/{name}", to: routes, tuningJobAnswer)
        add("/api/tuning-jobs/{name}/training-jobs", to: routes, trainingJobsAnswer)
        add("/api/training-jobs/{name}", to: routes, trainingJobAnswer)
        add("/api/training-jobs/{name}/logs", to: routes, logAnswer)
        add("/api/backends", to: routes, backendsAnswer)
        add("/api/events", to: routes, eventsAnswer)
    }

    private func tuningJobsAnswer(_ visit: Visit) async throws -> Response {
        let page = try await reader.tuningJobs(Self.tuningJobQuery(visit))
        var jobs: [JSONValue] = []
        for job in page.elements {
            guard let specification = try await reader.specification(of: job.id) else { continue }
            let objective = try await objective(of: job, specification)
            jobs.append(.object(job.members(objective)))
        }
        return .json(["tuningJobs": .array(jobs), "next": page.next.json])
    }

    private func tuningJobAnswer(_ visit: Visit) async throws -> Response {
        let job = try await tuningJob(visit)
        let objective = try await objective(of: job, dispatcher.specification(of: job.id))
        var members = job.members(objective)
        if let best = try await dispatcher.bestTrainingJob(of: job) {
            members["best"] = .object(best.members(objective))
        }
        members["health"] = .array(
            job.findings.map { ["code": .string($0.code), "text": .string($0.text)] })
        members["completion"] = [
            "notImprovingCount": .integer(job.completion.notImprovingCount),
            "convergenceTime": job.completion.convergenceTime.json,
        ]
        return .json(.object(members))
    }

    private func trainingJobsAnswer(_ visit: Visit) async throws -> Response {
        let job = try await tuningJob(visit)
        let specification = try await dispatcher.specification(of: job.id)
        var query = Self.trainingJobQuery(visit)
        query.tuningJob = job.id
        let page = try await reader.trainingJobs(query)
        let jobs = page.elements.map { job in
            JSONValue.object(job.members(specification.definitions[job.definition].objective))
        }
        return .json(["trainingJobs": .array(jobs), "next": page.next.json])
    }

    private func trainingJobAnswer(_ visit: Visit) async throws -> Response {
        let job = try await trainingJob(visit)
        let specification = try await dispatcher.specification(of: job.id.tuningJob)
        var members = job.members(specification.definitions[job.definition].objective)
        members["tuningJob"] =
            specification.kind == .tuning ? .string(specification.name) : .null
        members["metrics"] = .object(job.finalMetrics.mapValues { .number($0.value) })
        members["decision"] = [
            "rule": .string(job.decision.rule),
            "eventCount": .integer(job.decision.eventCount),
            "milliseconds": job.decision.milliseconds.map { .number($0) } ?? .null,
            "details": job.decision.details ?? .null,
        ]
        members["transitions"] = .array(
            job.transitions.map { transition in
                [
                    "status": .string(transition.status.rawValue),
                    "startTime": transition.startTime.json, "endTime": transition.endTime.json,
                    "message": .string(transition.message),
                ]
            })
        return .json(.object(members))
    }

    private func logAnswer(_ visit: Visit) async throws -> Response {
        // Before the log, so that nothing is printed after it says that the job is over.
        let job = try await trainingJob(visit)
        guard let piece = try await logs?(job.name, visit.query["after"]) else {
            throw DashboardRefusal(
                status: .notFound, title: "No log", text: "There is no log of this training job.")
        }
        return .json([
            "text": .string(piece.text), "mark": .string(piece.mark),
            "isStart": .bool(piece.isStart), "isFinished": .bool(job.status.isFinished),
        ])
    }

    private func eventsAnswer(_ visit: Visit) async throws -> Response {
        var id: TuningJob.ID?
        if let name = visit.query["job"] {
            guard let job = try await reader.tuningJob(named: name, kind: .tuning) else {
                throw DashboardRefusal.noTuningJob(name)
            }
            id = job.id
        }
        guard events.hasRoom else {
            throw DashboardRefusal(
                status: .serviceUnavailable, title: "Too many pages",
                text: "At most \(EventStreams.countMax) pages are told what happens.")
        }
        let request = visit.request
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: events.body(of: id) { (try? access.isAllowed(request)) ?? false })
    }
}

extension DashboardAccess {
    /// Whether somebody who was let in is still to be told what happens.
    fileprivate func isAllowed(_ request: Request) throws -> Bool {
        // A signature is good for minutes, and lets in for as long as its key is one.
        guard request.headers[.authorization] == nil else {
            return control.keys?.current?.isEmpty != true
        }
        return try visitor(of: request) != nil
    }
}

extension Response {
    static func json(_ value: JSONValue) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: value.encoded)))
    }
}

// MARK: - Jobs as JSON

extension TuningJob {
    fileprivate func members(_ objective: Objective?) -> [String: JSONValue] {
        let counts = trainingJobCounts
        return [
            "name": .string(name), "status": .string(status.rawValue),
            "strategy": .string(strategy), "objective": objective.json,
            "creationTime": creationTime.json, "endTime": endTime.json,
            "trainingJobLimit": limits.trainingJobCountMax.map { .integer($0) } ?? .null,
            "parallelLimit": .integer(limits.parallelCountMax),
            "counts": [
                "total": .integer(counts.total), "completed": .integer(counts.completed),
                "inProgress": .integer(counts.inProgress), "stopped": .integer(counts.stopped),
                "failed": .integer(counts.failed),
                "withObjective": .integer(objectiveCounts.succeeded),
            ],
            "bestValue": best.map { .number(objective?.value(of: $0.cost) ?? $0.cost.value) }
                ?? .null,
            "failureReason": failureReason.map { .string($0) } ?? .null,
        ]
    }
}

extension TrainingJob {
    fileprivate func members(_ objective: Objective?) -> [String: JSONValue] {
        [
            "name": .string(name), "number": .integer(id.ordinal + 1),
            "status": .string(status.rawValue),
            "secondaryStatus": .string(secondaryStatus.rawValue),
            "objectiveStatus": .string(objectiveStatus.rawValue),
            "value": objectiveValue(objective).map { .number($0) } ?? .null,
            "resource": .integer(resource.units), "attempts": .integer(attempt),
            "hyperparameters": .object(tuned.values.mapValues { .string($0) }),
            "creationTime": creationTime.json, "startTime": startTime.json,
            "endTime": endTime.json,
            "failureReason": failure.map { .string($0.reason) } ?? .null,
            "stopReason": stopReason.map { .string($0.rawValue) } ?? .null,
        ]
    }
}

extension Objective? {
    fileprivate var json: JSONValue {
        guard let self else { return .null }
        return ["metric": .string(self.metric), "direction": .string(self.direction.rawValue)]
    }
}

extension Date {
    fileprivate var json: JSONValue { .string(formatted(.iso8601)) }
}

extension Date? {
    fileprivate var json: JSONValue { self.map(\.json) ?? .null }
}

extension PageToken? {
    fileprivate var json: JSONValue { self.map { .string($0.text) } ?? .null }
}
