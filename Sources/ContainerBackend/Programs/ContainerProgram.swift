import Backends
import Foundation
import Synchronization
import Tuning

/// An attempt's program as a container.
///
/// The container is found again by its name. That it has run is known by the file `container` in
/// the attempt's directory, so that one that is gone is not run again.
final class ContainerProgram: HostedProgram {
    /// How long to wait before a log is followed again whose end came too soon: at first, and at
    /// most.
    private static let logIntervals: ClosedRange<Duration> = .milliseconds(200) ... .seconds(10)

    private struct Progress {
        /// The creation and the start of the container, if it was this run that asked for them.
        var launch: SharedWork<ImageAbsence?>?
        /// Lists of containers that were asked for before this time know too little.
        var knowledgeTime = ContinuousClock.now
        var startTime: Date?
        /// How often the engine had not answered when the container was last known to run.
        var silenceCount: Int?
        var isKilled = false
        /// Whether the log has been copied to its end.
        var isSettled = false
        /// The end, once it is known.
        var end: ProgramState?
    }

    /// The engine does not have the image, in its own words.
    struct ImageAbsence: Sendable {
        let message: String
    }

    let attempt: Attempt
    let training: TrainingDirectory
    let files: AttemptDirectory
    let host: ContainerHost
    private let progress = Mutex(Progress())

    init(of attempt: Attempt, in training: TrainingDirectory, host: ContainerHost) {
        self.attempt = attempt
        self.training = training
        files = training.attempt(attempt.id.number)
        self.host = host
    }

    /// The container's name: that of the attempt, and what tells it from those of other data
    /// directories and of earlier training jobs with its name.
    func name() throws(FileError) -> String {
        let text = "\(try host.identity.value()) \(training.creationRecord ?? "")"
        let digits = String(text.stableHash, radix: 36)
        return "tuner-\(attempt.id.trainingJob)-\(attempt.id.number)-\(digits)"
    }

    // MARK: - Record

    private var recordPath: String { files.path + "/container" }
    private var askedStartPath: String { files.path + "/container-asked" }

    /// Whether the container has ever been started.
    var wasStarted: Bool { fileExists(recordPath) }

    /// Records that the container has been started.
    func recordStart(of name: String) throws(FileError) {
        if !wasStarted { try writeDurably(name, to: recordPath, replaces: false) }
        progress.withLock { $0.knowledgeTime = .now }
    }

    /// The ID of the container whose start was asked for last, whatever came of it.
    var idOfAskedStart: String? { contents(of: askedStartPath) }

    /// Records that a container's start is going to be asked for.
    func recordAskedStart(of id: String) throws(FileError) {
        try writeDurably(id, to: askedStartPath, replaces: true)
    }
}

// MARK: - State

extension ContainerProgram {
    nonisolated(nonsending) func state() async throws -> ProgramState {
        let (end, time) = progress.withLock { ($0.end, $0.knowledgeTime) }
        if let end { return end }
        let name = try name()
        switch try await host.roster.programs(after: time)[name]?.state {
        case nil, .created, .removing:
            guard wasStarted else { return .notStarted }
            // No list has one that is being stopped or removed.
            return try await stateByItself(name)
        case .running:
            try recordStartOnce(of: name)
            noteRunning()
            guard let startTime = try await startTime(of: name) else { return .waiting(nil) }
            return .running(since: startTime)
        case .exited:
            try recordStartOnce(of: name)
            return try await stateByItself(name)
        }
    }

    /// Where a container that was started stands by what the engine says of it alone.
    private func stateByItself(_ name: String) async throws -> ProgramState {
        let removal = ProgramState.lost("The container was removed by somebody else.")
        guard let details = try await host.engine.container(name) else { return removal }
        switch details.state {
        case .created:
            return .lost(
                "The container engine has lost sight of the program: it was ended while it"
                    + " started it, or the machine was restarted.")
        case .removing where details.exitCode == 137 && !progress.withLock { $0.isKilled }:
            return removal
        case .running:
            return details.startTime.map { .running(since: $0) } ?? .waiting(nil)
        case .exited, .removing:
            let end = ProgramState.ended(exit(details), since: details.startTime)
            progress.withLock { $0.end = end }
            return end
        }
    }

    /// Notes that the container runs.
    func noteRunning() {
        let count = host.engine.silenceCount
        progress.withLock { $0.silenceCount = count }
    }

    private func recordStartOnce(of name: String) throws(FileError) {
        if !wasStarted { try recordStart(of: name) }
    }

    private func startTime(of name: String) async throws -> Date? {
        if let known = progress.withLock({ $0.startTime }) { return known }
        let time = try await host.engine.container(name)?.startTime
        progress.withLock { $0.startTime = time }
        return time
    }

    private func exit(_ details: ContainerDetails) -> ProgramExit {
        let limit = host.resources(of: attempt).memoryBytes
        let isKilled = progress.withLock { $0.isKilled } || files.halt != nil
        let amount = limit.map { " of \($0.formatted(.byteCount(style: .memory)))" } ?? ""
        if details.isOutOfMemory {
            return .failure(
                TrainingFailure(
                    .algorithm,
                    "AlgorithmError: The container ran out of memory, at its limit\(amount),"
                        + " exit code: \(details.exitCode)"))
        }
        // Not every engine sees why a program was killed.
        if details.exitCode == 137, limit != nil, !isKilled {
            return .failure(
                TrainingFailure(
                    .algorithm,
                    "AlgorithmError: The program was killed, most likely because the container ran"
                        + " out of memory, at its limit\(amount), exit code: 137"))
        }
        // Docker says 255 of what ended while it was away.
        if details.exitCode == 255,
            progress.withLock({ $0.silenceCount }) != host.engine.silenceCount
        {
            return .failure(
                TrainingFailure(
                    .internal,
                    "InternalServerError: The container engine was away when the program ended,"
                        + " and does not know how it ended, exit code: 255"))
        }
        if details.exitCode != 0, !details.problem.isEmpty {
            return .failure(
                TrainingFailure(.internal, "InternalServerError: \(details.problem)"))
        }
        return .code(details.exitCode)
    }
}

// MARK: - Start and end

extension ContainerProgram {
    nonisolated(nonsending) func start(_ order: ProgramOrder) async throws {
        let image = attempt.definition.image
        let report: @Sendable (String) async throws -> Void = { message in
            try await order.enter(.downloading, message)
        }
        if host.configuration.pull == .always { try await host.images.pull(image, report: report) }
        guard let absence = try await launch(order) else { return }
        if host.configuration.pull == .never {
            throw TrainingFailure(
                .algorithm,
                "ClientError: The container engine has no image '\(image)', and the settings keep"
                    + " it from being pulled. \(absence.message)")
        }
        try await host.images.pull(image, report: report)
        guard let absence = try await launch(order) else { return }
        throw TrainingFailure(
            .internal,
            "InternalServerError: The image '\(image)' is gone again. \(absence.message)")
    }

    /// Creates and starts the container; whoever waits for that may give up, but not the work.
    private func launch(_ order: ProgramOrder) async throws -> ImageAbsence? {
        let work = SharedWork { try await ContainerLaunch(program: self, order: order).run() }
        progress.withLock { $0.launch = work }
        return try await work.value()
    }

    nonisolated(nonsending) func forbidStart() async throws -> Bool {
        if let launch = progress.withLock({ $0.launch }) { _ = try? await launch.value() }
        let name = try name()
        guard let details = try await host.engine.container(name) else { return !wasStarted }
        guard details.state == .created, !wasStarted else { return false }
        try await host.engine.remove(name)
        return true
    }

    nonisolated(nonsending) func end(isForced: Bool) async throws -> Bool {
        if isForced { progress.withLock { $0.isKilled = true } }
        try await host.engine.send(isForced ? "SIGKILL" : "SIGTERM", to: try name())
        await host.roster.expire()
        return true
    }

    nonisolated(nonsending) func remove() async {
        switch host.configuration.removal {
        case .never: return
        case .completed:
            guard case .ended(.code(0), _) = files.recordedEnd else { return }
        case .always: break
        }
        guard wasStarted, let name = try? name() else { return }
        await host.removals.remove(name)
    }

    func release() {
        if let name = try? name() { host.gpus.release(name) }
    }
}

// MARK: - Output

extension ContainerProgram {
    func followOutput() async {
        var interval = Self.logIntervals.lowerBound
        while !Task.isCancelled, !progress.withLock({ $0.isSettled }) {
            let start = ContinuousClock.now
            do {
                try await copyOutput(follows: true)
                // Its end is most likely the container's.
                await host.roster.expire()
            } catch {
                // The look at the container says what is wrong with the engine.
            }
            let hasLasted = ContinuousClock.now - start > Self.logIntervals.upperBound
            if hasLasted { interval = Self.logIntervals.lowerBound }
            try? await Task.sleep(for: interval)
            interval = min(interval * 2, Self.logIntervals.upperBound)
        }
    }

    nonisolated(nonsending) func settle() async throws {
        do {
            try await copyOutput(follows: false)
        } catch let error as EngineError where [404, 409].contains(error.status) {
            // It has been, or is being, removed, and what was not read before is gone with it.
        }
        let name = try name()
        if try await host.engine.container(name)?.state == .created {
            // It may run all the same, and there is no other way to end it.
            try await host.engine.remove(name)
        }
        progress.withLock { $0.isSettled = true }
    }

    private func copyOutput(follows: Bool) async throws {
        let name = try name()
        try await ContainerLog(files: files).copy { receive in
            try await self.host.engine.logs(of: name, follows: follows, receive)
        }
    }
}
