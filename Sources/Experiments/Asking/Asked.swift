import Tuning

/// What an ask is answered with; the trial has values in their types.
public enum Asked<Trial: Sendable>: Sendable {
    /// A new trial, to be run from its beginning.
    case start(Trial)
    /// A trial that was paused, to go on after its last report.
    case resume(Trial)
    /// Nothing before something else is told.
    case wait
    /// Nothing any more: the experiment is over, or will be once all that runs has been told.
    case exhausted

    /// The trial to run now; `nil` when there is none.
    ///
    ///     while let trial = try await session.ask().trial { … }
    public var trial: Trial? {
        switch self {
        case .start(let trial), .resume(let trial): trial
        case .wait, .exhausted: nil
        }
    }

    /// The same answer about the trial in another form.
    func map<Other>(_ form: (Trial) throws -> Other) rethrows -> Asked<Other> {
        switch self {
        case .start(let trial): .start(try form(trial))
        case .resume(let trial): .resume(try form(trial))
        case .wait: .wait
        case .exhausted: .exhausted
        }
    }
}

/// A trial that was asked for, and is run by whoever asked.
public struct AskedTrial<each Value: Sendable>: Sendable {
    /// Its number, from 0.
    public let number: Trial.ID
    /// The values to try, in the order of the experiment's parameters.
    public let values: (repeat each Value)
    /// The last step that was reported; 0 before the first.
    public let lastStep: Int
    /// Why its values were chosen.
    public let decision: Decision

    init(
        number: Trial.ID, lastStep: Int, decision: Decision, _ values: repeat each Value
    ) {
        self.number = number
        self.lastStep = lastStep
        self.decision = decision
        self.values = (repeat each values)
    }
}
