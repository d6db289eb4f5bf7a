import Foundation
import Logging
import Notifications
import Orchestration
import Reports
import SageMakerAPI
import Tuning
import TuningServer

/// One tuning job, run to its end in this process while its progress is shown.
struct ExperimentRun {
    let request: JSONValue
    let settings: Settings
    let directory: DataDirectory
    let json: Bool
    let logger: Logger
    private let display = ProgressDisplay()

    /// How often progress is looked at.
    private static let lookInterval = Duration.milliseconds(200)

    /// How long those who want to hear of the end may hold it up.
    private static let tellingTimeMax = Duration.seconds(30)

    private enum Ending {
        case finished(TuningJob)
        case interrupted
    }

    /// Runs the tuning job, or goes on with it, and prints the best.
    ///
    /// - Throws: `CommandFailure` with the exit code that says how it ended.
    func perform() async throws {
        let name = request["HyperParameterTuningJobName"]?.string ?? ""
        // Before anything is made: a request that is refused leaves nothing behind.
        let specification = try await Assembly.specification(
            of: request, settings, directory: directory, logger: logger)
        let assembly = try await Assembly(
            settings, directory: directory, logger: logger,
            recovers: { $0.kind == .tuning && $0.name.lowercased() == name.lowercased() })
        let ending = try await run(specification, assembly, try assembly.notifier())
        switch ending {
        case .interrupted:
            throw CommandFailure(
                "interrupted; the same command with the same --data goes on",
                exitCode: CommandFailure.interrupted)
        case .finished(let job):
            try await report(job, assembly)
        }
    }

    private func run(
        _ specification: TuningJobSpecification, _ assembly: Assembly, _ notifier: Notifier?
    ) async throws -> Ending {
        defer { display.close() }
        let signals = Interruption.signals()
        return try await withThrowingTaskGroup(of: Ending?.self) { group in
            group.addTask {
                try await assembly.orchestrator.run()
                return nil
            }
            if let notifier {
                group.addTask {
                    await notifier.run()
                    return nil
                }
            }
            group.addTask {
                let job = try await follow(specification, assembly)
                await notifier?.finishTelling(job, within: Self.tellingTimeMax)
                return .finished(job)
            }
            group.addTask {
                for await _ in signals { return .interrupted }
                return nil
            }
            defer { group.cancelAll() }
            while let ending = try await group.next() {
                switch ending {
                case .interrupted: return try await interrupt(assembly)
                case .finished: return ending ?? .interrupted
                case nil: continue
                }
            }
            return .interrupted
        }
    }

    private func interrupt(_ assembly: Assembly) async throws -> Ending {
        display.close()
        StandardStreams.tell("tuner: stopping the training jobs; again to leave them running\n")
        signal(SIGINT, SIG_DFL)
        await assembly.orchestrator.interrupt()
        return .interrupted
    }

    /// Submits the tuning job, or finds it, and shows its progress until it is over.
    private func follow(
        _ specification: TuningJobSpecification, _ assembly: Assembly
    ) async throws -> TuningJob {
        let reader = assembly.orchestrator.reader
        var job: TuningJob
        if let stored = try await reader.tuningJob(named: specification.name, kind: .tuning) {
            job = stored
            try await checkSame(specification, as: stored, reader)
            let verb = stored.status.isFinished ? "is over already" : "goes on"
            StandardStreams.tell("tuner: \(stored.name) \(verb)\n")
        } else {
            job = try await assembly.orchestrator.submit(specification)
        }
        let objective = specification.definitions[0].objective
        var record = TuningRecord(
            id: job.id, specification: specification, creationTime: job.creationTime)
        while true {
            job = try await reader.tuningJob(job.id) ?? job
            if display.hasPlot { try await record.update(from: reader) }
            display.show(
                Progress(job: job, objective: objective, now: assembly.backends.time.now()),
                values: record.history)
            if job.status.isFinished { break }
            try await Task.sleep(for: Self.lookInterval)
        }
        display.close()
        return job
    }

    /// A run goes on with what was started; a file that asks for something else is refused.
    private func checkSame(
        _ specification: TuningJobSpecification, as stored: TuningJob,
        _ reader: any TuningStoreReader
    ) async throws {
        let known = try await reader.specification(of: stored.id)
        guard known?.asksForTheSame(as: specification) == true else {
            throw CommandFailure(
                "'\(directory.path)' has another tuning job called '\(stored.name)'; "
                    + "give this one another name, or another --data")
        }
    }

    // MARK: - The end

    private func report(_ job: TuningJob, _ assembly: Assembly) async throws {
        let reader = assembly.orchestrator.reader
        var best: TrainingJob?
        if let ordinal = job.best?.ordinal {
            best = try await reader.trainingJob(TrainingJob.ID(tuningJob: job.id, ordinal: ordinal))
        }
        if json {
            let access = OperationAccess.directory(assembly)
            let description = try await access.call(
                "DescribeHyperParameterTuningJob",
                ["HyperParameterTuningJobName": .string(job.name)])
            print(description.prettyText)
        } else if let best, let specification = try await reader.specification(of: job.id) {
            print(Self.summary(of: best, specification))
        }
        if job.status == .failed {
            var reason = job.failureReason ?? "no reason was given"
            if let failure = try await reader.trainingJob(.init(tuningJob: job.id, ordinal: 0))?
                .failure
            {
                reason += " The first: \(failure.reason)"
            }
            throw CommandFailure(
                "\(job.name) failed: \(reason)", exitCode: CommandFailure.jobFailed)
        }
    }

    private static func summary(
        of best: TrainingJob, _ specification: TuningJobSpecification
    ) -> String {
        let definition = specification.definitions[best.definition]
        var lines = ["Best training job: \(best.name)"]
        if let objective = definition.objective, let cost = best.cost {
            lines.append("  \(objective.metric) = \(objective.value(of: cost))")
        }
        for parameter in definition.searchSpace.parameters {
            lines.append("  \(parameter.name) = \(best.tuned[parameter.name] ?? "")")
        }
        return lines.joined(separator: "\n")
    }
}

extension TuningRecord {
    /// What each training job came to, where it counts.
    fileprivate var history: [Double?] {
        trials.map { trial in
            trial.isUsable ? trial.cost.map { value(of: $0, to: trial) } : nil
        }
    }
}
