import Foundation

/// Threads for objectives, which often compute or block for long: what runs the experiment, and
/// whatever else is in the process, must not wait for them.
///
/// A queue of Dispatch would not do: all of its queues share a limited number of threads.
final class ObjectiveExecutor: TaskExecutor, @unchecked Sendable {
    /// How long a thread without work stays, in seconds.
    private static let idleSecondsMax = 1.0
    /// The stack of each thread, in bytes, as the main thread has it.
    private static let stackBytes = 8 << 20

    private let threadCountMax: Int
    /// Guards all that follows.
    private let condition = NSCondition()
    private var jobs: [UnownedJob] = []
    private var threadCount = 0
    private var idleCount = 0

    /// Runs as many objectives at once as there may be trials.
    init(trialCountMax: Int) {
        threadCountMax = max(trialCountMax, ProcessInfo.processInfo.activeProcessorCount)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        condition.lock()
        defer { condition.unlock() }
        jobs.append(job)
        guard jobs.count > idleCount, threadCount < threadCountMax else {
            return condition.signal()
        }
        threadCount += 1
        let thread = Thread { self.work() }
        thread.stackSize = Self.stackBytes
        thread.start()
    }

    /// Runs jobs until there have been none for a while.
    private func work() {
        while let job = nextJob() { job.runSynchronously(on: asUnownedTaskExecutor()) }
    }

    private func nextJob() -> UnownedJob? {
        condition.lock()
        defer { condition.unlock() }
        while jobs.isEmpty {
            idleCount += 1
            let isCalled = condition.wait(until: Date(timeIntervalSinceNow: Self.idleSecondsMax))
            idleCount -= 1
            if jobs.isEmpty, !isCalled {
                threadCount -= 1
                return nil
            }
        }
        return jobs.removeFirst()
    }
}
