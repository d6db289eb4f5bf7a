import Foundation
import Tuning

/// Runs training jobs on a host, with the SageMaker container contract in their directories.
///
/// Programs outlive the daemon, and are attached to again by a later one with the same data
/// directory.
package struct HostedBackend: TrainingBackend {
    /// What runs the programs.
    package let host: any ProgramHost
    private let contact: HostContact

    /// Takes a host; nothing is asked of it before the first attempt.
    package init(_ host: any ProgramHost) {
        self.host = host
        contact = HostContact(logger: host.settings.logger)
    }

    /// How many attempts may run at once.
    package var slotCount: Int { host.settings.slotCount }

    /// Runs an attempt to its end, or attaches to it.
    package func run(
        _ attempt: Attempt, in session: AttemptSession
    ) async throws -> Attempt.End {
        let run: AttemptRun
        do {
            run = try AttemptRun(attempt, in: session, host: host, contact: contact)
        } catch {
            return .failed(error)
        }
        return try await run.run()
    }

    /// Whether the host answered when it was last asked.
    package var health: BackendHealth { contact.health }

    /// Asks the host whether it is there.
    package func checkedHealth() async -> BackendHealth {
        do {
            try await host.ping()
            contact.noteAnswer()
        } catch {
            if !Task.isCancelled { contact.note(error) }
        }
        return contact.health
    }

    /// The logs of an attempt: what the program wrote on standard output and standard error.
    package func logs(of attempt: Attempt.ID) -> (standardOutput: URL, standardError: URL)? {
        let training = try? TrainingDirectory(
            of: attempt.trainingJob, in: host.settings.dataDirectory)
        guard let files = training?.attempt(attempt.number) else { return nil }
        return (URL(filePath: files.standardOutput), URL(filePath: files.standardError))
    }
}
