import Foundation
@testable import SageMakerBackend
import Synchronization
import Testing
import Tuning
import TuningTesting

@Suite("Looking at many jobs", .timeLimit(.minutes(2)))
struct PollingTests {
    @Test("500 steady jobs take 10 requests a second at most; an end is noticed within 5 s")
    func steady() async throws {
        let fixture = Fixture()
        let (time, backend) = (fixture.time, fixture.backend())
        // All are launched after 100 s; then one ends every 10 s.
        let (steady, end) = (Duration.seconds(150), Duration.seconds(400))
        let noticed = try await time.pass {
            try await withThrowingTaskGroup(of: Duration?.self) { group in
                for index in 0..<500 {
                    let count = 16 + index
                    let attempt = Fixture.attempt(
                        ["count": "\(count)", "step": "10", "timed": "1"], job: "jobs-\(index)")
                    group.addTask {
                        _ = try await backend.run(attempt, in: SessionLog().session(mark: nil))
                        return fixture.service.jobs["jobs-\(index)"]?.ended.map { time.now - $0 }
                    }
                }
                try await time.sleep(end)
                group.cancelAll()
                var delays: [Duration] = []
                while let result = await group.nextResult() {
                    if case .success(let delay?) = result { delays.append(delay) }
                }
                return delays
            }
        }
        let seconds = fixture.service.sent.filter { $0.time >= steady }
            .map { Int($0.time / .seconds(1)) }
        let busiest = Dictionary(seconds.map { ($0, 1) }, uniquingKeysWith: +).values.max() ?? 0
        #expect(busiest <= 10)
        #expect(noticed.count >= 15)
        #expect(try #require(noticed.max()) <= .seconds(5), "\(noticed)")
        #expect(fixture.service.violations == [])
    }

    @Test("Asks no more than the budget allows, whatever there is to ask")
    func budget() async throws {
        var fixture = Fixture()
        fixture.limits.requestsPerSecond = 2
        let backend = fixture.backend()
        try await fixture.time.pass {
            try await withThrowingTaskGroup { group in
                for index in 0..<30 {
                    group.addTask {
                        let log = SessionLog(verdict: .stop)
                        let end = try await backend.run(
                            Fixture.attempt(["count": "9"], job: "job-\(index)"),
                            in: log.session(mark: nil))
                        #expect(end == .stopped(.earlyStopping))
                    }
                }
                try await group.waitForAll()
            }
        }
        let times = fixture.service.sent.map(\.time)
        for (index, time) in times.enumerated() {
            // A full bucket at first, and two a second from then on.
            let allowed = 2 + 2 * (time / .seconds(1)) + 1
            #expect(Double(index + 1) <= allowed, "request \(index + 1) at \(time)")
        }
    }

    @Test("A steady job is looked at when its metrics are likely to change, and seldom otherwise")
    func rhythm() {
        var pace = LookPace(at: .zero)
        func look(_ seconds: Double?, at now: Double) -> Double {
            let look = LookPace.Look(phase: "Training", metricSeconds: seconds, isStopping: false)
            let next = pace.nextTime(after: look, isListed: true, at: .seconds(now))
            return ((next / .seconds(1) - now) * 1000).rounded() / 1000
        }
        #expect(look(nil, at: 0) == 1)
        #expect(look(0, at: 1) == 1)
        #expect(look(100, at: 101) == 90)
        #expect(look(200, at: 201) == 90)
        // It did not come; again soon, then less and less often.
        #expect(look(200, at: 301) == 18.75)
        #expect(look(200, at: 320) == 28.125)
        #expect(look(200, at: 350) == 30)
    }

    @Test("A listing goes on where the last ended, in the service's time, page by page")
    func listing() {
        var listing = JobListing()
        listing.begin(at: 1000)
        listing.begin(at: 900)
        let names = ["tune-001-a", "tune-002-b"]
        #expect(
            listing.request(names: names) == [
                "MaxResults": 100, "LastModifiedTimeAfter": 897, "NameContains": "tune-00",
            ])
        func page(_ time: Int, next: JSONValue?) -> JSONValue {
            var members: [String: JSONValue] = [
                "TrainingJobSummaries": [
                    [
                        "TrainingJobName": "tune-001-a", "TrainingJobStatus": "InProgress",
                        "LastModifiedTime": .integer(time),
                    ]
                ]
            ]
            members["NextToken"] = next
            return .object(members)
        }
        #expect(listing.take(page(1500, next: "t"), at: .seconds(7)).map(\.name) == ["tune-001-a"])
        #expect(listing.nextTime == .seconds(7))
        #expect(listing.request(names: names)["NextToken"] == "t")
        _ = listing.take(page(1400, next: nil), at: .seconds(8))
        #expect(listing.nextTime == .seconds(10))
        #expect(listing.request(names: names)["LastModifiedTimeAfter"] == 1497)
    }

    @Test("Throttling lowers the rate, and answers raise it again")
    func throttling() {
        var budget = RequestBudget(rate: 6, at: .zero)
        budget.slowDown(at: .zero)
        // Answers to requests of the same moment count once.
        budget.slowDown(at: .milliseconds(500))
        #expect(abs(budget.rate - 4) < 1e-9)
        for second in 1...20 { budget.slowDown(at: .seconds(second)) }
        #expect(abs(budget.rate - 1.2) < 1e-9)
        for second in 21...60 { budget.speedUp(at: .seconds(second)) }
        #expect(!budget.isSlowed)
    }
}
