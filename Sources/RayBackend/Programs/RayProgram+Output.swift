import Backends
import Foundation

// MARK: - Output

extension RayProgram {
    /// How long to wait before a log is asked for again: at first, and at most.
    private static let logIntervals: ClosedRange<Duration> = .milliseconds(200) ... .seconds(30)
    /// How often a whole log is asked for that the cluster should have, and does not give.
    private static let settlingCount = 10
    private static let settlingInterval = Duration.seconds(1)

    /// Follows the log while the job runs; reads it now and then, less and less often, where too
    /// many are followed already.
    func followOutput() async {
        var interval = Self.logIntervals.lowerBound
        while !Task.isCancelled {
            if let node, let id = record.id {
                let follows = host.streams.take()
                defer { if follows { host.streams.release() } }
                // The look at the job says what is wrong with the cluster.
                try? await copyLog(of: id, on: node, follows: follows)
                interval = min(interval * 2, Self.logIntervals.upperBound)
            }
            try? await Task.sleep(for: interval)
        }
    }

    /// Reads the whole log once more, which is complete now.
    nonisolated(nonsending) func settle() async throws {
        guard let node, let id = record.id else { return }
        // The log of a job that failed with its node is most likely gone with it.
        var count = hasExited ? Self.settlingCount : 1
        while true {
            do {
                return try await copyLog(of: id, on: node, follows: false)
            } catch let error as RayError {
                count -= 1
                guard count > 0 else {
                    return host.settings.logger.warning(
                        "the end of a Ray job's log could not be read",
                        metadata: ["job": "\(id)", "error": "\(error)"])
                }
                try await Task.sleep(for: Self.settlingInterval)
            }
        }
    }

    nonisolated(nonsending) private func copyLog(
        of id: String, on node: String, follows: Bool
    ) async throws {
        let copy = try LogCopy(path: files.standardOutput)
        try await host.cluster.log(of: id, on: node, follows: follows) { try copy.take($0) }
    }
}
