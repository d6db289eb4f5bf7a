import Synchronization

/// Runs an actor on threads that may block, so that files and regular expressions of one training
/// job hold up neither the others nor the rest of the service.
final class QueueExecutor: SerialExecutor {
    private struct State {
        var waiting: [UnownedJob] = []
        /// Whether a thread is running a piece of the actor's work, or is asked to.
        var isScheduled = false
    }

    private let state = Mutex(State())

    /// Runs a piece of the actor's work after the pieces before it.
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isIdle = state.withLock { state in
            state.waiting.append(job)
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if isIdle { schedule() }
    }

    private func schedule() {
        BlockingThreads.shared.run { self.runNext() }
    }

    /// Runs one piece, then lets other actors have the thread.
    private func runNext() {
        let job = state.withLock { $0.waiting.removeFirst() }
        job.runSynchronously(on: asUnownedSerialExecutor())
        let hasMore = state.withLock { state in
            state.isScheduled = !state.waiting.isEmpty
            return state.isScheduled
        }
        if hasMore { schedule() }
    }
}
