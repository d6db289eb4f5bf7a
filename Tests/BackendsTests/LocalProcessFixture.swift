import Foundation
import Synchronization
import TuningTesting

@testable import Backends
@testable import Tuning

/// A directory of its own for each test, and attempts that run in it.
final class LocalProcessFixture: Sendable {
    let directory: URL
    private let nextName = Mutex(0)

    init() throws {
        // The real path, since programs report that one.
        let temporary = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
        directory = temporary.appending(path: "tuner-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    /// Uses a directory that is another fixture's.
    init(sharing path: String) {
        directory = URL(filePath: path)
    }

    deinit {
        for process in ProcessResources.processes() where isMarked(process.number) {
            kill(process.number, SIGKILL)
        }
        try? FileManager.default.removeItem(at: directory)
    }

    /// A backend as a daemon's new life has it.
    func backend(
        gracePeriod: Duration = .seconds(20), slotCount: Int = 8, gpus: [String] = [],
        images: [String: String] = [:], transfer: (any DataTransfer)? = nil,
        cacheByteCountMax: Int = 1 << 20, checkpointInterval: Duration = .seconds(60)
    ) -> LocalProcessBackend {
        LocalProcessBackend(
            LocalProcessBackend.Configuration(
                dataDirectory: directory, slotCount: slotCount, gpus: gpus,
                gracePeriod: gracePeriod, images: images, workingDirectory: directory,
                transfer: transfer, cacheByteCountMax: cacheByteCountMax,
                checkpointInterval: checkpointInterval))
    }

    /// An attempt of a training job with a new name.
    func attempt(
        image: String, hyperparameters: [String: String] = [:],
        metrics: [MetricDefinition] = [
            MetricDefinition(name: BackendConformance.metric, regex: "value=(\\S+)")
        ],
        stoppingCondition: StoppingCondition = StoppingCondition(),
        envelope: JSONValue = .object([:]), name: String? = nil, number: Int = 1,
        earlierRuntime: Duration = .zero, creationTime: Date = Date(timeIntervalSince1970: 1e9),
        objective: Objective? = nil
    ) -> Attempt {
        let ordinal = nextName.withLock { next in
            next += 1
            return next
        }
        let name = name ?? "job-\(ordinal)"
        return Attempt(
            id: Attempt.ID(trainingJob: name, number: number),
            arn: "arn:aws:sagemaker:us-east-1:123456789012:training-job/\(name)",
            definition: TrainingJobDefinition(
                searchSpace: .empty, objective: objective, image: image, metrics: metrics,
                stoppingCondition: stoppingCondition, envelope: envelope),
            hyperparameters: hyperparameters, creationTime: creationTime,
            earlierRuntime: earlierRuntime)
    }

    /// An attempt that runs a shell script with the hyperparameter `x`.
    func attempt(
        script: String, envelope: JSONValue = .object([:]), name: String? = nil, number: Int = 1,
        objective: Objective? = nil
    ) throws -> Attempt {
        let path = try write(script, to: "script-\(UUID().uuidString).sh")
        return attempt(
            image: "exec:sh \(path) {x}", hyperparameters: ["x": "1"], envelope: envelope,
            name: name, number: number, objective: objective)
    }

    /// Writes a file into the fixture's directory; returns its path.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        let url = directory.appending(path: name)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url, options: .atomic)
        return url.path
    }

    /// The text of a file in the fixture's directory.
    func text(_ name: String) -> String? {
        contents(of: directory.appending(path: name).path)
    }

    /// A path in a training job's directory, relative to the fixture's.
    func path(_ attempt: Attempt, _ name: String) -> String {
        "training-jobs/\(attempt.id.trainingJob)/\(name)"
    }

    /// The supervisor's process, once it has written its number.
    func supervisor(of attempt: Attempt) throws -> AttemptDirectory.Supervisor? {
        try TrainingDirectory(of: attempt.id.trainingJob, in: directory)
            .attempt(attempt.id.number).supervisor
    }

    /// The processes of an attempt's group that have not ended.
    func liveProcesses(of group: Int32) -> [ProcessResources.Process] {
        ProcessResources.processes().filter { $0.group == group && !"ZX".contains($0.state) }
    }

    /// Whether a process was started for an attempt in the directory.
    func isMarked(_ process: Int32) -> Bool {
        contents(of: "/proc/\(process)/environ")?.contains(directory.path) ?? false
    }
}
