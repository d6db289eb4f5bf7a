import Foundation
import Tuning

// MARK: - Start

extension AttemptRun {
    /// How long to wait for somebody to free space on a full disk before the next try.
    static let roomInterval = Duration.seconds(1)

    /// Starts the program, after somebody has freed space if the disk is full.
    func startWhenThereIsRoom() async throws -> Attempt.End? {
        try await whenThereIsRoom { try await start() }
    }

    /// Does something again until it does not fail for a full disk.
    func whenThereIsRoom<Result>(_ work: () async throws -> Result) async throws -> Result {
        while true {
            do {
                return try await work()
            } catch let error as FileError where error.isDiskFull {
                logHoldUp(error)
            } catch let error as DataTransferError where error.kind == .diskFull {
                logHoldUp(error)
            }
            storage.cache.shrink(to: 0)
            try await Task.sleep(for: Self.roomInterval)
        }
    }

    /// Says once that a full disk holds the attempt up.
    func logHoldUp(_ error: any Error) {
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
        let program = try TrainingProgram(
            attempt, images: configuration.images, storage: storage)
        let channels = try TrainingChannel.channels(in: attempt.definition.envelope)
        if try await !prepare(program, channels) { return try endBeforeStart() }
        let supervisor = try makeSupervisor(of: program, channels: channels)
        try Task.checkCancellation()
        if let end = try endBeforeStart() { return end }
        launch = supervisor.launch(logger: configuration.logger)
        return nil
    }

    /// Brings all the program needs; whether that was not ended by a stop.
    private func prepare(
        _ program: TrainingProgram, _ channels: [TrainingChannel]
    ) async throws -> Bool {
        let isRemote =
            program.script.map { storage.transfer(for: $0.submitDirectory) != nil } ?? false
        if !channels.isEmpty || checkpoints != nil || isRemote { try await enter(.downloading) }
        try training.prepare(attempt, channels: channels)
        let stop = session.stop
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask { [self] in
                try await program.script?.install(in: training.code, from: storage)
                try await checkpoints?.restore()
                try await inputData(channels).bring()
                return true
            }
            group.addTask {
                guard await stop.wait() != nil else { throw CancellationError() }
                return false
            }
            defer { group.cancelAll() }
            return try await group.next() ?? true
        }
    }

    /// The data of some channels, in the training job's directory.
    func inputData(_ channels: [TrainingChannel]) -> InputData {
        InputData(channels: channels, directory: training.inputData, storage: storage)
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
            arguments: program.script.map { $0.installing(arguments, in: directory) } ?? arguments,
            environment: environment, slot: slot)
    }
}
