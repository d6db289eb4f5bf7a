import Tuning

extension TuningRecord {
    /// The training jobs whose objective counts, with their costs, by ordinal.
    func usableTrials(of definition: Int? = nil) -> [(trial: TrialRecord, cost: Cost)] {
        trials.compactMap { trial in
            guard trial.isUsable, let cost = trial.cost,
                definition.map({ $0 == trial.definition }) ?? true
            else { return nil }
            return (trial, cost)
        }
    }

    /// The training jobs that were better than all before them, by ordinal.
    var improvements: [(trial: Trial.ID, cost: Cost)] {
        var found: [(trial: Trial.ID, cost: Cost)] = []
        for trial in trials where trial.isUsable {
            guard let cost = trial.cost else { continue }
            if found.last.map({ cost < $0.cost }) ?? true { found.append((trial.id, cost)) }
        }
        return found
    }

    /// Some of many ordinals, evenly spread, in order: half of them, at most, from those that
    /// matter most.
    ///
    /// - Parameter important: Ordinals among all, by increasing importance.
    func sample(of all: [Trial.ID], limit: Int, important: [Trial.ID] = []) -> [Trial.ID] {
        guard all.count > limit else { return all }
        let kept = Set(important.suffix(limit / 2))
        let rest = all.filter { !kept.contains($0) }
        let count = limit - kept.count
        let spread = (0..<count).map { rest[$0 * rest.count / count] }
        return (spread + kept).sorted()
    }

    /// A training job in a few words: its number, its state or value.
    func words(for trial: TrialRecord) -> String {
        let number = "\(trial.id + 1)"
        let state = TrialState(trial)
        if let cost = trial.cost, state != .failed {
            let value = NumberText.short(value(of: cost, to: trial), digits: 6)
            return state == .completed ? "\(number): \(value)" : "\(number): \(value), \(state)"
        }
        return "\(number): \(state.rawValue)"
    }

    /// `Drawn: 1,000 of 10,000.` where not all are.
    func remark(drawn: Int, of count: Int) -> String {
        drawn == count
            ? "" : " Drawn: \(NumberText.count(drawn)) of \(NumberText.count(count))."
    }
}

extension TuningRecord {
    /// The most reports that a training job has made.
    var longestResource: Resource { Resource(trials.map(\.resource.units).max() ?? 0) }
}

extension TrialRecord {
    /// Whether it was stopped early and before it had trained as far as the longest.
    ///
    /// Hyperband stops training jobs at the last rung too, when there is nothing left to train.
    func isStoppedEarly(of longest: Resource) -> Bool {
        status == .stopped && stopReason == .earlyStopping && resource.units < longest.units
    }
}
