import SageMakerAPI
import Testing
import Tuning

@testable import TuningServer

@Suite("Plans of faults")
struct FaultPlanTests {
    private static func draws(
        _ plan: FaultPlan, of operation: SageMakerAPI.Operation = .createTrainingJob,
        count: Int = 2000
    ) -> [FaultPlan.Draw] {
        (0..<count).map { plan.draw(for: operation, ordinal: $0) }
    }

    @Test("Without a plan nothing goes wrong")
    func nothing() throws {
        for plan in [FaultPlan.none, try FaultPlan([:]), try FaultPlan(["all": [:]])] {
            #expect(plan.isEmpty)
            #expect(Self.draws(plan).allSatisfy { $0.faults.isEmpty })
        }
    }

    @Test(
        "Each fault comes as often as said, and the same way again for the same seed",
        arguments: ["throttled", "unavailable", "failed", "duplicated", "lost"])
    func frequencies(name: String) throws {
        let plan = try FaultPlan(["seed": 7, "all": .object([name: 0.3])])
        let draws = Self.draws(plan)
        let fault = try #require(Fault(rawValue: name))
        let count = draws.count { $0.faults == [fault] }
        #expect(draws.allSatisfy { $0.faults.isEmpty || $0.faults == [fault] })
        // The standard deviation is 20.
        #expect(abs(count - 600) < 82, "seed 7")
        #expect(Self.draws(try FaultPlan(["seed": 7, "all": .object([name: 0.3])])) == draws)
        #expect(Self.draws(try FaultPlan(["seed": 8, "all": .object([name: 0.3])])) != draws)
        #expect(Self.draws(plan, of: .listTrainingJobs) != draws)
    }

    @Test("A fault that is added changes nothing of when the others happen")
    func independence() throws {
        let before = Self.draws(try FaultPlan(["all": ["lost": 0.2]]))
        let after = Self.draws(try FaultPlan(["all": ["lost": 0.2, "duplicated": 0.5]]))
        #expect(before.map(\.isLost) == after.map(\.isLost))
        #expect(after.contains { $0.isDuplicated })
    }

    @Test("What is refused is neither lost nor performed twice")
    func refusals() throws {
        let plan = try FaultPlan([
            "all": ["throttled": 1, "unavailable": 1, "lost": 1, "duplicated": 1]
        ])
        #expect(Self.draws(plan).allSatisfy { $0.faults == [.throttled] })
    }

    @Test("An operation's own rule comes before that for all, name by name")
    func operations() throws {
        let plan = try FaultPlan([
            "all": ["throttled": 1, "delay": 2], "ListTrainingJobs": ["throttled": 0],
        ])
        let listing = plan.draw(for: .listTrainingJobs, ordinal: 0)
        #expect(listing.faults == [.delayed] && listing.delay == .seconds(2))
        #expect(plan.draw(for: .search, ordinal: 0).faults == [.throttled, .delayed])
        #expect(plan.draw(for: nil, ordinal: 0).faults == [.throttled, .delayed])
    }

    @Test("Delays are spread over their range, with their probability")
    func delays() throws {
        let delay: JSONValue = ["from": 1, "to": 3, "probability": 0.5]
        let draws = Self.draws(try FaultPlan(["all": ["delay": delay]]))
        let seconds = draws.compactMap(\.delay).map { $0 / .seconds(1) }
        // Standard deviations: 22 of the number, 0.018 of the mean.
        #expect(abs(seconds.count - 1000) < 90, "seed 0")
        #expect(seconds.allSatisfy { 1 <= $0 && $0 <= 3 })
        #expect(abs(seconds.reduce(0, +) / Double(seconds.count) - 2) < 0.075, "seed 0")
    }

    @Test(
        "Wrong ones are told where, and what would be right",
        arguments: [
            (3, "faults must be an object"),
            (["all": 3], "faults.all must be an object"),
            (["all": ["throttled": 2]], "faults.all.throttled must be a probability from 0 to 1"),
            (["all": ["broken": 1]], "faults.all.broken is no fault; there are throttled"),
            (["all": ["expired": 1]], "faults.all.expired is no fault"),
            (["Nothing": [:]], "faults.Nothing is no operation"),
            (["seed": -1], "faults.seed must be a whole number from 0 on"),
            (["expiredCredentials": "x"], "faults.expiredCredentials must be a whole number"),
            (["all": ["delay": -1]], "faults.all.delay must be seconds from 0 to 3600"),
            (["all": ["delay": ["from": 3, "to": 1]]], "faults.all.delay must be seconds, or"),
            (["all": ["delay": ["secs": 3]]], "faults.all.delay.secs means nothing"),
        ] as [(JSONValue, String)])
    func wrong(json: JSONValue, problem: String) throws {
        let error = try #require(throws: FaultPlanError.self) { try FaultPlan(json) }
        #expect(error.description.hasPrefix(problem), "\(error)")
    }

    @Test("A key expires after its requests, and another one is as good as new")
    func expiry() throws {
        let injector = FaultInjector(try FaultPlan(["expiredCredentials": 2]))
        func endings(_ key: String?) -> [Fault?] {
            (0..<3).map { _ in injector.decide(for: .search, key: key).refusal }
        }
        #expect(endings("old") == [nil, nil, .expired])
        #expect(endings("new") == [nil, nil, .expired])
        #expect(endings("old") == [.expired, .expired, .expired])
        #expect(endings(nil) == [nil, nil, nil])
        #expect(injector.report["injected"] == ["Search": ["expired": 5]])
        #expect(injector.report["requests"] == ["Search": 12])
    }
}
