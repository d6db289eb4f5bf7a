import Foundation

/// What early stopping has done to a tuning job, or would have done: its events replayed.
///
/// The median rule is applied again to every report. A training job it would have stopped is from
/// then on treated as stopped, so that no later median rests on it; when training jobs would have
/// started earlier in its place is not simulated. Of training jobs that really were stopped it is
/// not known how long they would have gone on; as long as the completed ones did in the median is
/// assumed.
public struct EarlyStoppingReview: Hashable, Codable, Sendable {
    /// How many training jobs were stopped early.
    public private(set) var stoppedCount = 0
    /// How many others the rule would have stopped.
    public private(set) var wouldStopCount = 0
    /// Whether the best training job was, or would have been, stopped; `nil` without a best one.
    public private(set) var stopsBest: Bool?
    /// About how much training the stops have saved.
    public private(set) var savedRuntime = Duration.zero
    /// About how much more training the rule would have saved.
    public private(set) var savableRuntime = Duration.zero

    /// Replays the events of a tuning job, in stored order.
    public init(_ events: some Sequence<TuningEvent>) {
        var replay = EarlyStoppingReplay()
        for case .trial(let event) in events { replay.observe(event) }
        stoppedCount = replay.stoppedRuntimes.count
        wouldStopCount = replay.wouldStop.count
        stopsBest = replay.best.map { best in
            replay.wouldStop[best.trial] != nil || best.wasStopped
        }
        let typical = replay.medianRuntime
        for runtime in replay.stoppedRuntimes {
            savedRuntime += .seconds(max(0, typical - runtime))
        }
        for saved in replay.wouldStop.values { savableRuntime += .seconds(saved) }
    }
}

/// The state of a replay.
private struct EarlyStoppingReplay {
    struct Best {
        let trial: Trial.ID
        let cost: Cost
        let wasStopped: Bool
    }

    var best: Best?
    /// Seconds that training jobs which were stopped early had trained.
    var stoppedRuntimes: [Double] = []
    /// Seconds that would have been saved, by training job.
    var wouldStop: [Trial.ID: Double] = [:]
    private var rule = MedianRule()
    /// When the present attempt of a training job was started.
    private var startTimes: [Trial.ID: Date] = [:]
    /// Seconds that earlier attempts took.
    private var earlierRuntimes: [Trial.ID: Double] = [:]
    private var stopTimes: [Trial.ID: Date] = [:]
    private var completedRuntimes: [Double] = []

    /// Seconds that a completed training job trained, in the median; 0 without any.
    var medianRuntime: Double {
        completedRuntimes.isEmpty ? 0 : completedRuntimes.sorted()[completedRuntimes.count / 2]
    }

    mutating func observe(_ event: TrialEvent) {
        let trial = event.trial
        switch event.change {
        case .started:
            startTimes[trial] = event.time
            rule.observe(event)
        case .paused, .attemptFailed:
            earlierRuntimes[trial, default: 0] += runtime(of: trial, at: event.time)
            rule.observe(event)
        case .reported:
            rule.observe(event)
            if stopTimes[trial] == nil, rule.verdict(on: trial) == .stop {
                stopTimes[trial] = event.time
            }
        case .finished(let outcome): finish(trial, outcome, at: event.time)
        default: rule.observe(event)
        }
    }

    /// Seconds that the present attempt has taken; 0 between attempts. It ends with this.
    private mutating func runtime(of trial: Trial.ID, at time: Date) -> Double {
        startTimes.removeValue(forKey: trial).map { max(0, time.timeIntervalSince($0)) } ?? 0
    }

    private mutating func finish(_ trial: Trial.ID, _ outcome: Trial.Outcome, at time: Date) {
        let earlier = earlierRuntimes.removeValue(forKey: trial) ?? 0
        let runtime = earlier + runtime(of: trial, at: time)
        let stopTime = stopTimes.removeValue(forKey: trial)
        var counted = outcome
        var wasStopped = false
        switch outcome {
        case .completed:
            completedRuntimes.append(runtime)
            if let stopTime {
                wouldStop[trial] = max(0, time.timeIntervalSince(stopTime))
                counted = .stopped(.earlyStopping, outcome.cost)
            }
        case .stopped(.earlyStopping, _):
            wasStopped = true
            stoppedRuntimes.append(runtime)
        case .stopped, .failed: break
        }
        rule.observe(TrialEvent(trial: trial, time: time, change: .finished(counted)))
        if let cost = outcome.cost, best.map({ cost < $0.cost }) ?? true {
            best = Best(trial: trial, cost: cost, wasStopped: wasStopped)
        }
    }
}
