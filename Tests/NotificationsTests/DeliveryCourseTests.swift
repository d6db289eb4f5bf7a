import Testing
import Tuning

@testable import Notifications

@Suite("The tries of telling an end")
struct DeliveryCourseTests {
    private static let passing = DeliveryOutcome.failed(reason: "away", isPassing: true)

    @Test(
        "Waits grow to minutes, never above their bound, until the tries are used up",
        arguments: 1...20)
    func retries(attemptCountMax: Int) {
        var random = SeededGenerator(seed: 7)
        var course = DeliveryCourse(attemptCountMax: attemptCountMax)
        for attempt in 1..<max(2, attemptCountMax) where attempt < attemptCountMax {
            guard case .wait(let delay) = course.take(Self.passing, using: &random) else {
                Issue.record("try \(attempt) of \(attemptCountMax) was the last")
                return
            }
            let longest = min(.seconds(300), .seconds(2) * (1 << (attempt - 1)))
            #expect(.zero <= delay && delay <= longest)
        }
        #expect(course.take(Self.passing, using: &random) == .giveUp)
    }

    @Test("What was heard is over, at any try")
    func accepted() {
        var random = SeededGenerator(seed: 7)
        var course = DeliveryCourse(attemptCountMax: 3)
        _ = course.take(Self.passing, using: &random)
        #expect(course.take(.accepted, using: &random) == .finish)
    }

    @Test("A refusal that would be the same next time is final")
    func refused() {
        var random = SeededGenerator(seed: 7)
        var course = DeliveryCourse(attemptCountMax: 3)
        #expect(course.take(.failed(reason: "no", isPassing: false), using: &random) == .giveUp)
    }

    @Test(
        "Answers are successes, refusals, or failures that may pass",
        arguments: [
            (200, nil), (204, nil), (301, false), (400, false), (401, false), (404, false),
            (410, false), (408, true), (429, true), (500, true), (503, true),
        ] as [(Int, Bool?)])
    func answers(status: Int, isPassing: Bool?) {
        switch OutsideSender.outcome(status: status) {
        case .accepted: #expect(isPassing == nil)
        case .failed(_, let passes): #expect(isPassing == passes)
        }
    }
}
