import Metrics
import Tuning

/// What the orchestrator records: counts and times. Their labels are names of backends, strategies
/// and outcomes, never of jobs.
struct OrchestrationMetrics: Sendable {
    /// What a suggestion was made with less than; the first word of what decisions say.
    private static let fallbacks: [(prefix: String, label: String)] = [
        ("kernel parameters", "kernel_not_fitted"), ("last kernel", "last_kernel"),
        ("prior", "prior_kernel"), ("jitter", "jitter"), ("no model", "no_model"),
        ("running trials", "running_trials_ignored"), ("every proposal", "nothing_new_proposed"),
        ("remaining", "remaining_points"),
    ]

    private let factory: any MetricsFactory
    private let finishedTuningJobs: [TuningJob.Status: Counter]
    private let finishedTrials: [TrainingJob.Status: Counter]
    private let earlyStops: Counter
    private let suggestionFailures: Counter
    private let backends: [String: BackendMetrics]

    /// Records to a factory.
    ///
    /// - Parameter backends: The names of all backends there are.
    init(_ factory: any MetricsFactory, backends: some Sequence<String>) {
        self.factory = factory
        func counter(_ name: String, _ dimensions: (String, String)...) -> Counter {
            Counter(label: name, dimensions: dimensions, factory: factory)
        }
        let ends: [TuningJob.Status] = TuningJob.Status.allCases.filter(\.isFinished)
        finishedTuningJobs = Dictionary(
            uniqueKeysWithValues: ends.map {
                ($0, counter("tuner_tuning_jobs_finished_total", ("status", $0.rawValue)))
            })
        let outcomes = TrainingJob.Status.allCases.filter(\.isFinished)
        finishedTrials = Dictionary(
            uniqueKeysWithValues: outcomes.map {
                ($0, counter("tuner_trials_finished_total", ("outcome", $0.rawValue)))
            })
        earlyStops = counter("tuner_early_stops_total")
        suggestionFailures = counter("tuner_suggestion_failures_total")
        self.backends = Dictionary(
            uniqueKeysWithValues: backends.map { ($0, BackendMetrics(factory, name: $0)) })
    }

    /// What is recorded of a backend; `nil` for one that nobody knows.
    subscript(backend backend: String?) -> BackendMetrics? { backend.flatMap { backends[$0] } }

    /// Records events that were made durable.
    ///
    /// - Parameter backend: The name of the backend that runs a definition.
    func note(_ change: TuningJobChange, backend: (_ definition: Int) -> String?) {
        for event in change.events {
            switch event {
            case .trial(let event): note(event, change.trainingJobs[event.trial], backend)
            case .finished where change.job.kind == .tuning:
                finishedTuningJobs[change.job.status]?.increment()
            case .finished, .stopRequested, .converged: break
            }
        }
    }

    private func note(
        _ event: TrialEvent, _ training: TrainingJob?, _ backend: (Int) -> String?
    ) {
        switch event.change {
        case .started:
            guard let training else { return }
            self[backend: backend(training.definition)]?.launches.increment()
        case .stopRequested(.earlyStopping, _): earlyStops.increment()
        case .finished(let outcome): finishedTrials[TrainingJob.Status(outcome)]?.increment()
        case .created, .entered, .reported, .stopRequested, .attemptFailed, .paused: break
        }
    }

    /// Records suggestions that were made together.
    ///
    /// - Parameter seconds: How long each of them took.
    func note(_ suggestions: [Suggestion], strategy: String, seconds: Double) {
        let recorder = Recorder(
            label: "tuner_suggestion_seconds", dimensions: [("strategy", strategy)],
            factory: factory)
        for case .start(_, _, let decision) in suggestions {
            recorder.record(seconds)
            for fallback in decision.fallbacks {
                let label = Self.fallbacks.first { fallback.hasPrefix($0.prefix) }?.label
                Counter(
                    label: "tuner_suggestion_fallbacks_total",
                    dimensions: [("fallback", label ?? "other")], factory: factory
                ).increment()
            }
        }
    }

    /// Records a suggestion that could not be made.
    func noteSuggestionFailure() {
        suggestionFailures.increment()
    }

    /// Records that events could not be stored yet.
    func noteHoldUp(_ error: StoreError) {
        Counter(
            label: "tuner_store_holdups_total", dimensions: [("code", error.code)],
            factory: factory
        ).increment()
    }
}

/// What is recorded of one backend.
struct BackendMetrics: Sendable {
    /// Attempts it was given to start.
    let launches: Counter
    /// Attempts that could not tell how they ended.
    let errors: Counter
    /// Attempts it runs now.
    let running: Meter
    private let name: String
    private let factory: any MetricsFactory

    fileprivate init(_ factory: any MetricsFactory, name: String) {
        let dimensions = [("backend", name)]
        launches = Counter(
            label: "tuner_backend_launches_total", dimensions: dimensions, factory: factory)
        errors = Counter(
            label: "tuner_backend_errors_total", dimensions: dimensions, factory: factory)
        running = Meter(label: "tuner_attempts_running", dimensions: dimensions, factory: factory)
        running.set(0)
        self.name = name
        self.factory = factory
    }

    /// Records that an attempt is to be stopped.
    func noteStop(_ reason: StopReason) {
        Counter(
            label: "tuner_backend_stops_total",
            dimensions: [("backend", name), ("reason", reason.rawValue)], factory: factory
        ).increment()
    }

    /// Records how an attempt ended.
    func note(_ end: Attempt.End) {
        Counter(
            label: "tuner_backend_ends_total",
            dimensions: [("backend", name), ("end", end.label)], factory: factory
        ).increment()
    }
}

extension Attempt.End {
    fileprivate var label: String {
        switch self {
        case .completed: "completed"
        case .paused: "paused"
        case .stopped: "stopped"
        case .failed(let failure):
            switch failure.cause {
            case .algorithm: "failed_algorithm"
            case .internal: "failed_internal"
            }
        }
    }
}

extension TrainingJob.Status {
    fileprivate init(_ outcome: Trial.Outcome) {
        switch outcome {
        case .completed: self = .completed
        case .stopped: self = .stopped
        case .failed: self = .failed
        }
    }
}

extension Decision {
    /// Every fallback that its rule took, in the rule's words.
    fileprivate var fallbacks: [String] {
        let several = details?["fallbacks"]?.array?.compactMap(\.string) ?? []
        return several + [details?["fallback"]?.string].compactMap { $0 }
    }
}
