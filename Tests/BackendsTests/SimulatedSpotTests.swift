import Backends
import Foundation
import Synchronization
import Testing
import Tuning

@Suite("Simulated spot capacity", .timeLimit(.minutes(2)))
struct SimulatedSpotTests {
    /// What an attempt on virtual time did, and when.
    struct Trace {
        let end: Attempt.End
        let phases: [TrainingPhase]
        let reports: Int
        /// Seconds from the start to the end.
        let seconds: Double
    }

    private static func run(
        _ image: String, spot: Bool = true, checkpoints: Bool = true,
        condition: StoppingCondition = StoppingCondition(), job: String = "job"
    ) async throws -> Trace {
        var envelope: [String: JSONValue] = ["EnableManagedSpotTraining": .bool(spot)]
        if checkpoints { envelope["CheckpointConfig"] = ["S3Uri": "s3://bucket/checkpoints"] }
        let definition = TrainingJobDefinition(
            searchSpace: .empty, objective: Objective(.minimize, "loss"), image: image,
            stoppingCondition: condition, envelope: .object(envelope))
        let attempt = Attempt(
            id: Attempt.ID(trainingJob: job, number: 1), definition: definition,
            hyperparameters: ["x": "1"], creationTime: Date(timeIntervalSince1970: 0))
        let clock = VirtualClock()
        let seen = Mutex<(phases: [TrainingPhase], reports: Int)>(([], 0))
        let session = AttemptSession { update in
            seen.withLock { seen in
                switch update {
                case .entered(let phase, _, _): seen.phases.append(phase)
                case .measured: seen.reports += 1
                }
            }
            return .proceed
        }
        let end = try await SimulatedBackend(virtualClock: clock).run(attempt, in: session)
        let (phases, reports) = seen.withLock { ($0.phases, $0.reports) }
        return Trace(
            end: end, phases: phases, reports: reports, seconds: clock.date.timeIntervalSince1970)
    }

    private static let always =
        "mock:sphere?epochs=3&seconds=10&interruptions=1&capacity=5&startup=1"

    @Test("Goes through the phases of a job that is interrupted before each epoch")
    func phases() async throws {
        let trace = try await Self.run(Self.always)
        #expect(trace.end == .completed && trace.reports == 3)
        let again: [TrainingPhase] = [.interrupted, .starting, .downloading, .training]
        #expect(
            trace.phases == [.pending, .starting, .downloading, .training] + again + again
                + [.uploading])
        // Three epochs, and capacity and startup at first and after two interruptions.
        #expect(trace.seconds == 30 + 3 * 6)
    }

    @Test("Without checkpoints trains again what it had trained, and reports nothing twice")
    func withoutCheckpoints() async throws {
        let trace = try await Self.run(Self.always, checkpoints: false)
        #expect(trace.end == .completed && trace.reports == 3)
        #expect(trace.seconds == 30 + 10 + 20 + 3 * 6)
    }

    @Test("Nothing is interrupted without managed spot training")
    func onDemand() async throws {
        let trace = try await Self.run(Self.always, spot: false)
        #expect(trace.phases == [.starting, .training])
        #expect(trace.seconds == 31)
    }

    struct Row: Sendable {
        let condition: StoppingCondition
        let end: Attempt.End
        let reports: Int
        let seconds: Double
    }

    @Test(
        "Waits and runs no longer than it may",
        arguments: [
            Row(
                condition: StoppingCondition(runtimeMax: .seconds(30), waitMax: .seconds(40)),
                end: .stopped(.waitTimeExceeded), reports: 2, seconds: 40),
            Row(
                condition: StoppingCondition(runtimeMax: .seconds(30), waitMax: .seconds(20)),
                end: .stopped(.waitTimeExceeded), reports: 1, seconds: 20),
            Row(
                condition: StoppingCondition(runtimeMax: .seconds(15), waitMax: .seconds(400)),
                end: .stopped(.runtimeExceeded), reports: 1, seconds: 27),
            Row(
                condition: StoppingCondition(pendingMax: .seconds(3)),
                end: .stopped(.pendingTimeExceeded), reports: 0, seconds: 3),
            Row(
                condition: StoppingCondition(waitMax: .seconds(48)), end: .completed, reports: 3,
                seconds: 48),
        ])
    func limits(row: Row) async throws {
        let trace = try await Self.run(Self.always, condition: row.condition)
        #expect(trace.end == row.end)
        #expect(trace.reports == row.reports)
        #expect(trace.seconds == row.seconds)
    }

    @Test("As many epochs are interrupted as asked for, the same ones again")
    func probability() async throws {
        let image = "mock:sphere?epochs=1001&interruptions=0.2&seed=3"
        let trace = try await Self.run(image)
        let count = trace.phases.count { $0 == .interrupted }
        // The standard deviation is 13.
        #expect(abs(count - 200) < 52, "seed 3")
        #expect(try await Self.run(image).phases == trace.phases)
        #expect(try await Self.run(image, job: "other").phases != trace.phases)
    }
}
