import Experiments
import Foundation
import ServiceExperiments
import Synchronization
import Testing
import Tuning

@Suite("An experiment at a service", .timeLimit(.minutes(2)))
struct SubmittedExperimentTests {
    enum Shape: String, CaseIterable {
        case flat
        case veryRound = "very-round"
    }

    private static func experiment(
        _ strategy: ExperimentStrategy = .bayesian, trials: Int = 8, target: Double? = nil
    ) throws -> Experiment<Double, Int, Shape, Bool> {
        try Experiment(
            "submitted", .minimize, .real("x", in: 0...1), .integer("n", in: 1...4),
            .choice("shape", of: Shape.self), .flag("shifted"), strategy: strategy,
            trials: trials, parallel: 2, target: target, seed: 3)
    }

    private static func program(_ image: String = "exec:train") -> TrainingProgram {
        TrainingProgram(image, metric: "loss", regex: "loss=([0-9.e+-]+)")
    }

    private static let often = Duration.milliseconds(2) ... .milliseconds(50)

    @Test("Runs to its end, tells its progress, and has values in their types")
    func course() async throws {
        try await LiveService.run { service in
            let submitted = try await Self.experiment().submit(Self.program(), to: service)
            var last: SubmittedProgress<Double, Int, Shape, Bool>?
            for try await progress in submitted.progress(every: Self.often) {
                #expect(progress.finishedCount >= last?.finishedCount ?? 0)
                #expect(progress.trialCountMax == 8)
                last = progress
            }
            #expect(last?.status == .completed)
            #expect(last?.finishedCount == 8 && last?.runningCount == 0)
            let result = try await submitted.result()
            #expect(result.status == .completed)
            #expect(result.trials.count == 8)
            let (x, n, _, _) = result.best.values
            #expect(result.best.result == abs(x - 0.3) + Double(n))
            #expect(result.best.result == result.trials.compactMap(\.result).min())
            #expect(last?.best?.name == result.best.name)
            #expect(Set(result.trials.map(\.values.2)) == [.flat, .veryRound])
            let again = try await Self.experiment().submitted(to: service).result()
            #expect(again.best.name == result.best.name)
        }
    }

    @Test(
        "Each strategy is understood",
        arguments: [
            ExperimentStrategy.random, .quasiRandom, .bayesian.stoppingBelowMedian,
            .grid(levels: 2),
        ])
    func strategies(strategy: ExperimentStrategy) async throws {
        try await LiveService.run { service in
            let result = try await Self.experiment(strategy, trials: 16)
                .submit(Self.program(), to: service).result()
            // Two levels of each of the four parameters are as many.
            #expect(result.trials.count == 16)
        }
    }

    @Test("Hyperband and a target are understood")
    func hyperband() async throws {
        try await LiveService.run { service in
            let result = try await Self.experiment(.hyperband(reports: 9), target: 100)
                .submit(Self.program(), to: service).result()
            #expect(result.trials.count < 8)
        }
    }

    @Test("A refusal has the service's own code and words")
    func refusals() async throws {
        try await LiveService.run { service in
            let experiment = try Self.experiment()
            await #expect {
                _ = try await experiment.submitted(to: service)
            } throws: { error in
                guard case ServiceError.refused(let code, let message, 400) = error else {
                    return false
                }
                return code == "ResourceNotFound" && message.contains("submitted")
            }
            var program = Self.program()
            program.instanceType = "ml.abacus"
            program.metric = MetricDefinition(name: "loss", regex: "loss=([")
            await #expect {
                _ = try await experiment.submit(program, to: service)
            } throws: { error in
                (error as? ServiceError)?.code == "ValidationException"
            }
            _ = try await experiment.submit(Self.program(), to: service)
            await #expect {
                _ = try await experiment.submit(Self.program(), to: service)
            } throws: { error in
                (error as? ServiceError)?.code == "ResourceInUse"
            }
        }
    }

    @Test("Without any result it says why")
    func failing() async throws {
        try await LiveService.run { service in
            let submitted = try await Self.experiment().submit(
                Self.program("exec:fails"), to: service)
            await #expect(throws: ExperimentError.self) { try await submitted.result() }
        }
    }

    @Test("Cancelling leaves it running, and stops it only if asked to", arguments: [false, true])
    func cancelling(stops: Bool) async throws {
        try await LiveService.run { service in
            let submitted = try await Self.experiment().submit(
                Self.program("exec:holds"), to: service)
            for try await progress in submitted.progress(every: Self.often)
            where progress.runningCount == 2 { break }
            let waiting = Task { try await submitted.result(stopsWhenCancelled: stops) }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            if !stops {
                var looks = submitted.progress(every: Self.often).makeAsyncIterator()
                #expect(try await looks.next()?.status == .inProgress)
                try await submitted.stop()
            }
            let result = try await submitted.result()
            #expect(result.status == .stopped)
            #expect(result.trials.allSatisfy { $0.status == .stopped })
            try await submitted.stop()
        }
    }

    @Test("An address that is none is refused, and one where nobody answers says so")
    func addresses() async throws {
        await #expect {
            _ = try await TuningService(endpoint: URL(string: "somewhere"))
        } throws: { error in
            (error as? ServiceError)?.code == "configuration"
        }
        let service = try await TuningService(endpoint: URL(string: "http://127.0.0.1:9"))
        await #expect {
            _ = try await Self.experiment().submit(Self.program(), to: service)
        } throws: { error in
            (error as? ServiceError)?.code == "unanswered"
        }
    }
}
