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
        settings.logger.error(
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
        if let end = try await endBeforeStart() { return end }
        try await enter(.starting)
        let order = ProgramOrder(
            attempt: attempt, training: training,
            channels: try TrainingChannel.channels(in: attempt.definition.envelope),
            program: try host.trainingProgram(of: attempt)
        ) { [weak self] phase, message in
            try await self?.enter(phase, message)
        }
        if try await !prepare(order) { return try await endBeforeStart() }
        try Task.checkCancellation()
        if let end = try await endBeforeStart() { return end }
        let isLaunched = try await unlessStopped { [self] in try await launch(order) }
        return isLaunched ? nil : try await endBeforeStart()
    }

    /// Brings all the program needs; whether that was not ended by a stop.
    private func prepare(_ order: ProgramOrder) async throws -> Bool {
        let script = order.program?.script
        let isRemote = script.map { storage.transfer(for: $0.submitDirectory) != nil } ?? false
        if !order.channels.isEmpty || checkpoints != nil || isRemote {
            try await enter(.downloading)
        }
        try training.prepare(attempt, channels: order.channels)
        return try await unlessStopped { [self] in
            try await script?.install(in: training.code, from: storage)
            try await checkpoints?.restore()
            try await inputData(order.channels).bring()
        }
    }

    private func launch(_ order: ProgramOrder) async throws {
        try await insist(passesFileErrors: true) { try await program.start(order) }
    }

    /// Does something that a stop cancels; whether it was not.
    private func unlessStopped(
        _ work: @escaping @Sendable () async throws -> Void
    ) async throws -> Bool {
        let stop = session.stop
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await work()
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
        InputData(
            channels: channels, directory: training.inputData, storage: storage,
            followsLinks: host.followsLinks)
    }

    private func enter(_ phase: TrainingPhase, _ message: String? = nil) async throws {
        preparationTime = Date()
        try await report(.entered(phase, at: preparationTime, message: message))
    }

    /// Obeys a stop that was asked for before the start.
    private func endBeforeStart() async throws -> Attempt.End? {
        let asked = session.stop.reason.map(AttemptDirectory.Halt.stop) ?? verdictHalt
        guard let wanted = files.halt?.0 ?? asked else { return nil }
        try files.record(wanted)
        let isForbidden = try await insist(passesFileErrors: true) {
            try await program.forbidStart()
        }
        return isForbidden ? end(of: wanted) : nil
    }
}
