import Foundation
import Orchestration
import Stores
import Tuning

/// An experiment that is asked and told, whatever the types of its parameters: each change is
/// stored, then answered.
actor AskedExperiment {
    /// What stands for the program in a definition; no backend runs it.
    static let image = "asked"
    /// How many events are read at once.
    private static let eventPageLength = 5_000

    private let store: SQLiteTuningStore
    private var course: AskedCourse
    /// Whether a change is being stored; others wait for their turn.
    private var isChanging = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Begins an experiment, or goes on with the one that is stored.
    ///
    /// - Throws: `ExperimentError`, `SearchSpaceError`, `StoreError`.
    init(
        _ specification: TuningJobSpecification, objective: Objective, in store: SQLiteTuningStore
    ) async throws {
        self.store = store
        let stored = try await store.tuningJob(named: specification.name, kind: .tuning)
        if let stored, try await store.specification(of: stored.id) != specification {
            throw ExperimentError.another(name: specification.name)
        }
        var random = SystemRandomNumberGenerator()
        let start = TuningJobState(
            id: stored?.id ?? .random(using: &random), specification: specification,
            creationTime: stored?.creationTime ?? Date())
        let events = try await Self.events(of: start.job.id, in: store)
        do {
            course = try AskedCourse(start, objective: objective, after: events)
        } catch let error as AskTellError {
            throw error.forCallers
        }
        guard stored == nil else { return }
        try await store.create(TuningJobChange(job: start.job), specification: specification)
    }

    deinit {
        try? store.close()
    }

    private static func events(
        of id: TuningJob.ID, in store: SQLiteTuningStore
    ) async throws -> [TuningEvent] {
        var events: [TuningEvent] = []
        var position: EventPosition?
        while true {
            let page = try await store.events(of: id, after: position, limit: eventPageLength)
            events += page.map(\.event)
            guard let last = page.last, page.count == eventPageLength else { return events }
            position = last.position
        }
    }
}

// MARK: - Looking

extension AskedExperiment {
    /// The trials that run, in the order of their numbers.
    var runningTrials: [AskedCourse.OpenTrial] { course.runningTrials }

    /// All trials so far, in the order of their numbers.
    func trials() async throws -> [TrainingJob] {
        try await store.allTrials(of: course.job.id)
    }

    /// The best trial so far.
    func best() async throws -> TrainingJob? {
        guard let best = course.job.best else { return nil }
        return try await store.trainingJob(
            TrainingJob.ID(tuningJob: course.job.id, ordinal: best.ordinal))
    }
}

// MARK: - Changing

extension AskedExperiment {
    /// Makes a change, and answers once it is stored; what is refused or cannot be stored changes
    /// nothing.
    func change<Answer: Sendable>(
        _ body: @Sendable (inout AskedCourse) throws(AskTellError) -> Answer
    ) async throws -> Answer {
        await takeTurn()
        defer { passTurn() }
        var course = course
        let answer: Answer
        do {
            answer = try body(&course)
        } catch {
            throw error.forCallers
        }
        if let change = try course.takeChange() { try await store.append(change) }
        self.course = course
        return answer
    }

    /// Takes in a result from elsewhere.
    ///
    /// - Throws: `ExperimentError.over`, `StoreError`.
    func inject(_ hyperparameters: Hyperparameters, _ value: Double?) async throws {
        guard !course.job.status.isFinished else {
            throw ExperimentError.over(name: course.job.name)
        }
        try await change { course throws(AskTellError) in
            try course.inject(hyperparameters, value)
        }
    }

    /// Ends all use of the store.
    func close() async throws {
        await takeTurn()
        defer { passTurn() }
        try store.close()
    }

    private func takeTurn() async {
        guard isChanging else {
            isChanging = true
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func passTurn() {
        if waiting.isEmpty {
            isChanging = false
        } else {
            waiting.removeFirst().resume()
        }
    }
}

extension AskTellError {
    /// The error as those who embed the library see it.
    fileprivate var forCallers: any Error {
        switch self {
        case .searchSpace(let error): error
        case .unknownID(let trial): ExperimentError.unknownTrial(trial)
        case .notRunning(let trial, let state): ExperimentError.notRunning(trial, state: state)
        case .stepNotIncreasing(let trial, let step, let last):
            ExperimentError.stepNotIncreasing(trial, step: step, last: last)
        case .strategy(let reason): ExperimentError.strategy(reason: reason)
        case .notAnObject, .member, .unknownOperation, .unknownStrategy:
            preconditionFailure("'\(self)' is about lines, and there are none")
        }
    }
}
