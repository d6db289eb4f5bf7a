import Testing
import Tuning

@Suite("Stop signal")
struct StopSignalTests {
    @Test("A stop that was asked for before is told at once, and only the first reason counts")
    func before() async {
        let signal = StopSignal()
        #expect(signal.reason == nil)
        signal.request(.requested)
        signal.request(.runtimeExceeded)
        #expect(signal.reason == .requested)
        #expect(await signal.wait() == .requested)
        #expect(await signal.wait() == .requested)
    }

    @Test("Everybody who waits is told", .timeLimit(.minutes(10)))
    func manyWaiters() async {
        let signal = StopSignal()
        let reasons = await withTaskGroup(of: StopReason?.self) { group in
            for _ in 0..<500 { group.addTask { await signal.wait() } }
            group.addTask {
                await Task.yield()
                signal.request(.earlyStopping)
                return .earlyStopping
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(reasons.count == 501)
        #expect(reasons.allSatisfy { $0 == .earlyStopping })
    }

    @Test("A cancelled waiter is told nothing, and the others still wait", .timeLimit(.minutes(10)))
    func cancelled() async {
        let signal = StopSignal()
        let patient = Task { await signal.wait() }
        for _ in 0..<200 {
            let hasty = Task { await signal.wait() }
            hasty.cancel()
            #expect(await hasty.value == nil)
        }
        signal.request(.tuningJobEnded)
        #expect(await patient.value == .tuningJobEnded)
    }

    @Test(
        "A stop and a cancellation at the same time leave nobody waiting", .timeLimit(.minutes(10)))
    func race() async {
        for _ in 0..<300 {
            let signal = StopSignal()
            let waiter = Task { await signal.wait() }
            async let requested: Void = signal.request(.requested)
            waiter.cancel()
            await requested
            let reason = await waiter.value
            #expect(reason == nil || reason == .requested)
        }
    }
}
