import Backends
import Foundation
import Synchronization
import Testing

@Suite("Virtual clock")
struct SimulatedVirtualClockTests {
    /// What sleepers tell.
    final class Log: Sendable {
        let readyCount = Mutex(0)
        let times = Mutex<[Duration]>([])
    }

    @Test("Stands still while a participant is awake", .timeLimit(.minutes(10)))
    func awake() async throws {
        let clock = VirtualClock()
        let sleeper = Task {
            try await clock.participate { try await clock.sleep(for: .seconds(5)) }
        }
        await clock.participate {
            for _ in 0..<500 { await Task.yield() }
            #expect(clock.now.offset == .zero)
        }
        try await sleeper.value
        #expect(clock.now.offset == .seconds(5))
        #expect(clock.date == Date(timeIntervalSince1970: 5))
    }

    @Test("Wakes sleepers in the order of their deadlines", .timeLimit(.minutes(10)))
    func order() async throws {
        let clock = VirtualClock()
        let log = Log()
        let sleepers = await clock.participate {
            let sleepers = [3, 1, 2, 30, 10].map { seconds in
                Task {
                    try await clock.participate {
                        log.readyCount.withLock { $0 += 1 }
                        try await clock.sleep(for: .seconds(seconds))
                        log.times.withLock { $0.append(clock.now.offset) }
                    }
                }
            }
            while log.readyCount.withLock({ $0 }) < 5 { await Task.yield() }
            return sleepers
        }
        for sleeper in sleepers { try await sleeper.value }
        #expect(log.times.withLock { $0 } == [1, 2, 3, 10, 30].map { Duration.seconds($0) })
    }

    @Test("A sleeper that does not take part is woken in time", .timeLimit(.minutes(10)))
    func bystander() async throws {
        let clock = VirtualClock()
        let log = Log()
        let bystander = Task {
            try await clock.sleep(for: .seconds(3))
            log.times.withLock { $0.append(clock.now.offset) }
        }
        try await clock.participate {
            while log.times.withLock({ $0.isEmpty }) {
                try await clock.sleep(for: .seconds(1))
                await Task.yield()
            }
        }
        try await bystander.value
        #expect(clock.now.offset >= .seconds(3))
    }

    @Test("A cancelled sleep throws at once", .timeLimit(.minutes(10)))
    func cancellation() async throws {
        let clock = VirtualClock()
        for _ in 0..<200 {
            let sleeper = Task { try await clock.sleep(for: .seconds(1)) }
            sleeper.cancel()
            await #expect(throws: CancellationError.self) { try await sleeper.value }
        }
        #expect(clock.now.offset == .zero)
    }

    @Test("At a pace, time passes no faster, and by itself", .timeLimit(.minutes(10)))
    func pace() async throws {
        let start = ContinuousClock.now
        let clock = VirtualClock(speed: 1000)
        let origin = clock.now
        try await clock.sleep(for: .seconds(50))
        #expect(start.duration(to: .now) >= .milliseconds(50))
        #expect(clock.now.offset >= .seconds(50))
        // What participants wait for comes at its time to the digit, however slow the machine is.
        let times = try await clock.participate {
            let begin = clock.now
            try await clock.sleep(for: .seconds(20))
            let middle = clock.now
            let awake = ContinuousClock.now
            while awake.duration(to: .now) < .milliseconds(20) { await Task.yield() }
            #expect(clock.now == middle)
            try await clock.sleep(for: .seconds(10))
            return [begin.duration(to: middle), middle.duration(to: clock.now)]
        }
        #expect(times == [.seconds(20), .seconds(10)])
        // What was lost is made up for, and no more than that.
        try await clock.sleep(until: origin.advanced(by: .seconds(200)))
        #expect(start.duration(to: .now) >= .milliseconds(200))
    }

    @Test("Those who settle in time take part before time goes on", .timeLimit(.minutes(10)))
    func settling() async throws {
        let clock = VirtualClock(settling: .milliseconds(200))
        async let first: Void = clock.participate { try await clock.sleep(for: .seconds(10)) }
        async let second = clock.participate {
            let begin = clock.now.offset
            try await clock.sleep(for: .seconds(5))
            return [begin, clock.now.offset]
        }
        let start = ContinuousClock.now
        #expect(try await second == [.zero, .seconds(5)])
        try await first
        #expect(start.duration(to: .now) >= .milliseconds(300))
        #expect(clock.now.offset == .seconds(10))
    }
}
