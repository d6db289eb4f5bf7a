import Foundation
import Testing
import Tuning

@testable import Orchestration

/// A scheduler driven by a simulated world: slots, attempts, clients and crashes, all from a seed.
///
/// The world keeps what the real one would keep through a crash: the log, and the running attempts.
/// After every step it checks what must always hold.
struct SchedulerSimulation {
    struct Chances {
        var failing = 0.0
        var failingInternally = 0.0
        var silent = 0.0
        var crash = 0.0
        var stopTrial = 0.0
        var stopJobAtStep = Int.max
        /// How often each training reports; `nil` for one to three times.
        var reportCount: Int?
    }

    struct RunningAttempt {
        let trial: Trial.ID
        let costs: [Double]
        var reported = 0
        var stop: StopReason?
        var awaitsAnswer = false
        var isToPause = false
    }

    let specification: TuningJobSpecification
    let makeStrategy: () -> any SearchStrategy
    var chances: Chances
    var random: SeededGenerator
    var scheduler: Scheduler
    var log: [TuningEvent] = []
    var clock = Date(timeIntervalSince1970: 1_000_000)
    var freeSlots: Int
    var slotRequests: [Int] = []
    var suggestions: [SuggestionRequest] = []
    var attempts: [Attempt.ID: RunningAttempt] = [:]
    var launched: Set<Attempt.ID> = []
    var crashes = 0
    var steps = 0
    let slotCount: Int

    init(
        _ specification: TuningJobSpecification, slotCount: Int = 100, seed: UInt64,
        chances: Chances = Chances(),
        makeStrategy: @escaping () -> any SearchStrategy = { CountingStrategy() }
    ) throws {
        self.specification = specification
        self.makeStrategy = makeStrategy
        self.chances = chances
        self.slotCount = slotCount
        freeSlots = slotCount
        random = SeededGenerator(seed: seed)
        scheduler = try Self.scheduler(specification, makeStrategy, [])
        handle(.begin)
    }

    static func scheduler(
        _ specification: TuningJobSpecification, _ makeStrategy: () -> any SearchStrategy,
        _ log: [TuningEvent]
    ) throws -> Scheduler {
        let start = TuningJobState(
            id: TuningJob.ID(rawValue: 42), specification: specification,
            creationTime: Date(timeIntervalSince1970: 999_999))
        return try Scheduler(
            start, strategies: specification.definitions.map { _ in makeStrategy() },
            replaying: log)
    }

    var isFinished: Bool { scheduler.state.job.status.isFinished }

    /// Runs to the end of the tuning job.
    mutating func run(stepsMax: Int = 100_000) throws {
        while !isFinished {
            steps += 1
            try #require(steps < stepsMax, "the tuning job does not come to an end")
            clock += 0.5
            if steps == chances.stopJobAtStep { handle(.stopRequested) }
            if random.nextUnit() < chances.crash { try crash() } else { try step() }
            checkInvariants()
        }
        #expect(attempts.isEmpty, "attempts outlive their tuning job")
    }

    /// Lets one random thing happen and checks what must hold.
    mutating func runOneStep() throws {
        steps += 1
        try #require(steps < 100_000, "nothing comes of it")
        clock += 0.5
        try step()
        checkInvariants()
    }

    /// Goes on from the log and the running attempts alone.
    mutating func restart() throws { try crash() }

    /// Lets one random thing happen.
    private mutating func step() throws {
        var choices: [() throws -> SchedulerSimulation] = []
        let world = self
        func choice(_ change: @escaping (inout SchedulerSimulation) throws -> Void) {
            choices.append {
                var next = world
                try change(&next)
                return next
            }
        }
        if freeSlots > 0, !slotRequests.isEmpty {
            choice { world in
                world.freeSlots -= 1
                world.handle(.slotGranted(definition: world.slotRequests.removeFirst()))
            }
        }
        if let request = suggestions.first {
            choice { world in
                world.suggestions.removeFirst()
                let suggestions = try request.suggestions()
                if request.isConverged {
                    world.handle(.converged(definition: request.definition))
                }
                world.handle(.suggested(suggestions))
            }
        }
        for id in attempts.keys.sorted(by: { $0.description < $1.description }) {
            choice { world in world.advance(id) }
        }
        let index = Int(random.next() % UInt64(max(1, choices.count)))
        let generator = random
        guard choices.indices.contains(index) else { return }
        var next = try choices[index]()
        if next.random == generator { _ = next.random.next() }
        self = next
    }

    private mutating func advance(_ id: Attempt.ID) {
        guard var attempt = attempts[id], !attempt.awaitsAnswer else { return }
        if let reason = attempt.stop {
            attempts[id] = nil
            handle(.ended(attempt.trial, .stopped(reason)))
        } else if attempt.isToPause {
            attempts[id] = nil
            let checkpoint = Checkpoint(location: "\(attempt.reported)")
            handle(.ended(attempt.trial, .paused(checkpoint)))
        } else if attempt.reported < attempt.costs.count {
            let cost = attempt.costs[attempt.reported]
            attempt.reported += 1
            attempt.awaitsAnswer = true
            attempts[id] = attempt
            let mark = ReportMark("\(attempt.reported)")
            let sample = MetricSample(time: clock, values: ["loss": cost])
            handle(.updated(attempt.trial, .measured([sample], mark)))
        } else {
            attempts[id] = nil
            handle(.ended(attempt.trial, end()))
        }
        if random.nextUnit() < chances.stopTrial { handle(.stopTrialRequested(attempt.trial)) }
    }

    private mutating func end() -> Attempt.End {
        let draw = random.nextUnit()
        if draw < chances.failingInternally { return .failed(TrainingFailure(.internal, "lost")) }
        if draw < chances.failingInternally + chances.failing {
            return .failed(TrainingFailure(.algorithm, "bad"))
        }
        return .completed
    }
}

// MARK: - Acting

extension SchedulerSimulation {
    mutating func handle(_ input: Scheduler.Input) {
        for action in scheduler.handle(input, at: clock) { perform(action) }
    }

    private mutating func perform(_ action: Scheduler.Action) {
        switch action {
        case .record(let event, _): log.append(event)
        case .requestSlot(let definition): slotRequests.append(definition)
        case .occupySlot: freeSlots -= 1
        case .releaseSlot: freeSlots += 1
        case .suggest(let request): suggestions.append(request)
        case .run(let trial, let attempt, _, let mark): launch(attempt, trial, mark)
        case .stop(let trial, let reason): stop(trial, reason)
        case .answer(let trial, let verdict):
            for (id, attempt) in attempts where attempt.trial == trial {
                attempts[id]?.awaitsAnswer = false
                if verdict == .stop { attempts[id]?.stop = attempt.stop ?? .earlyStopping }
                if verdict == .pause { attempts[id]?.isToPause = true }
            }
        }
    }

    private mutating func launch(_ attempt: Attempt, _ trial: Trial.ID, _ mark: ReportMark?) {
        let stored = mark.flatMap { Int($0.text) } ?? 0
        if launched.contains(attempt.id) {
            // Attached to: goes on behind the last metric that was stored.
            attempts[attempt.id]?.reported = stored
            return
        }
        launched.insert(attempt.id)
        #expect(mark == nil)
        let some = random.nextUnit() < chances.silent ? 0 : 1 + Int(random.next() % 3)
        let resumed = attempt.checkpoint.flatMap { Int($0.location) } ?? 0
        let count = chances.reportCount.map { $0 - resumed } ?? some
        let costs = (0..<count).map { _ in random.nextUnit() * 10 }
        attempts[attempt.id] = RunningAttempt(trial: trial, costs: costs)
    }

    private mutating func stop(_ trial: Trial.ID, _ reason: StopReason) {
        for (id, attempt) in attempts where attempt.trial == trial {
            attempts[id]?.stop = attempt.stop ?? reason
        }
    }

    /// Forgets all but the log and the running attempts, and goes on from them.
    private mutating func crash() throws {
        crashes += 1
        slotRequests = []
        suggestions = []
        freeSlots = slotCount
        for id in attempts.keys { attempts[id]?.awaitsAnswer = false }
        scheduler = try Self.scheduler(specification, makeStrategy, log)
        handle(.begin)
    }
}

// MARK: - What must always hold

extension SchedulerSimulation {
    private func checkInvariants() {
        let job = scheduler.state.job
        let limits = specification.limits
        #expect(attempts.count <= limits.parallelCountMax)
        #expect(job.trainingJobCounts.total <= limits.trainingJobCountMax ?? .max)
        #expect(job.trainingJobCounts.inProgress == scheduler.state.unfinished.count)
        let counts = job.objectiveCounts
        #expect(
            counts.succeeded + counts.pending + counts.failed == job.trainingJobCounts.total)
        let held = scheduler.supply.reduce(0) { $0 + $1.held }
        #expect(freeSlots + held + scheduler.runningCount == slotCount)
        if isFinished { return }
        #expect(slotRequests.count == scheduler.supply.reduce(0) { $0 + $1.requested })
    }

    /// The tuning job that the log alone adds up to.
    func replayed() throws -> TuningJob {
        try Self.scheduler(specification, makeStrategy, log).state.job
    }

    /// The changes of one trial, in order.
    func changes(of trial: Trial.ID) -> [TrialEvent.Change] {
        log.compactMap { event in
            if case .trial(let event) = event, event.trial == trial { event.change } else { nil }
        }
    }
}
