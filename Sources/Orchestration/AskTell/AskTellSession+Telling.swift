import Tuning

extension AskTellSession {
    mutating func tell(_ request: JSONValue) throws(AskTellError) -> JSONValue {
        guard let id = request["id"]?.integer else {
            throw .member("id", expected: "the id of a configuration that was handed out")
        }
        guard (0..<trialCount).contains(id) else { throw .unknownID(id) }
        guard let open = openTrials[id] else { throw .notRunning(id, state: "is over") }
        let value = try Self.value(of: request)
        guard let step = request["step"] else {
            finish(id, open, value)
            return ["ok": true]
        }
        guard let step = step.integer, step >= 1 else {
            throw .member("step", expected: "a whole number from 1")
        }
        switch open.state {
        case .running: break
        case .paused: throw .notRunning(id, state: "is paused until a later ask resumes it")
        case .stopped: throw .notRunning(id, state: "was stopped")
        }
        guard step > open.step else {
            throw .stepNotIncreasing(id, step: step, last: open.step)
        }
        return advance(id, to: step, value)
    }

    /// Takes in a value on the way and says whether to go on.
    private mutating func advance(_ trial: Trial.ID, to step: Int, _ value: Double?) -> JSONValue {
        openTrials[trial]?.step = step
        let report = report(value ?? .nan, step: step)
        record(.reported([report], ReportMark("\(step)")), of: trial)
        switch strategy.verdict(on: trial) {
        case .proceed:
            return ["stop": false]
        case .pause:
            openTrials[trial]?.state = .paused
            record(.paused(Checkpoint(location: "step \(step)")), of: trial)
            return ["stop": false, "pause": true]
        case .stop:
            openTrials[trial]?.state = .stopped
            record(
                .stopRequested(
                    .earlyStopping,
                    message: strategy.explanation(ofVerdictOn: trial)?
                        .text(for: header.objective)),
                of: trial)
            record(.finished(.stopped(.earlyStopping, report.cost)), of: trial)
            return ["stop": true]
        }
    }

    /// Takes in the last value; `nil` when the training failed.
    ///
    /// A value that was not told step by step is the only report of its trial. After a stop the
    /// trial is over already, and a last value is taken without effect.
    private mutating func finish(_ trial: Trial.ID, _ open: OpenTrial, _ value: Double?) {
        openTrials[trial] = nil
        if open.state == .stopped { return }
        guard let value else {
            record(.finished(.failed(.toldByClient)), of: trial)
            return
        }
        if open.step == 0 {
            record(.reported([report(value, step: 1)], ReportMark("1")), of: trial)
        }
        record(.finished(.completed(header.objective.cost(of: value))), of: trial)
    }

    /// Takes in results from elsewhere, as trials that have run.
    mutating func inject(_ request: JSONValue) throws(AskTellError) -> JSONValue {
        guard let observations = request["observations"]?.array else {
            throw .member("observations", expected: "an array of values and their results")
        }
        var checked: [(hyperparameters: Hyperparameters, value: Double?)] = []
        for (index, observation) in observations.enumerated() {
            let path = "observations[\(index)]"
            let hyperparameters = try header.space.hyperparameters(
                observation["values"], path: "\(path).values")
            checked.append((hyperparameters, try Self.value(of: observation, path: "\(path).")))
        }
        for (hyperparameters, value) in checked {
            let trial = begin(hyperparameters, .toTheEnd, Decision(rule: "injected"))
            if let open = openTrials[trial] { finish(trial, open, value) }
        }
        return ["ok": true]
    }

    /// The member `value`: a number, or null for a failure; it must be there.
    private static func value(
        of request: JSONValue, path: String = ""
    ) throws(AskTellError) -> Double? {
        let value = request.object?["value"]
        if value == .null { return nil }
        guard let number = value?.number else {
            throw .member("\(path)value", expected: "a number, or null if the training failed")
        }
        return number
    }
}

extension TrainingFailure {
    fileprivate static let toldByClient = TrainingFailure(.algorithm, "The client told a failure.")
}
