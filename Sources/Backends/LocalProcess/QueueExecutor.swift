import Dispatch

/// Runs an actor on threads that may block, so that files and regular expressions of one training
/// job hold up neither the others nor the rest of the service.
final class QueueExecutor: SerialExecutor {
    private static let shared = DispatchQueue(
        label: "tuner.local-process", attributes: .concurrent)

    private let queue = DispatchQueue(label: "tuner.attempt", target: QueueExecutor.shared)

    /// Runs a piece of the actor's work after the pieces before it.
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
