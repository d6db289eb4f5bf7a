import Foundation

/// Reads tuning jobs, training jobs and algorithms; all that routes and dashboards are given.
///
/// Reading never waits for writing, and sees each change whole or not at all.
public protocol TuningStoreReader: Sendable {
    /// The tuning job of a kind with a name (of `.tuning`: in any case); `nil` when there is none.
    func tuningJob(named name: TuningJob.Name, kind: TuningJobSpecification.Kind)
        async throws -> TuningJob?
    /// A tuning job, also one whose entry was deleted while its training jobs were kept.
    func tuningJob(_ id: TuningJob.ID) async throws -> TuningJob?
    /// Tuning jobs of kind `.tuning` that a query selects, a page at a time.
    func tuningJobs(_ query: TuningJobQuery) async throws -> Page<TuningJob>
    /// What a tuning job was asked to do; also for one whose entry was deleted.
    func specification(of id: TuningJob.ID) async throws -> TuningJobSpecification?
    /// The training job with a name; `nil` when there is none.
    func trainingJob(named name: TrainingJob.Name) async throws -> TrainingJob?
    /// The training job at a place; `nil` when there is none.
    func trainingJob(_ id: TrainingJob.ID) async throws -> TrainingJob?
    /// Training jobs that a query selects, a page at a time.
    func trainingJobs(_ query: TrainingJobQuery) async throws -> Page<TrainingJob>
    /// Events in stored order after a position, at most `limit`, each with its position.
    func events(of id: TuningJob.ID, after position: EventPosition?, limit: Int)
        async throws -> [StoredEvent]
    /// Tuning jobs of all kinds that are not finished, oldest first; recovery starts from them.
    func unfinishedTuningJobs() async throws -> [TuningJob]
    /// How many jobs there are, all of the same moment.
    func jobCounts() async throws -> JobCounts
    /// The tags of a resource, in the order of their keys; `nil` when there is none such.
    func tags(of resource: TaggedResource) async throws -> [Tag]?
    /// What was changed of the definition of one training job: the members that now count in place
    /// of the definition's; empty when nothing was.
    func amendment(of id: TrainingJob.ID) async throws -> [String: JSONValue]
    /// The algorithm with a name, in any case; `nil` when there is none.
    func algorithm(named name: Algorithm.Name) async throws -> Algorithm?
    /// The algorithm that a training job validates; `nil` when it validates none.
    func algorithm(validatedBy job: TrainingJob.Name) async throws -> Algorithm?
    /// Algorithms that a query selects, a page at a time.
    func algorithms(_ query: AlgorithmQuery) async throws -> Page<Algorithm>
}

/// The only ways to change what is stored; held by the orchestrator alone.
///
/// Once a call returns, its change survives a crash of the process and of the machine. A call that
/// throws has changed nothing. Calls made at the same time may share one commit.
public protocol TuningStore: TuningStoreReader {
    /// Stores a new tuning job with its first events.
    ///
    /// - Throws: `StoreError.alreadyExists` when a job of the kind has the name.
    func create(_ change: TuningJobChange, specification: TuningJobSpecification) async throws
    /// Appends events and writes the rows they led to.
    ///
    /// A training job that is new gets the tags its tuning job has now.
    func append(_ change: TuningJobChange) async throws
    /// Deletes the entry of a tuning job; its training jobs stay.
    func deleteTuningJob(_ id: TuningJob.ID) async throws
    /// Deletes a training job, so that its name is free again.
    func deleteTrainingJob(_ id: TrainingJob.ID) async throws
    /// Adds tags, in place of those with the same keys, and takes keys away.
    ///
    /// - Returns: The tags afterwards, in the order of their keys.
    /// - Throws: `StoreError.notFound`.
    func updateTags(of resource: TaggedResource, adding: [Tag], removing: [String])
        async throws -> [Tag]
    /// Changes the definition of one training job: sets members in place of those set before.
    ///
    /// - Throws: `StoreError.notFound`.
    func amend(_ id: TrainingJob.ID, setting members: [String: JSONValue]) async throws
    /// Stores a new algorithm, and in the same commit the training job that validates it.
    ///
    /// - Throws: `StoreError.alreadyExists` when an algorithm has the name, or a job that of the
    ///   training job.
    func create(_ algorithm: Algorithm, tags: [Tag], validation: NewTuningJob?) async throws
    /// Writes where an algorithm stands.
    ///
    /// - Throws: `StoreError.notFound`.
    func update(_ algorithm: Algorithm) async throws
    /// Deletes an algorithm, named in any case; its training jobs stay.
    ///
    /// - Throws: `StoreError.notFound`.
    func deleteAlgorithm(named name: Algorithm.Name) async throws
}

/// A tuning job that is about to be stored.
public struct NewTuningJob: Sendable {
    /// The tuning job and its first events.
    public let change: TuningJobChange
    /// What it is asked to do.
    public let specification: TuningJobSpecification

    /// Puts together what is to be stored.
    public init(_ change: TuningJobChange, specification: TuningJobSpecification) {
        self.change = change
        self.specification = specification
    }
}

/// Events, and what they led to: the rows that listing and describing show.
public struct TuningJobChange: Sendable {
    /// The tuning job after the events.
    public var job: TuningJob
    /// The events, in order.
    public var events: [TuningEvent]
    /// The training jobs that changed, as they are after the events; by ordinal.
    public var trainingJobs: [Trial.ID: TrainingJob]

    /// Collects a change.
    public init(
        job: TuningJob, events: [TuningEvent] = [], trainingJobs: [Trial.ID: TrainingJob] = [:]
    ) {
        self.job = job
        self.events = events
        self.trainingJobs = trainingJobs
    }
}

/// Where an event stands in its store; later events have greater positions.
public struct EventPosition: Hashable, Comparable, Codable, Sendable {
    /// The position, from 1.
    public let number: Int64

    /// Takes a position.
    public init(_ number: Int64) {
        self.number = number
    }

    /// Whether one event was stored before another.
    public static func < (left: EventPosition, right: EventPosition) -> Bool {
        left.number < right.number
    }
}

/// An event and its position.
public struct StoredEvent: Hashable, Sendable {
    /// Where it stands.
    public let position: EventPosition
    /// What happened.
    public let event: TuningEvent

    /// Puts an event at a position.
    public init(position: EventPosition, event: TuningEvent) {
        self.position = position
        self.event = event
    }
}

/// What can have tags.
public enum TaggedResource: Hashable, Sendable {
    /// A tuning job.
    case tuningJob(TuningJob.ID)
    /// A training job.
    case trainingJob(TrainingJob.ID)
    /// An algorithm.
    case algorithm(Algorithm.Name)
}
