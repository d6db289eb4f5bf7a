import Foundation
import Logging
import Tuning

/// Runs one attempt, or attaches to it, and follows it to its end.
///
/// Whether the attempt was just started or is attached to makes no difference: everything that is
/// known of it is read from its files, again and again.
actor AttemptRun {
    /// Threads that may block.
    nonisolated let executor = QueueExecutor()
    /// The same, as the runtime asks for it.
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    let attempt: Attempt
    let session: AttemptSession
    let host: any ProgramHost
    let settings: HostingSettings
    let program: any HostedProgram
    let contact: HostContact
    let training: TrainingDirectory
    let files: AttemptDirectory
    let storage: DataStorage
    /// Where checkpoints are saved; `nil` where they stay in the training job's directory.
    let checkpoints: CheckpointStorage?

    /// When the last phase before the start of the program was reported.
    var preparationTime = Date.distantPast
    /// Since when it runs; `nil` while it does not.
    var startTime: Date?
    /// Whether it has run: whatever it waits for since is an interruption.
    var hasRun = false
    /// What it waits for, as was last reported.
    var waitingMessage: String?
    /// Why the attempt is to end early, and since when.
    var halt: (AttemptDirectory.Halt, since: Date)?
    /// Why nobody knows what became of the program, if so.
    var lossReason = "The program disappeared."
    /// What the verdicts ask for.
    var verdictHalt: AttemptDirectory.Halt?
    /// Whether the program has been told to end.
    var isTerminated = false
    /// When it was last killed.
    var killTime: ContinuousClock.Instant?
    /// Whether it has been reported that its results are saved.
    var isUploading = false

    var isHoldUpLogged = false
    private var output: ProgramOutput
    private var givenUp: Set<MetricName> = []

    /// How long to wait before another try to open a log, for want of open files.
    private static let unreadableInterval = Duration.milliseconds(200)

    /// Thrown by the session's report, to be passed on as it is.
    struct ReportError: Error {
        let underlying: any Error
    }

    /// Prepares to run an attempt.
    ///
    /// - Throws: `TrainingFailure` when it cannot be run.
    init(
        _ attempt: Attempt, in session: AttemptSession, host: any ProgramHost,
        contact: HostContact
    ) throws(TrainingFailure) {
        self.attempt = attempt
        self.session = session
        self.host = host
        self.contact = contact
        var settings = host.settings
        // Also for what outlives the task, which knows its jobs.
        settings.logger[metadataKey: "training_job"] = "\(attempt.id.trainingJob)"
        if let tuningJob = JobContext.current?.tuningJob {
            settings.logger[metadataKey: "tuning_job"] = "\(tuningJob)"
        }
        self.settings = settings
        training = try TrainingDirectory(
            of: attempt.id.trainingJob, in: settings.dataDirectory)
        files = training.attempt(attempt.id.number)
        program = try host.program(of: attempt, in: training)
        storage = settings.storage
        checkpoints = try CheckpointStorage(of: attempt, in: training, storage: storage)
        do {
            output = try ProgramOutput(
                of: files, metrics: attempt.definition.metrics, mark: session.mark)
        } catch {
            throw TrainingFailure(.algorithm, "ClientError: \(error.description)")
        }
    }

    /// Runs it to its end.
    ///
    /// - Throws: What the session's report throws, and `CancellationError`; the program goes on.
    func run() async throws -> Attempt.End {
        defer { program.release() }
        let end = try await startAndFollow()
        await program.remove()
        // What it read may leave the cache now.
        if let channels = try? TrainingChannel.channels(in: attempt.definition.envelope) {
            inputData(channels).remove()
        }
        return end
    }

    private func startAndFollow() async throws -> Attempt.End {
        do {
            try training.removeNamesake(of: attempt)
            if case .notStarted = try await look(), let end = try await startWhenThereIsRoom() {
                return end
            }
            return try await followAndSave()
        } catch let error as ReportError {
            throw error.underlying
        } catch let error as CancellationError {
            throw error
        } catch let failure as TrainingFailure {
            return .failed(failure)
        } catch {
            try Task.checkCancellation()
            return .failed(TrainingFailure(.internal, "InternalServerError: \(error)"))
        }
    }

    /// Follows the program to its end while its output is brought and its checkpoints are saved.
    private func followAndSave() async throws -> Attempt.End {
        let (interval, logger) = (settings.checkpointInterval, settings.logger)
        return try await withThrowingTaskGroup(of: Attempt.End?.self) { group in
            if let checkpoints {
                group.addTask {
                    await checkpoints.saveRegularly(every: interval, logger: logger)
                    return nil
                }
            }
            group.addTask { [program] in
                await program.followOutput()
                return nil
            }
            group.addTask { try await self.follow() }
            defer { group.cancelAll() }
            while let end = try await group.next() {
                if let end { return end }
            }
            throw CancellationError()
        }
    }

    /// Reports news and remembers what the verdict asks for.
    func report(_ update: AttemptUpdate) async throws {
        try Task.checkCancellation()
        let verdict: Verdict
        do {
            verdict = try await session.report(update)
        } catch {
            throw ReportError(underlying: error)
        }
        switch verdict {
        case .proceed: break
        case .pause: verdictHalt = verdictHalt ?? .pause
        case .stop: verdictHalt = verdictHalt ?? .stop(.earlyStopping)
        }
    }

    /// Reports what the logs hold that has not been reported.
    ///
    /// - Parameter isOver: Whether nothing more will come; else only a piece of much is read.
    /// - Returns: Whether all was read.
    func reportOutput(isOver: Bool) async throws -> Bool {
        if isOver { output.seal() }
        while true {
            let (batches, isAtEnd) = output.read()
            for batch in batches { try await report(.measured(batch.samples, batch.mark)) }
            noteGivenUp()
            if output.isUnreadable { try await Task.sleep(for: Self.unreadableInterval) }
            if isAtEnd || !isOver { return isAtEnd }
            try Task.checkCancellation()
        }
    }

    private func noteGivenUp() {
        for metric in output.givenUp.subtracting(givenUp) {
            givenUp.insert(metric)
            settings.logger.warning(
                "the metric's regular expression takes too long; it is given up for this attempt",
                metadata: ["attempt": "\(attempt.id)", "metric": "\(metric)"])
        }
    }
}
