import Foundation
import Tuning

/// A tuning store that forgets everything with its process: the model of what stores do.
package actor InMemoryTuningStore: TuningStore {
    private struct Entry {
        var job: TuningJob
        let specification: TuningJobSpecification
        var isDeleted = false
        var tags: [String: String]
        var trainingJobs: [Trial.ID: TrainingJob] = [:]
        var trainingJobTags: [Trial.ID: [String: String]] = [:]
        var amendments: [Trial.ID: [String: JSONValue]] = [:]
        var events: [StoredEvent] = []
    }

    private var entries: [TuningJob.ID: Entry] = [:]
    private var trainingJobs: [TrainingJob.Name: TrainingJob.ID] = [:]
    private var algorithms: [String: AlgorithmEntry] = [:]
    private var lastPosition: Int64 = 0

    private struct AlgorithmEntry {
        var algorithm: Algorithm
        var tags: [String: String]
    }

    private var appendProblem: StoreError?
    /// How many times appending was refused.
    package private(set) var refusedCount = 0

    /// An empty store.
    package init() {}

    /// Refuses to append with an error, or does so no more: a disk that is full for a while.
    package func refuseAppends(_ problem: StoreError?) {
        appendProblem = problem
    }
}

// MARK: - Reading

extension InMemoryTuningStore {
    /// The tuning job of a kind with a name.
    package func tuningJob(
        named name: TuningJob.Name, kind: TuningJobSpecification.Kind
    ) -> TuningJob? {
        visible(kind).first { $0.isNamed(name) }
    }

    /// A tuning job, also one whose entry was deleted.
    package func tuningJob(_ id: TuningJob.ID) -> TuningJob? { entries[id]?.job }

    /// Tuning jobs that a query selects.
    package func tuningJobs(_ query: TuningJobQuery) throws -> Page<TuningJob> {
        let selected = visible(.tuning).filter { job in
            job.name.contains(query.nameContains, in: query.created, job.creationTime)
                && query.modified.contains(job.lastModifiedTime)
                && (query.status.map { $0 == job.status } ?? true)
        }
        let places = selected.map { job in
            let key: ListingPlace.Key =
                switch query.sortKey {
                case .name: .text(job.name)
                case .creationTime: .number(job.creationTime.timeIntervalSinceReferenceDate)
                case .status: .text(job.status.rawValue)
                }
            return (ListingPlace(key: key, name: job.name), job)
        }
        return try ListingPlace.page(
            of: places, scope: "tuning jobs by \(query.sortKey), \(query.order)",
            order: query.order, limit: query.limit, token: query.token)
    }

    /// What a tuning job was asked to do.
    package func specification(of id: TuningJob.ID) -> TuningJobSpecification? {
        entries[id]?.specification
    }

    /// The training job with a name.
    package func trainingJob(named name: TrainingJob.Name) -> TrainingJob? {
        trainingJobs[name].flatMap(trainingJob)
    }

    /// The training job at a place.
    package func trainingJob(_ id: TrainingJob.ID) -> TrainingJob? {
        entries[id.tuningJob]?.trainingJobs[id.ordinal]
    }

    /// Training jobs that a query selects.
    package func trainingJobs(_ query: TrainingJobQuery) throws -> Page<TrainingJob> {
        let all = entries.values.filter { entry in
            (query.tuningJob.map { $0 == entry.job.id } ?? true)
                && (query.kind.map { $0 == entry.job.kind } ?? true)
        }.flatMap(\.trainingJobs.values)
        let selected = all.filter { job in
            job.name.contains(query.nameContains, in: query.created, job.creationTime)
                && query.modified.contains(job.lastModifiedTime)
                && (query.status.map { $0 == job.status } ?? true)
        }
        let places = selected.compactMap { job -> (ListingPlace, TrainingJob)? in
            let key: ListingPlace.Key
            switch query.sortKey {
            case .name: key = .text(job.name)
            case .creationTime: key = .number(job.creationTime.timeIntervalSinceReferenceDate)
            case .status: key = .text(job.status.rawValue)
            case .objectiveValue:
                guard let value = objectiveValue(of: job) else { return nil }
                key = .number(value)
            }
            return (ListingPlace(key: key, name: job.name), job)
        }
        return try ListingPlace.page(
            of: places, scope: "training jobs by \(query.sortKey), \(query.order)",
            order: query.order, limit: query.limit, token: query.token)
    }

    /// Events in stored order after a position.
    package func events(
        of id: TuningJob.ID, after position: EventPosition?, limit: Int
    ) -> [StoredEvent] {
        let events = entries[id]?.events ?? []
        return Array(events.drop { $0.position <= position ?? EventPosition(0) }.prefix(limit))
    }

    /// Tuning jobs of all kinds that are not finished, oldest first.
    package func unfinishedTuningJobs() -> [TuningJob] {
        entries.values.map(\.job).filter { !$0.status.isFinished }
            .sorted { ($0.creationTime, $0.name) < ($1.creationTime, $1.name) }
    }

    /// How many jobs there are.
    package func jobCounts() -> JobCounts {
        let training = entries.values.flatMap(\.trainingJobs.values)
        return JobCounts(
            tuningJobs: Dictionary(grouping: visible(.tuning), by: \.status).mapValues(\.count),
            trainingJobs: Dictionary(grouping: training, by: \.status).mapValues(\.count))
    }

    /// The tags of a job.
    package func tags(of resource: TaggedResource) -> [Tag]? {
        values(of: resource)?.map(Tag.init).sorted { $0.key < $1.key }
    }

    private func visible(_ kind: TuningJobSpecification.Kind) -> [TuningJob] {
        entries.values.filter { $0.job.kind == kind && !$0.isDeleted }.map(\.job)
    }

    private func values(of resource: TaggedResource) -> [String: String]? {
        switch resource {
        case .tuningJob(let id):
            entries[id].flatMap { $0.isDeleted ? nil : $0.tags }
        case .trainingJob(let id):
            entries[id.tuningJob]?.trainingJobTags[id.ordinal]
        case .algorithm(let name):
            algorithms[name.lowercased()]?.tags
        }
    }

    private func objectiveValue(of job: TrainingJob) -> Double? {
        let definitions = entries[job.id.tuningJob]?.specification.definitions
        guard job.objectiveStatus == .succeeded,
            let objective = definitions?[job.definition].objective,
            let value = job.finalMetrics[objective.metric]?.value, value.isFinite
        else { return nil }
        return value
    }
}

// MARK: - Writing

extension InMemoryTuningStore {
    /// Stores a new tuning job.
    package func create(_ change: TuningJobChange, specification: TuningJobSpecification) throws {
        let job = change.job
        let isTaken =
            entries[job.id] != nil || visible(job.kind).contains { $0.isNamed(job.name) }
            || (job.kind == .training && trainingJobs[job.name] != nil)
        guard !isTaken else { throw StoreError.alreadyExists(name: job.name) }
        let tags = Dictionary(specification.tags.map { ($0.key, $0.value) }) { _, last in last }
        try write(change, to: Entry(job: job, specification: specification, tags: tags))
    }

    /// Appends events and writes the rows they led to.
    package func append(_ change: TuningJobChange) throws {
        if let appendProblem {
            refusedCount += 1
            throw appendProblem
        }
        guard let entry = entries[change.job.id] else {
            throw StoreError.notFound(name: change.job.name)
        }
        try write(change, to: entry)
    }

    /// Deletes the entry of a tuning job.
    package func deleteTuningJob(_ id: TuningJob.ID) throws {
        guard let entry = entries[id], !entry.isDeleted else {
            throw StoreError.notFound(name: "\(id.rawValue)")
        }
        entries[id]?.isDeleted = true
        if entry.trainingJobs.isEmpty { entries[id] = nil }
    }

    /// Deletes a training job.
    package func deleteTrainingJob(_ id: TrainingJob.ID) throws {
        guard let job = trainingJob(id), var entry = entries[id.tuningJob] else {
            throw StoreError.notFound(name: "\(id.tuningJob.rawValue)/\(id.ordinal)")
        }
        trainingJobs[job.name] = nil
        entry.trainingJobs[id.ordinal] = nil
        entry.trainingJobTags[id.ordinal] = nil
        entry.amendments[id.ordinal] = nil
        let isUnused = entry.isDeleted || entry.job.kind == .training
        entries[id.tuningJob] = isUnused && entry.trainingJobs.isEmpty ? nil : entry
    }

    /// Adds and removes tags.
    package func updateTags(
        of resource: TaggedResource, adding: [Tag], removing: [String]
    ) throws -> [Tag] {
        guard var values = values(of: resource) else {
            throw StoreError.notFound(name: "\(resource)")
        }
        for key in removing { values[key] = nil }
        for tag in adding { values[tag.key] = tag.value }
        switch resource {
        case .tuningJob(let id): entries[id]?.tags = values
        case .trainingJob(let id): entries[id.tuningJob]?.trainingJobTags[id.ordinal] = values
        case .algorithm(let name): algorithms[name.lowercased()]?.tags = values
        }
        return tags(of: resource) ?? []
    }

    private func write(_ change: TuningJobChange, to entry: Entry) throws {
        var entry = entry
        entry.job = change.job
        var names: [TrainingJob.Name: TrainingJob.ID] = [:]
        for (ordinal, job) in change.trainingJobs {
            let present = entry.trainingJobs[ordinal]
            let owner = trainingJobs[job.name] ?? names[job.name] ?? job.id
            guard present.map({ $0.name == job.name }) ?? true, owner == job.id else {
                throw StoreError.alreadyExists(name: job.name)
            }
            names[job.name] = job.id
            entry.trainingJobs[ordinal] = job
            if present == nil { entry.trainingJobTags[ordinal] = entry.tags }
        }
        for event in change.events {
            lastPosition += 1
            entry.events.append(
                StoredEvent(position: EventPosition(lastPosition), event: event))
        }
        trainingJobs.merge(names) { _, new in new }
        entries[change.job.id] = entry
    }
}

// MARK: - Algorithms and amendments

extension InMemoryTuningStore {
    /// The algorithm with a name, in any case.
    package func algorithm(named name: Algorithm.Name) -> Algorithm? {
        algorithms[name.lowercased()]?.algorithm
    }

    /// The algorithm that a training job validates.
    package func algorithm(validatedBy job: TrainingJob.Name) -> Algorithm? {
        algorithms.values.first { $0.algorithm.validationJob == job }?.algorithm
    }

    /// Algorithms that a query selects.
    package func algorithms(_ query: AlgorithmQuery) throws -> Page<Algorithm> {
        let places = algorithms.values.map(\.algorithm).filter { algorithm in
            algorithm.name.contains(query.nameContains, in: query.created, algorithm.creationTime)
        }.map { algorithm in
            let key: ListingPlace.Key =
                switch query.sortKey {
                case .name: .text(algorithm.name)
                case .creationTime: .number(algorithm.creationTime.timeIntervalSinceReferenceDate)
                }
            return (ListingPlace(key: key, name: algorithm.name), algorithm)
        }
        return try ListingPlace.page(
            of: places, scope: "algorithms by \(query.sortKey), \(query.order)",
            order: query.order, limit: query.limit, token: query.token)
    }

    /// What was changed of the definition of one training job.
    package func amendment(of id: TrainingJob.ID) -> [String: JSONValue] {
        entries[id.tuningJob]?.amendments[id.ordinal] ?? [:]
    }

    /// Stores a new algorithm and the training job that validates it.
    package func create(
        _ algorithm: Algorithm, tags: [Tag], validation: NewTuningJob?
    ) throws {
        guard self.algorithm(named: algorithm.name) == nil else {
            throw StoreError.alreadyExists(name: algorithm.name)
        }
        if let validation {
            try create(validation.change, specification: validation.specification)
        }
        let tags = Dictionary(tags.map { ($0.key, $0.value) }) { _, last in last }
        algorithms[algorithm.name.lowercased()] = AlgorithmEntry(algorithm: algorithm, tags: tags)
    }

    /// Writes where an algorithm stands.
    package func update(_ algorithm: Algorithm) throws {
        let present = self.algorithm(named: algorithm.name)
        guard present?.creationTime == algorithm.creationTime else {
            throw StoreError.notFound(name: algorithm.name)
        }
        algorithms[algorithm.name.lowercased()]?.algorithm = algorithm
    }

    /// Deletes an algorithm.
    package func deleteAlgorithm(named name: Algorithm.Name) throws {
        guard algorithms.removeValue(forKey: name.lowercased()) != nil else {
            throw StoreError.notFound(name: name)
        }
    }

    /// Changes the definition of one training job.
    package func amend(_ id: TrainingJob.ID, setting members: [String: JSONValue]) throws {
        guard trainingJob(id) != nil else {
            throw StoreError.notFound(name: "\(id.tuningJob.rawValue)/\(id.ordinal)")
        }
        entries[id.tuningJob]?.amendments[id.ordinal, default: [:]].merge(members) { _, new in new }
    }
}

extension TuningJob {
    fileprivate func isNamed(_ other: Name) -> Bool {
        kind == .tuning ? name.lowercased() == other.lowercased() : name == other
    }
}

extension String {
    fileprivate func contains(_ part: String?, in window: TimeWindow, _ time: Date) -> Bool {
        let isNamed = part.map { $0.isEmpty || lowercased().contains($0.lowercased()) } ?? true
        return isNamed && window.contains(time)
    }
}

extension TimeWindow {
    fileprivate func contains(_ time: Date) -> Bool {
        (after.map { time > $0 } ?? true) && (before.map { time < $0 } ?? true)
    }
}

// MARK: - Pages

/// Where an element stands in a listing.
private struct ListingPlace: Comparable, Codable {
    enum Key: Equatable, Codable {
        case text(String)
        case number(Double)
    }

    let key: Key
    let name: String

    static func < (left: ListingPlace, right: ListingPlace) -> Bool {
        switch (left.key, right.key) {
        case (.number(let a), .number(let b)): (a, left.name) < (b, right.name)
        case (.text(let a), .text(let b)): (a, left.name) < (b, right.name)
        case (.text, .number), (.number, .text): preconditionFailure("keys of two listings")
        }
    }

    /// Sorts a listing and cuts a page out of it.
    static func page<Element: Sendable>(
        of listing: [(ListingPlace, Element)], scope: String, order: Tuning.SortOrder, limit: Int,
        token: PageToken?
    ) throws -> Page<Element> {
        let precedes: (ListingPlace, ListingPlace) -> Bool =
            order == .ascending ? { $0 < $1 } : { $0 > $1 }
        var rest = listing.sorted { precedes($0.0, $1.0) }[...]
        if let token {
            guard let data = Data(base64Encoded: token.text),
                let mark = try? JSONDecoder().decode(PageMark.self, from: data),
                mark.scope == scope
            else { throw StoreError.invalidPageToken }
            rest = rest.drop { !precedes(mark.place, $0.0) }
        }
        let page = rest.prefix(limit)
        var next: PageToken?
        if page.count < rest.count, let last = page.last {
            let mark = try JSONEncoder().encode(PageMark(scope: scope, place: last.0))
            next = PageToken(mark.base64EncodedString())
        }
        return Page(elements: page.map(\.1), next: next)
    }
}

/// What a page token holds.
private struct PageMark: Codable {
    let scope: String
    let place: ListingPlace
}
