import Synchronization
import Testing
import TuningTesting

@testable import Backends

@Suite("The list of all programs of an engine")
struct ProgramRosterTests {
    /// Counts its lists; each says its number. It is silent on demand.
    private final class Engine: Sendable {
        struct Silence: Error {}

        private let state = Mutex((count: 0, isSilent: false))

        var count: Int { state.withLock { $0.count } }

        func setSilent(_ isSilent: Bool) { state.withLock { $0.isSilent = isSilent } }

        func list() throws -> [String: Int] {
            try state.withLock { state in
                state.count += 1
                if state.isSilent { throw Silence() }
                return ["ordinal": state.count]
            }
        }
    }

    private let engine = Engine()

    private func roster(
        ageMax: Duration, intervalMin: Duration = .zero
    ) -> ProgramRoster<Int> {
        ProgramRoster(
            .init(ageMax: ageMax, intervalMin: intervalMin, durationsMin: 2)
        ) { [engine] in try engine.list() }
    }

    @Test("Is asked for once by all who want to know at the same time, and kept")
    func shared() async throws {
        let roster = roster(ageMax: .seconds(3_600))
        try await withThrowingTaskGroup(of: [String: Int].self) { group in
            for _ in 1...50 { group.addTask { try await roster.programs() } }
            for try await programs in group { #expect(programs == ["ordinal": 1]) }
        }
        #expect(try await roster.programs() == ["ordinal": 1])
        #expect(engine.count == 1)
    }

    @Test("Is asked for again when it is too old, expired, or older than what is known otherwise")
    func renewed() async throws {
        let roster = roster(ageMax: .seconds(3_600))
        #expect(try await roster.programs() == ["ordinal": 1])
        #expect(try await roster.programs(after: .now) == ["ordinal": 2])
        await roster.expire()
        #expect(try await roster.programs() == ["ordinal": 3])
        let hasty = self.roster(ageMax: .zero)
        #expect(try await hasty.programs() == ["ordinal": 4])
        try await waitUntil("a newer list") { try await hasty.programs()["ordinal"]! > 4 }
    }

    @Test("Is not asked for more often than its pace allows")
    func pace() async throws {
        let roster = roster(ageMax: .zero, intervalMin: .milliseconds(20))
        let start = ContinuousClock.now
        for _ in 1...5 { _ = try await roster.programs(after: .now) }
        #expect(ContinuousClock.now - start >= .milliseconds(80))
        #expect(engine.count == 5)
    }

    @Test("A silence is told to all who wait, and the next question is a new one")
    func silence() async throws {
        let roster = roster(ageMax: .seconds(3_600))
        engine.setSilent(true)
        for _ in 1...3 {
            await #expect(throws: Engine.Silence.self) { try await roster.programs() }
        }
        engine.setSilent(false)
        #expect(try await roster.programs() == ["ordinal": 4])
    }

    @Test("Who gives up waiting takes the list from nobody")
    func cancellation() async throws {
        let roster = roster(ageMax: .seconds(3_600), intervalMin: .milliseconds(200))
        _ = try await roster.programs()
        await roster.expire()
        let hasty = Task { try await roster.programs() }
        let patient = Task { try await roster.programs() }
        hasty.cancel()
        _ = await hasty.result
        #expect(try await patient.value == ["ordinal": 2])
    }
}
