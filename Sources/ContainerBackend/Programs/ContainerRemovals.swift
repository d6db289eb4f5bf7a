import Backends
import Foundation
import Logging
import Tuning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Removes containers that are over, and goes on with those that the engine could not be told of.
///
/// What is still to be removed has an empty file with the container's name in a directory of the
/// data directory, so that a later daemon goes on too.
actor ContainerRemovals {
    /// How long to wait before the engine is told again: at first, and at most.
    private static let intervals: ClosedRange<Duration> = .milliseconds(500) ... .seconds(30)

    private let directory: String
    private let engine: ContainerEngine
    private let logger: Logger
    private var isAtWork = false

    /// Keeps its files in a data directory's `container-removals`.
    init(in dataDirectory: String, of engine: ContainerEngine, logger: Logger) {
        directory = dataDirectory + "/container-removals"
        self.engine = engine
        self.logger = logger
    }

    /// Removes a container, now or as soon as the engine answers.
    func remove(_ name: String) async {
        do {
            try await engine.remove(name)
        } catch {
            logger.warning(
                "a container could not be removed; it is tried again",
                metadata: ["container": "\(name)", "error": "\(error)"])
            do {
                try makeDirectory(directory)
                try writeDurably("", to: path(of: name))
            } catch {
                logger.error(
                    "a container has to be removed by hand",
                    metadata: ["container": "\(name)", "error": "\(error)"])
            }
            resume()
        }
    }

    /// Removes what could not be removed before, by this daemon or an earlier one; does not wait.
    func resume() {
        guard !isAtWork, !names.isEmpty else { return }
        isAtWork = true
        Task { await work() }
    }

    private func work() async {
        var interval = Self.intervals.lowerBound
        while !names.isEmpty {
            try? await Task.sleep(for: interval)
            interval = min(interval * 2, Self.intervals.upperBound)
            for name in names {
                guard (try? await engine.remove(name)) != nil else { continue }
                unlink(path(of: name))
                interval = Self.intervals.lowerBound
            }
        }
        isAtWork = false
    }

    private var names: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    }

    private func path(of name: String) -> String { "\(directory)/\(name)" }
}
