import Foundation
import Testing
import Tuning
import TuningTesting

@testable import Backends

@Suite("Transfers of data on this machine")
struct DataTransferConformanceTests {
    let fixture: LocalProcessFixture

    init() throws { fixture = try LocalProcessFixture() }

    @Test(
        "Every promise is kept by file:// addresses",
        arguments: DataTransferConformance.Check.allCases)
    func files(check: DataTransferConformance.Check) async throws {
        try await run(check, LocalFileTransfer(), base: "file://\(fixture.directory.path)/there/")
    }

    @Test(
        "Every promise is kept by the double of the tests",
        arguments: DataTransferConformance.Check.allCases)
    func memory(check: DataTransferConformance.Check) async throws {
        try await run(check, MemoryTransfer(), base: "s3://b/there/")
    }

    private func run(
        _ check: DataTransferConformance.Check, _ transfer: any DataTransfer, base: String
    ) async throws {
        let here = try fixture.write("", to: "here/.keep")
        try await DataTransferConformance(
            transfer, base: base, directory: (here as NSString).deletingLastPathComponent
        ).run(check)
    }
}
