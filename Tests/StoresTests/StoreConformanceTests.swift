import Foundation
import Stores
import Testing
import Tuning
import TuningTesting

@Suite("Every tuning store")
struct StoreConformanceTests {
    @Test("SQLite conforms", arguments: StoreConformance.allCases)
    func sqlite(check: StoreConformance) async throws {
        let directory = TemporaryDirectory()
        try await check.check { try SQLiteTuningStore(directory: directory.url) }
    }

    @Test("SQLite in memory conforms", arguments: StoreConformance.allCases)
    func sqliteInMemory(check: StoreConformance) async throws {
        try await check.check { try SQLiteTuningStore() }
    }

    @Test("The double of the tests conforms", arguments: StoreConformance.allCases)
    func memory(check: StoreConformance) async throws {
        try await check.check { InMemoryTuningStore() }
    }
}
