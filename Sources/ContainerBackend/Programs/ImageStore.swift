import Backends
import EngineHTTP
import Foundation
import Synchronization
import Tuning

/// Sees to it that the engine has the images of training jobs, each brought once for all that wait.
actor ImageStore {
    /// How often, and with what waits between, an image is asked for that cannot be had for
    /// a reason that may pass.
    private static let waits: [Duration] = [.seconds(2), .seconds(8)]
    /// How long to wait between two looks at the progress, and the least progress that is told.
    private static let reportInterval = Duration.seconds(2)
    private static let reportPercentage = 10

    private final class Pull: Sendable {
        let fraction = Mutex<Double?>(nil)
    }

    private let engine: ContainerEngine
    private let credentials: RegistryCredentials
    private var pulls: [String: (work: SharedWork<Void>, pull: Pull)] = [:]

    init(engine: ContainerEngine, credentials: RegistryCredentials) {
        self.engine = engine
        self.credentials = credentials
    }

    /// Brings an image from its registry, even if an older one with its name is there.
    ///
    /// - Parameter report: Told in words how far it is, now and then.
    /// - Throws: `TrainingFailure` when it cannot be had; `EngineUnreachable`,
    ///   `CancellationError`, and what `report` throws.
    func pull(
        _ image: String, report: @escaping @Sendable (_ message: String) async throws -> Void
    ) async throws {
        let (work, pull) = pulls[image] ?? begin(image)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await work.value() }
            group.addTask {
                var told: String?
                while true {
                    let steps = pull.fraction.withLock { $0 }
                        .map { Int($0 * 100) / Self.reportPercentage }
                    let share = steps.map { " (\($0 * Self.reportPercentage) %)" } ?? ""
                    let message = "Downloading the training image" + share
                    if message != told { try await report(message) }
                    told = message
                    try await Task.sleep(for: Self.reportInterval)
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func begin(_ image: String) -> (work: SharedWork<Void>, pull: Pull) {
        let pull = Pull()
        let header = credentials.header(for: ImageName(image).registry)
        let work = SharedWork { [engine] in
            defer { Task { await self.finish(image) } }
            for wait in Self.waits.map(Optional.some) + [nil] {
                do {
                    return try await engine.pull(image, credentials: header) { fraction in
                        pull.fraction.withLock { $0 = fraction }
                    }
                } catch let error as EngineError {
                    let problem = PullProblem(error)
                    guard problem == .passing, let wait else {
                        throw problem.failure(image, error)
                    }
                    try await Task.sleep(for: wait)
                }
            }
        }
        pulls[image] = (work, pull)
        return (work, pull)
    }

    private func finish(_ image: String) { pulls[image] = nil }
}

/// Why an image cannot be had, as far as the engine's words tell.
enum PullProblem: Hashable {
    /// The registry wants to know who asks, or does not give it to whoever asks.
    case denied
    /// The registry has no such image.
    case missing
    /// Something that may pass: a network, a registry out of order, a full disk.
    case passing

    init(_ error: EngineError) {
        let message = error.message.lowercased()
        func mentions(_ words: [String]) -> Bool { words.contains { message.contains($0) } }
        if mentions(["unauthorized", "denied", "authentication required", "no basic auth"]) {
            self = .denied
        } else if error.status == 404 || error.status == 400
            || mentions(["manifest unknown", "not found", "no such image", "does not exist"])
        {
            self = .missing
        } else {
            self = .passing
        }
    }

    /// The failure of a training job that needs the image.
    func failure(_ image: String, _ error: EngineError) -> TrainingFailure {
        switch self {
        case .denied:
            TrainingFailure(
                .algorithm,
                "ClientError: The image '\(image)' does not exist, or \(ImageName(image).registry)"
                    + " gives it only to those who have logged in; log in there as the daemon's"
                    + " user. \(error.message)")
        case .missing:
            TrainingFailure(
                .algorithm, "ClientError: There is no image '\(image)'. \(error.message)")
        case .passing:
            TrainingFailure(
                .internal,
                "InternalServerError: The image '\(image)' could not be pulled. \(error.message)")
        }
    }
}
