import Foundation
import Testing
import Tuning

@testable import Notifications

@Suite("What was told")
struct ToldLedgerTests {
    private let directory: URL
    private let start = Date(timeIntervalSinceReferenceDate: 1_000_000)

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    private func ledger(
        _ target: NotificationTarget, at seconds: TimeInterval
    ) throws -> ToldLedger {
        try ToldLedger(
            directory: directory, targets: [target], now: start.addingTimeInterval(seconds))
    }

    private func target(_ path: String = "a") throws -> NotificationTarget {
        let setting: JSONValue = [["url": .string("http://localhost/\(path)")]]
        return try #require(try NotificationTarget.targets(setting).first)
    }

    @Test("A target is told from when it was first there, in later processes too")
    func beginning() throws {
        let target = try target()
        #expect(try ledger(target, at: 0).beginning(of: target) == start)
        #expect(try ledger(target, at: 100).beginning(of: target) == start)
        #expect(
            try ledger(self.target("b"), at: 200).beginning(of: self.target("b"))
                == start.addingTimeInterval(200))
        // It was not there for a while.
        #expect(
            try ledger(target, at: 300).beginning(of: target) == start.addingTimeInterval(300))
    }

    @Test("What was told stays told, until nobody can ask any more")
    func told() throws {
        let target = try target()
        let first = try ledger(target, at: 0)
        #expect(!first.isTold("msg_1"))
        try first.note("msg_1", end: start)
        #expect(first.isTold("msg_1"))
        #expect(try ledger(target, at: 100).isTold("msg_1"))
        #expect(try !ledger(target, at: ToldLedger.horizon + 1).isTold("msg_1"))
        #expect(try !ledger(target, at: 0).isTold("msg_1"))
    }

    @Test("A line that a crash cut off, or one that is damaged, is as if it were not there")
    func damaged() throws {
        let target = try target()
        try ledger(target, at: 0).note("msg_1", end: start)
        let file = directory.appending(path: "notifications.jsonl")
        try (Data(contentsOf: file) + Data("\u{0}garbage\n{\"delivery\":\"msg_2\",\"en".utf8))
            .write(to: file)
        let ledger = try ledger(target, at: 1)
        #expect(ledger.isTold("msg_1"))
        #expect(!ledger.isTold("msg_2"))
    }

    @Test("The name of a delivery is that of the job and the target")
    func names() throws {
        let (one, two) = (TuningJob.ID(rawValue: 1), TuningJob.ID(rawValue: 2))
        #expect(try target().deliveryID(of: one) == target().deliveryID(of: one))
        #expect(try target().deliveryID(of: one) != target().deliveryID(of: two))
        #expect(try target().deliveryID(of: one) != target("b").deliveryID(of: one))
    }
}
