/// What is asked of Slurm: by its commands, or by its REST service.
///
/// All throw `SlurmError` when Slurm does not answer, or answers what was not expected; whether
/// what was asked for was done is unknown then. And all throw `CancellationError`.
package protocol SlurmController: Sendable {
    /// Submits a job.
    func submit(_ submission: SlurmSubmission) async throws -> SlurmReceipt

    /// Cancels jobs, or signals them.
    ///
    /// - Returns: Whether it took effect, or had nothing to act on; if not, it may later.
    func cancel(_ ids: [String], by means: SlurmCancellation) async throws -> Bool

    /// All jobs that Slurm lists, those of this user at least.
    func jobs() async throws -> [SlurmJob]

    /// What Slurm knows of a job; `nil` when it knows of none.
    func job(_ id: String) async throws -> SlurmJob?

    /// Asks whether anybody is there.
    func ping() async throws
}

/// What became of a submission.
package enum SlurmReceipt: Hashable, Sendable {
    /// The job was taken, and has this number.
    case job(String)
    /// It will be taken later: the queue is full, for a reason.
    case queueIsFull(String)
    /// It will never be taken, for a reason.
    case refused(String)

    /// Reads a complaint.
    ///
    /// - Parameter reason: What to tell of it.
    /// - Returns: Nothing when it says that Slurm could not be asked.
    package init?(complaint: String, reason: String) {
        switch SlurmRefusal(complaint) {
        case .queueIsFull: self = .queueIsFull(reason)
        case .wrong: self = .refused(reason)
        case .unreachable: return nil
        }
    }
}

/// How a job is told to end.
package enum SlurmCancellation: Hashable, Sendable {
    /// SIGTERM to the program on one node, and to the script around it.
    case terminateAll
    /// SIGTERM to what runs on several nodes, where possible without the script around it.
    case terminateSteps
    /// SIGKILL to all that runs.
    case kill
    /// Slurm ends it, or takes it out of the queue.
    case cancel

    /// Whether a complaint about it means that it took effect or had nothing to act on.
    ///
    /// - Returns: Nothing for any other complaint.
    package static func hasTakenEffect(despite complaint: String) -> Bool? {
        let says = { (words: [String]) in words.contains { complaint.contains($0) } }
        if says(["Invalid job id", "already completing or completed"]) { return true }
        if says(["try again", "not running", "pending state", "pending execution"]) {
            return false
        }
        return nil
    }
}

/// Slurm did not do what it was asked for, which says nothing of any job; asking again may help.
package struct SlurmError: Error, Hashable, CustomStringConvertible {
    /// What went wrong.
    package let description: String

    /// Something went wrong.
    package init(_ description: String) { self.description = description }
}
