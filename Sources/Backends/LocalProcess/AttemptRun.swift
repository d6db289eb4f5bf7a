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
    let configuration: LocalProcessBackend.Configuration
    let slots: SlotOccupancy
    let training: TrainingDirectory
    let files: AttemptDirectory

    /// The start of the program, if it was this run that started it.
    var launch: Supervisor.Launch?
    /// When the last phase before the start of the program was reported.
    var preparationTime = Date.distantPast
    /// The supervisor, once it is known.
    var supervisor: AttemptDirectory.Supervisor?
    /// The slot that is occupied.
    var slot: Int?
    /// Why the attempt is to end early, and since when.
    var halt: (AttemptDirectory.Halt, since: Date)?
    /// What the verdicts ask for.
    var verdictHalt: AttemptDirectory.Halt?
    /// Whether the program has been told to end.
    var isTerminated = false
    /// Whether its start has been reported.
    var isTraining = false

    private var isHoldUpLogged = false
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
        _ attempt: Attempt, in session: AttemptSession,
        configuration: LocalProcessBackend.Configuration, slots: SlotOccupancy
    ) throws(TrainingFailure) {
        self.attempt = attempt
        self.session = session
        self.configuration = configuration
        self.slots = slots
        training = try TrainingDirectory(
            of: attempt.id.trainingJob, in: configuration.dataDirectory)
        files = training.attempt(attempt.id.number)
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
        defer { if let slot { slots.release(slot) } }
        do {
            try training.removeNamesake(of: attempt)
            if files.claimTime == nil, let end = try await startWhenThereIsRoom() { return end }
            return try await follow()
        } catch let error as ReportError {
            throw error.underlying
        } catch let error as CancellationError {
            throw error
        } catch let failure as TrainingFailure {
            return .failed(failure)
        } catch {
            return .failed(TrainingFailure(.internal, "InternalServerError: \(error)"))
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
            configuration.logger.warning(
                "the metric's regular expression takes too long; it is given up for this attempt",
                metadata: ["attempt": "\(attempt.id)", "metric": "\(metric)"])
        }
    }
}

// MARK: - Start

extension AttemptRun {
    /// How long to wait for somebody to free space on a full disk before the next try.
    static let roomInterval = Duration.seconds(1)

    /// Starts the program, after somebody has freed space if the disk is full.
    private func startWhenThereIsRoom() async throws -> Attempt.End? {
        while true {
            do {
                return try await start()
            } catch let error as FileError where error.isDiskFull {
                logHoldUp(error)
                try await Task.sleep(for: Self.roomInterval)
            }
        }
    }

    /// Says once that a full disk holds the attempt up.
    func logHoldUp(_ error: FileError) {
        guard !isHoldUpLogged else { return }
        isHoldUpLogged = true
        configuration.logger.error(
            "held up until there is space on the disk",
            metadata: ["attempt": "\(attempt.id)", "error": "\(error)"])
    }

    /// Starts the program unless somebody else has.
    ///
    /// - Returns: The end, if it came to one before its start.
    private func start() async throws -> Attempt.End? {
        guard session.mark == nil else {
            throw TrainingFailure(
                .internal, "InternalServerError: The files of attempt \(attempt.id) are gone.")
        }
        try makeDirectory(files.path)
        if let end = try endBeforeStart() { return end }
        try await enter(.starting)
        let program = try TrainingProgram(attempt, images: configuration.images)
        let channels = TrainingChannel.channels(in: attempt.definition.envelope)
        if !channels.isEmpty { try await enter(.downloading) }
        try training.prepare(attempt, channels: channels)
        try await program.script?.install(in: training.code)
        let supervisor = try makeSupervisor(of: program, channels: channels)
        try Task.checkCancellation()
        if let end = try endBeforeStart() { return end }
        launch = supervisor.launch(logger: configuration.logger)
        return nil
    }

    private func enter(_ phase: TrainingPhase) async throws {
        preparationTime = Date()
        try await report(.entered(phase, at: preparationTime, message: nil))
    }

    /// Obeys a stop that was asked for before the start.
    private func endBeforeStart() throws -> Attempt.End? {
        guard let wanted = session.stop.reason.map(AttemptDirectory.Halt.stop) ?? verdictHalt else {
            return nil
        }
        try files.record(wanted)
        return try files.claim() ? end(of: wanted) : nil
    }

    /// Takes a slot, and puts together what runs the program in it.
    private func makeSupervisor(
        of program: TrainingProgram, channels: [TrainingChannel]
    ) throws -> Supervisor {
        let slot = slots.take()
        self.slot = slot
        let gpus = configuration.gpus
        let environment = ContainerEnvironment(
            attempt: attempt, directory: training, channels: channels, script: program.script,
            gpu: gpus.isEmpty ? nil : gpus[slot % gpus.count], gpuCount: gpus.isEmpty ? 0 : 1,
            processorCount: ProcessInfo.processInfo.activeProcessorCount
        ).variables(inherited: ProcessInfo.processInfo.environment)
        let arguments = program.arguments(with: attempt.hyperparameters)
        let directory =
            program.script == nil ? configuration.workingDirectory.path : training.code
        if let problem = problem(
            withCommand: arguments[0], path: environment["PATH"] ?? "", in: directory)
        {
            throw TrainingFailure(.algorithm, "ClientError: \(problem)")
        }
        return Supervisor(
            attempt: files, jobDirectory: training.path, workingDirectory: directory,
            arguments: arguments, environment: environment, slot: slot)
    }
}
