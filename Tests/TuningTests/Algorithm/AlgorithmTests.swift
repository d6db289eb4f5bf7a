import Foundation
import Testing

@testable import Tuning

@Suite("Algorithm")
struct AlgorithmTests {
    private static func algorithm() -> Algorithm {
        Algorithm(
            name: "trees", arn: "arn", creationTime: EventLog.time(0), request: [:],
            validationJob: "trees-p",
            validations: [
                .init(name: "p", kind: .training), .init(name: "p-transform", kind: .transform),
            ])
    }

    @Test("Without a validation it is ready at once")
    func unvalidated() {
        let algorithm = Algorithm(name: "a", arn: "", creationTime: EventLog.time(0), request: [:])
        #expect(algorithm.status == .completed)
        #expect(algorithm.validations.isEmpty)
    }

    @Test("Its status follows the training job that validates it")
    func validation() throws {
        var log = EventLog(objective: nil)
        let algorithm = Self.algorithm()
        #expect(algorithm.status == .pending)
        #expect(algorithm.validated(by: nil) == algorithm)
        let created = try log.apply(0, EventLog.created())
        #expect(algorithm.validated(by: created) == algorithm)

        let started = try log.apply(0, .started(attempt: 1, .toTheEnd))
        let running = algorithm.validated(by: started)
        #expect(running.status == .inProgress)
        #expect(running.validations.map(\.status) == [.inProgress, .notStarted])

        let completed = try log.apply(0, .finished(.completed(nil)))
        let ready = running.validated(by: completed)
        #expect(ready.status == .completed)
        #expect(ready.validations.map(\.status) == [.completed, .notStarted])
        #expect(ready.validated(by: started) == ready)
    }

    @Test(
        "A training job that does not complete fails the validation and says why",
        arguments: [
            (Trial.Outcome.failed(TrainingFailure(.algorithm, "no data")), "no data"),
            (
                .stopped(.runtimeExceeded, nil),
                "The training job search-001-000000 was stopped (MaxRuntimeExceeded) before it "
                    + "completed."
            ),
        ])
    func failure(outcome: Trial.Outcome, reason: String) throws {
        var log = EventLog(objective: nil)
        try log.train(0)
        let job = try log.apply(0, .finished(outcome))
        let failed = Self.algorithm().validated(by: job)
        #expect(failed.status == .failed)
        #expect(failed.validations.map(\.status) == [.failed, .notStarted])
        let expected = reason.replacing("search-001-000000", with: job.name)
        #expect(failed.validations[0].reason == expected)
    }

    @Test("The name of its training job is always the same, and another for a successor")
    func validationJobName() throws {
        func name(_ algorithm: String, _ time: Int, _ profile: String) -> String {
            Algorithm.validationJobName(
                algorithm: algorithm, creationTime: EventLog.time(time), profile: profile)
        }
        #expect(name("a", 0, "p") == name("a", 0, "p"))
        #expect(Set([name("a", 0, "p"), name("a", 1, "p"), name("a", 0, "q")]).count == 3)
        let algorithm = String(repeating: "a", count: 44) + "--b"
        let long = name(algorithm, 0, String(repeating: "p", count: 63))
        #expect(long.count <= 63)
        let pattern = /[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}/
        #expect(try pattern.wholeMatch(in: long) != nil)
    }
}
