import Foundation
import Logging
import Tuning

/// The loop of a runner: take, decide, store, act.
struct TuningJobLoop {
    private typealias Message = TuningJobRunner.Message

    private var scheduler: Scheduler
    private let runner: TuningJobRunner
    private let environment: TuningJobRunner.Environment
    private let logger: Logger
    /// What runs each definition; `nil` where that is not there any more.
    private let routes: [BackendRoutes.Route?]
    /// The pool that each definition takes its slots from.
    private let pools: [SlotPool]
    private var stops: [Trial.ID: StopSignal] = [:]
    private var verdicts: [Trial.ID: CheckedContinuation<Verdict, any Error>] = [:]
    private var requests: [CheckedContinuation<Void, any Error>] = []

    /// The longest time between two tries to store something.
    private static let storeRetryDelayMax = Duration.seconds(5)

    init(
        _ scheduler: Scheduler, runner: TuningJobRunner, environment: TuningJobRunner.Environment
    ) {
        self.scheduler = scheduler
        self.runner = runner
        self.environment = environment
        logger = runner.logger
        let specification = scheduler.state.specification
        routes = specification.definitions.indices.map { index in
            try? environment.routes.backend(forDefinition: index, of: specification)
        }
        // Without a backend each attempt fails by itself, with a reason; one slot is enough.
        pools = routes.map { route in
            route.flatMap { environment.pools[$0.name] } ?? SlotPool(slotCount: 1)
        }
    }

    /// Runs until the tuning job is over, or the task is cancelled.
    mutating func run(
        in group: inout DiscardingTaskGroup, taking mailbox: Mailbox<TuningJobRunner.Message>
    ) async {
        if let runtimeMax = scheduler.state.specification.limits.runtimeMax {
            let end = scheduler.state.job.creationTime + TimeInterval(runtimeMax)
            group.addTask { [runner] in await runner.reportTimeLimit(at: end) }
        }
        while !scheduler.isAtRest, let messages = await mailbox.take() {
            let actions = decide(on: messages)
            do {
                try await store(actions)
            } catch {
                logger.critical("events could not be stored", metadata: ["reason": "\(error)"])
                return
            }
            perform(actions, in: &group)
            runner.reportAttached()
        }
    }

    /// Tells everybody who still waits that nothing more will come.
    mutating func close() {
        for continuation in verdicts.values { continuation.resume(throwing: CancellationError()) }
        for continuation in requests { continuation.resume(throwing: CancellationError()) }
        verdicts = [:]
        requests = []
    }

    private mutating func decide(on messages: [TuningJobRunner.Message]) -> [Scheduler.Action] {
        var actions: [Scheduler.Action] = []
        for message in messages {
            switch message.reply {
            case .verdict(let trial, let continuation): verdicts[trial] = continuation
            case .stored(let continuation): requests.append(continuation)
            case nil: break
            }
            if case .ended(let trial, _) = message.input { stops[trial] = nil }
            actions += scheduler.handle(message.input, at: environment.time.now())
        }
        return actions
    }
}

// MARK: - Storing

extension TuningJobLoop {
    /// Stores what is to be recorded, in one commit.
    ///
    /// A full disk or a store that is out of reach for a while holds the tuning job up and loses
    /// nothing: the same change is tried again until it succeeds or the task is cancelled. Clients
    /// who wait meanwhile are told so.
    private mutating func store(_ actions: [Scheduler.Action]) async throws {
        var change = TuningJobChange(job: scheduler.state.job)
        for case .record(let event, let training) in actions {
            change.events.append(event)
            if let training { change.trainingJobs[training.id.ordinal] = training }
        }
        guard !change.events.isEmpty else { return }
        var delay = Duration.milliseconds(250)
        defer { runner.note(nil) }
        while true {
            do {
                try await environment.store.append(change)
                environment.metrics.note(change) { routes[$0]?.name }
                return environment.changes.publish(change)
            } catch let error as StoreError where error.isPassing {
                logger.error("storing is held up", metadata: ["reason": "\(error)"])
                environment.metrics.noteHoldUp(error)
                runner.note(error)
                for continuation in requests { continuation.resume(throwing: error) }
                requests = []
                try await environment.time.sleep(delay)
                delay = min(delay * 2, Self.storeRetryDelayMax)
            }
        }
    }
}

extension StoreError {
    /// Whether the same call may succeed later.
    fileprivate var isPassing: Bool {
        switch self {
        case .full, .unavailable, .locked: true
        case .alreadyExists, .notFound, .invalidPageToken, .readOnly, .corrupt, .newerVersion: false
        }
    }
}

// MARK: - Acting

extension TuningJobLoop {
    private mutating func perform(
        _ actions: [Scheduler.Action], in group: inout DiscardingTaskGroup
    ) {
        for action in actions {
            switch action {
            case .record(let event, let training): log(event, training)
            case .requestSlot(let definition):
                runner.requestSlot(definition, from: pools[definition])
            case .occupySlot(let definition): pools[definition].occupy(for: runner.id)
            case .releaseSlot(let definition): pools[definition].release(by: runner.id)
            case .suggest(let request):
                let strategy = scheduler.state.job.strategy
                group.addTask { [runner] in runner.answer(request, strategy: strategy) }
            case .run(let trial, let attempt, let definition, let mark):
                run(attempt, of: trial, by: routes[definition], after: mark, in: &group)
            case .stop(let trial, let reason):
                guard let stop = stops[trial] else { break }
                stop.request(reason)
                let definition = scheduler.state.unfinished[trial]?.definition
                let name = definition.flatMap { routes[$0]?.name }
                environment.metrics[backend: name]?.noteStop(reason)
            case .answer(let trial, let verdict):
                verdicts.removeValue(forKey: trial)?.resume(returning: verdict)
            }
        }
        for continuation in requests { continuation.resume() }
        requests = []
    }

    private mutating func run(
        _ attempt: Attempt, of trial: Trial.ID, by route: BackendRoutes.Route?,
        after mark: ReportMark?, in group: inout DiscardingTaskGroup
    ) {
        let stop = StopSignal()
        stops[trial] = stop
        group.addTask { [runner] in
            await runner.perform(attempt, of: trial, by: route, after: mark, stop: stop)
        }
    }

    private func log(_ event: TuningEvent, _ training: TrainingJob?) {
        switch event {
        case .trial(let event):
            guard let training else { return }
            let metadata: Logger.Metadata = ["training_job": "\(training.name)"]
            switch event.change {
            case .started(let attempt, _):
                logger.info("attempt \(attempt) started", metadata: metadata)
            case .attemptFailed(let failure):
                logger.warning("attempt failed: \(failure.loggable)", metadata: metadata)
            case .finished(.failed(let failure)):
                logger.warning("training job failed: \(failure.loggable)", metadata: metadata)
            case .finished:
                logger.info("training job \(training.status.rawValue)", metadata: metadata)
            case .created, .entered, .reported, .stopRequested, .paused: break
            }
        case .stopRequested: logger.info("stop requested")
        case .converged: logger.info("converged")
        case .finished(let outcome, _): logger.info("tuning job finished: \(outcome)")
        }
    }
}

extension TrainingFailure {
    /// What the log may hold of the reason: what a training program says on its way out often
    /// quotes its hyperparameters, and those may be secret.
    fileprivate var loggable: String {
        switch cause {
        case .algorithm: "the training program, see the job's description"
        case .internal: reason
        }
    }
}

extension TimeInterval {
    fileprivate init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self = Double(seconds) + Double(attoseconds) * 1e-18
    }
}
