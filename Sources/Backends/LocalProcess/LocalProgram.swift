import Foundation
import Synchronization
import Tuning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// An attempt's program as a process of this machine, under a supervisor.
///
/// Whether this run has started it or attaches to it makes no difference: everything that is known
/// of it is read from its files, again and again.
final class LocalProgram: HostedProgram {
    /// How long a claimed attempt may be without a supervisor's number.
    private static let claimPatience: TimeInterval = 5
    /// How long a supervisor that has recorded its exit may take to end by itself.
    private static let endPatience = Duration.seconds(5)

    private struct Progress {
        /// The start of the program, if it was this run that started it.
        var launch: Supervisor.Launch?
        /// The supervisor, once it is known.
        var supervisor: AttemptDirectory.Supervisor?
        /// The slot that is occupied.
        var slot: Int?
    }

    private let attempt: Attempt
    private let files: AttemptDirectory
    private let configuration: LocalProcessBackend.Configuration
    private let slots: SlotOccupancy
    private let progress = Mutex(Progress())

    init(
        of attempt: Attempt, files: AttemptDirectory,
        configuration: LocalProcessBackend.Configuration, slots: SlotOccupancy
    ) {
        self.attempt = attempt
        self.files = files
        self.configuration = configuration
        self.slots = slots
    }

    /// The supervisor records the end for good.
    var forgetsItsEnd: Bool { false }

    nonisolated(nonsending) func state() async throws -> ProgramState {
        // The exit first: whatever is read after it is all there is.
        let exitCode = files.exitCode
        let supervisor = findSupervisor()
        if let exitCode { return .ended(.code(exitCode), since: supervisor?.startTime) }
        let launch = progress.withLock { $0.launch }
        let claimTime = files.claimTime
        guard claimTime != nil || launch != nil else { return .notStarted }
        let isLost = isLost(claimTime: claimTime, launch: launch)
        // An exit that was recorded meanwhile is read the next time.
        guard isLost, !files.hasExit else {
            return supervisor.map { .running(since: $0.startTime) } ?? .waiting(nil)
        }
        if claimTime == nil, let problem = launch?.problem {
            throw TrainingFailure(.internal, "InternalServerError: Not started: \(problem).")
        }
        return .lost(
            "The training process disappeared without recording its exit; it was killed, or the"
                + " machine restarted.")
    }

    nonisolated(nonsending) func forbidStart() async throws -> Bool { try files.claim() }

    nonisolated(nonsending) func end(isForced: Bool) async throws -> Bool {
        group?.send(isForced ? SIGKILL : SIGTERM) ?? false
    }

    /// Waits for the supervisor, which kills the group after it has recorded the exit; a stopped
    /// one is helped.
    nonisolated(nonsending) func settle() async throws {
        guard let group else { return }
        let start = ContinuousClock.now
        while group.supervisor != .gone {
            if ContinuousClock.now - start > Self.endPatience { group.send(SIGKILL) }
            try await Task.sleep(for: .milliseconds(1))
        }
        group.killRemains()
    }

    func release() {
        let slot = progress.withLock { progress in
            defer { progress.slot = nil }
            return progress.slot
        }
        if let slot { slots.release(slot) }
    }

    // MARK: - Supervisor

    /// The attempt's processes, once they are known.
    private var group: ProcessGroup? {
        findSupervisor().map { ProcessGroup(leader: $0.process, marker: files.path) }
    }

    /// The supervisor, if it has recorded itself; its slot is occupied from now on.
    private func findSupervisor() -> AttemptDirectory.Supervisor? {
        if let known = progress.withLock({ $0.supervisor }) { return known }
        guard let found = files.supervisor else { return nil }
        progress.withLock { progress in
            progress.supervisor = found
            guard progress.slot == nil else { return }
            slots.take(found.slot)
            progress.slot = found.slot
        }
        return found
    }

    /// Whether it seems that nobody will ever record an exit.
    private func isLost(claimTime: Date?, launch: Supervisor.Launch?) -> Bool {
        if let group { return group.supervisor == .gone }
        guard let claimTime else { return launch?.problem != nil }
        return Date().timeIntervalSince(claimTime) >= Self.claimPatience
            || (launch == nil && files.halt != nil)
    }
}

// MARK: - Start

extension LocalProgram {
    nonisolated(nonsending) func start(_ order: ProgramOrder) async throws {
        let supervisor = try makeSupervisor(order)
        let launch = supervisor.launch(logger: configuration.logger)
        progress.withLock { $0.launch = launch }
    }

    /// Takes a slot, and puts together what runs the program in it.
    private func makeSupervisor(_ order: ProgramOrder) throws(TrainingFailure) -> Supervisor {
        guard let program = order.program else {
            preconditionFailure("attempt \(attempt.id) has no program")
        }
        let slot = takeSlot()
        let gpus = configuration.gpus
        let environment = ContainerEnvironment(
            attempt: attempt, directory: order.training, channels: order.channels,
            script: program.script, gpu: gpus.isEmpty ? nil : gpus[slot % gpus.count],
            gpuCount: gpus.isEmpty ? 0 : 1,
            processorCount: ProcessInfo.processInfo.activeProcessorCount
        ).variables(inherited: ProcessInfo.processInfo.environment)
        let arguments = program.arguments(with: attempt.hyperparameters)
        let directory =
            program.script == nil ? configuration.workingDirectory.path : order.training.code
        if let problem = problem(
            withCommand: arguments[0], path: environment["PATH"] ?? "", in: directory)
        {
            throw TrainingFailure(.algorithm, "ClientError: \(problem)")
        }
        return Supervisor(
            attempt: files, jobDirectory: order.training.path, workingDirectory: directory,
            arguments: program.script.map { $0.installing(arguments, in: directory) } ?? arguments,
            environment: environment, slot: slot)
    }

    private func takeSlot() -> Int {
        progress.withLock { progress in
            let slot = progress.slot ?? slots.take()
            progress.slot = slot
            return slot
        }
    }
}
