import Foundation
import SageMakerAPI
import Synchronization
import Testing
import Tuning

@testable import AWSClient

@Suite("Credentials that are kept")
struct CachedCredentialsTests {
    /// A clock and a place that hands out one key after the other.
    private final class Source: CredentialSource {
        struct State {
            var now = Home.now
            var count = 0
            var lifetime: TimeInterval? = 3_600
            var error: (any Error)?
            var isEmpty = false
        }

        let state = Mutex(State())
        /// Holds each search up until it is given.
        let gate: StopSignal?

        init(gate: StopSignal? = nil) { self.gate = gate }

        var count: Int { state.withLock { $0.count } }

        func change(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

        func load() async throws -> Credentials? {
            let result = try state.withLock { state -> Credentials? in
                state.count += 1
                if let error = state.error { throw error }
                if state.isEmpty { return nil }
                return Credentials(
                    key: AccessKey(id: "KEY\(state.count)", secret: "s"),
                    expiration: state.lifetime.map { state.now + $0 })
            }
            _ = await gate?.wait()
            try Task.checkCancellation()
            return result
        }

        func cache(files: [String] = []) -> CachedCredentials {
            CachedCredentials(self, files: files, now: { self.state.withLock { $0.now } })
        }
    }

    @Test(
        "They are replaced five minutes before they end, not earlier",
        arguments: [(0.0, 1), (3_299, 1), (3_300, 2), (3_599, 2), (3_600, 2), (10_000, 2)])
    func replacement(seconds: TimeInterval, number: Int) async throws {
        let source = Source()
        let cache = source.cache()
        _ = try await cache.credentials()
        source.change { $0.now += seconds }
        #expect(try await cache.credentials().key.id == "KEY\(number)")
        #expect(try await cache.credentials().key.id == "KEY\(number)")
        #expect(source.count == number)
    }

    @Test("Those without an end are kept")
    func endless() async throws {
        let source = Source()
        source.change { $0.lifetime = nil }
        let cache = source.cache()
        _ = try await cache.credentials()
        source.change { $0.now += 1e9 }
        #expect(try await cache.credentials().key.id == "KEY1")
    }

    @Test("While a search fails or finds nothing, the old ones serve as long as they are good")
    func failure() async throws {
        let source = Source()
        let cache = source.cache()
        _ = try await cache.credentials()
        source.change {
            $0.now += 3_400
            $0.error = TransportError(.lost, "lost")
        }
        #expect(try await cache.credentials().key.id == "KEY1")
        #expect(try await cache.credentials().key.id == "KEY1")
        #expect(source.count == 2, "the next search has to wait")
        source.change {
            $0.now += 30
            $0.error = nil
            $0.isEmpty = true
        }
        #expect(try await cache.credentials().key.id == "KEY1")
        #expect(source.count == 3)
        source.change { $0.now += 200 }
        #expect(try await cache.credentialsIfAny() == nil)
        source.change { $0.error = TransportError(.lost, "lost") }
        await #expect(throws: CredentialError("lost")) { try await cache.credentials() }
        source.change {
            $0.error = nil
            $0.isEmpty = false
        }
        #expect(try await cache.credentials().key.id == "KEY6")
    }

    @Test("Those that live shortly are not looked for at each question")
    func shortLife() async throws {
        let source = Source()
        source.change { $0.lifetime = 60 }
        let cache = source.cache()
        for second in 0..<90 {
            _ = try await cache.credentials()
            source.change { $0.now += 1 }
            #expect(source.count == second / 30 + 1)
        }
    }

    @Test("A key that was refused is not handed out again if there is another")
    func refusedKey() async throws {
        let source = Source()
        let cache = source.cache()
        let first = try await cache.credentials().key
        await cache.forget(AccessKey(id: "OTHER", secret: "s"))
        #expect(try await cache.credentials().key == first)
        await cache.forget(first)
        let second = try await cache.credentials().key
        #expect(second.id == "KEY2")
        await cache.forget(first)
        #expect(try await cache.credentials().key == second)

        await cache.forget(second)
        source.change { $0.error = CredentialError("away") }
        await #expect(throws: CredentialError("away")) { try await cache.credentials() }
    }

    @Test("A file that changes is read again, and an empty one does no harm")
    func files() async throws {
        let home = try Home()
        let credentials = home.configuration().credentials
        await #expect(throws: CredentialError.self) { try await credentials.credentials() }
        for id in ["A", "BB"] {
            try home.write(
                "[default]\naws_access_key_id=\(id)\naws_secret_access_key=s",
                to: ".aws/credentials")
            #expect(try await credentials.credentials().key.id == id)
        }
        try home.write("", to: ".aws/credentials")
        #expect(try await credentials.credentials().key.id == "BB")
        try home.write("nonsense", to: ".aws/credentials")
        #expect(try await credentials.credentials().key.id == "BB")
    }

    @Test("However many ask, one search is made")
    func together() async throws {
        let gate = StopSignal()
        let source = Source(gate: gate)
        let cache = source.cache()
        let keys = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<50 { group.addTask { try await cache.credentials().key.id } }
            group.addTask {
                while source.count == 0 { await Task.yield() }
                gate.request(.requested)
                return "KEY1"
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(keys == ["KEY1"])
        #expect(source.count == 1)
    }

    @Test("Who gives up waiting does not take the credentials from another")
    func oneGivesUp() async throws {
        let gate = StopSignal()
        let source = Source(gate: gate)
        let cache = source.cache()
        let first = Task { try await cache.credentials() }
        let second = Task { try await cache.credentials() }
        while source.count == 0 { await Task.yield() }
        first.cancel()
        gate.request(.requested)
        // It may have joined the search, or have begun its own after that one was cancelled.
        #expect(try await second.value.key.id.hasPrefix("KEY"))
    }

    @Test("When all give up waiting, the search ends; the next one who asks begins another")
    func allGiveUp() async throws {
        let gate = StopSignal()
        let source = Source(gate: gate)
        let cache = source.cache()
        let alone = Task { try await cache.credentials() }
        while source.count == 0 { await Task.yield() }
        alone.cancel()
        await #expect(throws: CancellationError.self) { try await alone.value }
        gate.request(.requested)
        #expect(try await cache.credentials().key.id == "KEY2")
    }
}
