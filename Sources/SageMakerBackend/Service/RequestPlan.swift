import Foundation
import Tuning

/// What is asked of the service next: the decisions behind `ServiceLine`, without its tasks.
///
/// Launches and stops come first, but every fourth request is a routine one where some are due;
/// routine requests leave some room for what may become urgent.
struct RequestPlan: Sendable {
    /// Urgent requests in a row while routine ones are due.
    private static let urgentCountMax = 3

    /// What is to be done now.
    enum Turn: Sendable {
        /// Lets an urgent request go out.
        case admit(Int)
        /// Asks about jobs; with the request, where it is for the listing.
        case poll(PollPlan.Step, JSONValue?)
        /// Waits for a time, and for anything to happen.
        case wait(until: Duration?)
        /// Nobody waits for anything.
        case idle
    }

    var polls = PollPlan()
    var condition: ServiceCondition
    var budget: RequestBudget
    private var urgent: [Int] = []
    private var urgentCount = 0

    init(rate: Double, at now: Duration, date: Date, seed: UInt64) {
        budget = RequestBudget(rate: rate, at: now)
        condition = ServiceCondition(at: date, seed: seed)
    }

    /// Takes in that somebody wants to send an urgent request.
    mutating func want(_ ticket: Int) { urgent.append(ticket) }

    /// Takes in that somebody does not want it any more.
    mutating func forget(_ ticket: Int) { urgent.removeAll { $0 == ticket } }

    /// What is to be done now.
    mutating func turn(at now: Duration) -> Turn {
        guard !urgent.isEmpty || polls.hasWaiters else { return .idle }
        if let heldUntil = condition.heldUntil, now < heldUntil { return .wait(until: heldUntil) }
        let step = polls.step(at: now)
        if let ticket = urgent.first, step == nil || urgentCount < Self.urgentCountMax {
            if let time = budget.take(isRoutine: false, at: now) { return .wait(until: time) }
            urgent.removeFirst()
            urgentCount += 1
            condition.noteRequest(at: now)
            return .admit(ticket)
        }
        guard let step else { return .wait(until: polls.nextTime) }
        if let time = budget.take(isRoutine: urgent.isEmpty, at: now) { return .wait(until: time) }
        urgentCount = 0
        condition.noteRequest(at: now)
        return .poll(step, polls.begin(step))
    }

    /// Takes in that a request was answered.
    mutating func noteAnswer(to operation: String, at now: Duration, _ date: Date) {
        budget.speedUp(at: now)
        condition.noteAnswer(to: operation, isSlowed: budget.isSlowed, date)
    }

    /// Takes in that a request failed.
    mutating func note(
        _ problem: ServiceProblem, of operation: String, at now: Duration, _ date: Date
    ) {
        if case .throttled = problem { budget.slowDown(at: now) }
        condition.note(problem, of: operation, at: now, date)
    }
}
