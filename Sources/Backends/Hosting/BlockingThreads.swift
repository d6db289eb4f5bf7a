import Dispatch
import Foundation
import Synchronization

/// Threads for work that waits for files or computes for long.
///
/// Swift's own tasks and all of Dispatch's concurrent queues share as many threads as there are
/// processors. Regular expressions that backtrack would take them all, and nobody would get an
/// answer; on threads apart, the system shares the processors among all of them.
final class BlockingThreads: Sendable {
    /// The threads of this process; made when they are first used, and never ended.
    static let shared = BlockingThreads(count: 16)

    private let waiting = Mutex<[@Sendable () -> Void]>([])
    private let arrivals = DispatchSemaphore(value: 0)

    private init(count: Int) {
        for _ in 0..<count {
            let thread = Thread { self.work() }
            thread.name = "local-process"
            thread.start()
        }
    }

    /// Runs a piece of work as soon as a thread is free; those that wait are run in order.
    func run(_ work: @escaping @Sendable () -> Void) {
        waiting.withLock { $0.append(work) }
        arrivals.signal()
    }

    private func work() {
        while true {
            arrivals.wait()
            let next = waiting.withLock { $0.removeFirst() }
            #if canImport(ObjectiveC)
                autoreleasepool { next() }
            #else
                next()
            #endif
        }
    }
}
