import AWSClient
import Foundation
@testable import SageMakerAPI
import SageMakerBackend
import Synchronization
import Tuning

/// The training job operations of the service, in memory and on virtual time.
///
/// Every request is held against the service's model.
final class FakeSageMaker: HTTPTransport {
    /// What goes wrong with a request.
    enum Fault: Hashable {
        /// The service acts, and its answer is lost.
        case answerLost
        /// There is no connection.
        case unreachable
        /// The request comes twice; the first answer is lost.
        case duplicated
        /// The answer takes a while.
        case delayed(Duration)
        /// The service answers with an error and does nothing.
        case refused(status: Int, code: String)
        /// A proxy answers instead.
        case page(status: Int)
    }

    struct Sent: Sendable {
        let operation: String
        let name: String
        let time: Duration
        let body: JSONValue
    }

    fileprivate struct State {
        var jobs: [String: FakeJob] = [:]
        var sent: [Sent] = []
        var violations: [String] = []
        var creations: [String: Int] = [:]
        var runningCountMax = Int.max
        var typesWithoutCapacity: Set<String> = []
    }

    let time: VirtualTime
    /// What goes wrong; told the operation, and the number of the request, from 1.
    private let fault: @Sendable (_ operation: String, _ number: Int) -> Fault?
    /// Checks who asks, and when.
    private let gatekeeper: @Sendable (HTTPRequest) -> HTTPAnswer?
    private let state = Mutex(State())

    init(
        _ time: VirtualTime,
        gatekeeper: @escaping @Sendable (HTTPRequest) -> HTTPAnswer? = { _ in nil },
        fault: @escaping @Sendable (String, Int) -> Fault? = { _, _ in nil }
    ) {
        self.time = time
        self.gatekeeper = gatekeeper
        self.fault = fault
    }

    // MARK: What tests see and set

    var sent: [Sent] { state.withLock { $0.sent } }
    var violations: [String] { state.withLock { $0.violations } }
    var jobs: [String: FakeJob] { state.withLock { $0.jobs } }
    /// How often each name was created with success.
    var creations: [String: Int] { state.withLock { $0.creations } }

    func requests(of operation: String) -> [Sent] { sent.filter { $0.operation == operation } }

    /// Refuses creations beyond a number of running jobs.
    func limitRunning(to count: Int) { state.withLock { $0.runningCountMax = count } }

    /// Lets jobs on some instances fail for want of capacity.
    func removeCapacity(of types: Set<String>) {
        state.withLock { $0.typesWithoutCapacity = types }
    }

    /// Changes a job behind everybody's back.
    func change(_ name: String, _ body: (inout FakeJob?) -> Void) {
        state.withLock { body(&$0.jobs[name]) }
    }

    // MARK: Sending

    func send(_ request: HTTPRequest) async throws -> HTTPAnswer {
        try Task.checkCancellation()
        let target = request.headers.first { $0.name.lowercased() == "x-amz-target" }?.value ?? ""
        let operation = String(target.dropFirst("SageMaker.".count))
        let body = (try? JSONValue(parsing: request.body)) ?? [:]
        let now = time.now
        let number = state.withLock { state in
            state.sent.append(
                Sent(
                    operation: operation, name: body["TrainingJobName"]?.string ?? "",
                    time: now, body: body))
            return state.sent.count
        }
        if let refusal = gatekeeper(request) { return refusal }
        switch fault(operation, number) {
        case nil: return answer(operation, body)
        case .answerLost:
            // A question has no effect, and a lost answer to it hides nothing.
            if !["DescribeTrainingJob", "ListTrainingJobs"].contains(operation) {
                _ = answer(operation, body)
            }
            throw TransportError(.lost, "the answer was lost")
        case .unreachable: throw TransportError(.unreachable, "no route to host")
        case .duplicated:
            _ = answer(operation, body)
            return answer(operation, body)
        case .delayed(let delay):
            let answer = answer(operation, body)
            try await time.sleep(delay)
            return answer
        case .refused(let status, let code): return .refusal(status, code, "a fault")
        case .page(let status): return HTTPAnswer(status: status, body: Array("<html>".utf8))
        }
    }

    private func answer(_ operation: String, _ body: JSONValue) -> HTTPAnswer {
        let problems = problems(operation, body)
        return state.withLock { state in
            guard problems.isEmpty else {
                state.violations += problems
                return .refusal(400, "ValidationException", problems.joined(separator: "; "))
            }
            let now = time.now
            switch operation {
            case "CreateTrainingJob": return state.create(body, at: now)
            case "DescribeTrainingJob": return state.describe(body, at: now)
            case "StopTrainingJob": return state.stop(body, at: now)
            case "ListTrainingJobs": return state.list(body, at: now)
            case "AddTags": return state.addTags(body)
            case "ListTags": return state.listTags(body)
            default: return .refusal(400, "UnknownOperationException", operation)
            }
        }
    }

    private func problems(_ operation: String, _ body: JSONValue) -> [String] {
        guard let known = Operation(rawValue: operation) else { return ["operation \(operation)"] }
        let unknown = UnknownMembers.problems(body, ofRequest: known)
        do throws(APIError) {
            try ShapeValidator.check(body, isRequestOf: operation)
            return unknown
        } catch {
            return unknown + [error.message]
        }
    }
}

extension HTTPAnswer {
    static func refusal(_ status: Int, _ code: String, _ message: String) -> HTTPAnswer {
        let body: JSONValue = ["__type": .string(code), "message": .string(message)]
        return HTTPAnswer(status: status, body: body.encoded)
    }

    fileprivate static func success(_ body: JSONValue) -> HTTPAnswer {
        HTTPAnswer(status: 200, body: body.encoded)
    }
}

// MARK: - Operations

extension FakeSageMaker.State {
    fileprivate mutating func create(_ body: JSONValue, at now: Duration) -> HTTPAnswer {
        let name = body["TrainingJobName"]?.string ?? ""
        if let job = jobs[name] {
            return .refusal(400, "ResourceInUse", APIError.trainingJobExists(arn: job.arn).message)
        }
        advance(at: now)
        guard jobs.values.count(where: { !$0.isFinished }) < runningCountMax else {
            return .refusal(
                400, "ResourceLimitExceeded",
                "The account-level service limit is \(runningCountMax) Instances.")
        }
        var job = FakeJob(body, at: now)
        let type = body["ResourceConfig"]?["InstanceType"]?.string ?? ""
        if typesWithoutCapacity.contains(type) {
            job.finish(
                "Failed", "Failed",
                reason: "CapacityError: Unable to provision requested ML compute capacity.",
                at: now)
        }
        jobs[name] = job
        creations[name, default: 0] += 1
        return .success(["TrainingJobArn": .string(job.arn)])
    }

    fileprivate mutating func describe(_ body: JSONValue, at now: Duration) -> HTTPAnswer {
        let name = body["TrainingJobName"]?.string ?? ""
        jobs[name]?.advance(at: now)
        guard let job = jobs[name] else {
            return .refusal(400, "ValidationException", "Requested resource not found.")
        }
        return .success(job.description)
    }

    fileprivate mutating func stop(_ body: JSONValue, at now: Duration) -> HTTPAnswer {
        let name = body["TrainingJobName"]?.string ?? ""
        guard jobs[name] != nil else {
            return .refusal(400, "ValidationException", "Requested resource not found.")
        }
        guard jobs[name]?.stop(at: now) == true else {
            return .refusal(
                400, "ValidationException",
                "The request was rejected because the training job is in status "
                    + "\(jobs[name]?.status ?? "").")
        }
        return HTTPAnswer(status: 200)
    }

    fileprivate mutating func list(_ body: JSONValue, at now: Duration) -> HTTPAnswer {
        advance(at: now)
        let after = body["LastModifiedTimeAfter"]?.integer ?? 0
        let part = body["NameContains"]?.string ?? ""
        let start = body["NextToken"]?.string.flatMap { Int($0) } ?? 0
        let length = body["MaxResults"]?.integer ?? 10
        let matching = jobs.values
            .filter { $0.lastModified > after && (part.isEmpty || $0.name.contains(part)) }
            .sorted { ($0.created, $0.name) < ($1.created, $1.name) }
        let page = matching.dropFirst(start).prefix(length)
        var answer: [String: JSONValue] = ["TrainingJobSummaries": .array(page.map(\.summary))]
        if matching.count > start + length { answer["NextToken"] = .string("\(start + length)") }
        return .success(.object(answer))
    }

    /// Only jobs that go by time alone go on without a look.
    private mutating func advance(at now: Duration) {
        for (name, job) in jobs
        where !job.isFinished && job.request["HyperParameters"]?["timed"] != nil {
            jobs[name]?.advance(at: now)
        }
    }

    fileprivate mutating func addTags(_ body: JSONValue) -> HTTPAnswer {
        let name = Self.name(body)
        guard jobs[name] != nil else { return .refusal(400, "ValidationException", "no \(name)") }
        for tag in body["Tags"]?.array ?? [] {
            jobs[name]?.tags[tag["Key"]?.string ?? ""] = tag["Value"]?.string ?? ""
        }
        return .success(["Tags": []])
    }

    fileprivate func listTags(_ body: JSONValue) -> HTTPAnswer {
        let tags = jobs[Self.name(body)]?.tags ?? [:]
        return .success([
            "Tags": .array(
                tags.sorted { $0.key < $1.key }.map {
                    ["Key": .string($0.key), "Value": .string($0.value)]
                })
        ])
    }

    private static func name(_ body: JSONValue) -> String {
        body["ResourceArn"]?.string?.split(separator: "/").last.map(String.init) ?? ""
    }
}
