import Foundation
import Testing
import Tuning

extension StoreConformance {
    func checkTrainingJobPages(_ store: any TuningStore) async throws {
        let jobs = try await makeTrainingJobs(store)
        for key in TrainingJobQuery.SortKey.allCases {
            for order in [Tuning.SortOrder.ascending, .descending] {
                for owner in [nil, TuningJob.ID(rawValue: 1)] {
                    for status in [nil, TrainingJob.Status.completed] {
                        var query = TrainingJobQuery()
                        (query.sortKey, query.order) = (key, order)
                        (query.tuningJob, query.status) = (owner, status)
                        query.created.after = SampleJob.start
                        let expected = Self.selection(of: jobs, by: query)
                        for limit in [1, 7, expected.count, 100] {
                            query.limit = limit
                            let paged = try await allPages(of: query, in: store)
                            #expect(paged == expected, "\(query)")
                        }
                    }
                }
            }
        }
    }

    /// What a query selects, the simple way.
    private static func selection(
        of jobs: [(job: TrainingJob, value: Double?)], by query: TrainingJobQuery
    ) -> [TrainingJob] {
        let selected = jobs.filter { job, value in
            (query.tuningJob == nil || job.id.tuningJob == query.tuningJob)
                && (query.status == nil || job.status == query.status)
                && (query.created.after.map { job.creationTime > $0 } ?? true)
                && (query.sortKey != .objectiveValue || value != nil)
        }
        let sorted = selected.sorted { left, right in
            switch query.sortKey {
            case .name: left.job.name < right.job.name
            case .creationTime:
                (left.job.creationTime, left.job.name) < (right.job.creationTime, right.job.name)
            case .status:
                (left.job.status.rawValue, left.job.name)
                    < (right.job.status.rawValue, right.job.name)
            case .objectiveValue:
                (left.value ?? 0, left.job.name) < (right.value ?? 0, right.job.name)
            }
        }
        return (query.order == .ascending ? sorted : sorted.reversed()).map(\.job)
    }

    /// Stores two tuning jobs with 30 training jobs in all, with many ties.
    private func makeTrainingJobs(
        _ store: any TuningStore
    ) async throws -> [(job: TrainingJob, value: Double?)] {
        let values = [0.5, -3, 0.5, .infinity, 7, 0.5]
        var jobs: [(TrainingJob, Double?)] = []
        for number in 1...2 {
            var sample = SampleJob("job-\(number)", number: Int64(number))
            try await sample.create(in: store)
            for trial in 0..<15 {
                let value = values[trial % values.count]
                var events = [TuningEvent].sampleLife(
                    trial, value: value, after: Double(trial / 4))
                if trial % 5 == 4 { events.removeLast() }
                let change = try sample.change(events)
                try await store.append(change)
                let job = try #require(change.trainingJobs[trial])
                let isUsed = job.status.isFinished && value.isFinite
                jobs.append((job, isUsed ? value : nil))
            }
        }
        return jobs
    }

    private func allPages(
        of query: TrainingJobQuery, in store: any TuningStore
    ) async throws -> [TrainingJob] {
        var query = query
        var jobs: [TrainingJob] = []
        repeat {
            let page = try await store.trainingJobs(query)
            #expect(page.elements.count <= query.limit)
            #expect(page.next == nil || page.elements.count == query.limit)
            jobs += page.elements
            query.token = page.next
        } while query.token != nil
        return jobs
    }

    func checkTuningJobPages(_ store: any TuningStore) async throws {
        var jobs: [TuningJob] = []
        for number in 1...12 {
            var sample = SampleJob(
                "job-\(number * 7 % 12)-\(number)", number: Int64(number),
                age: Double(number / 3))
            try await sample.create(in: store)
            if number % 3 == 0 {
                try await sample.append([.finished(.completed, SampleJob.start)], to: store)
            }
            jobs.append(sample.state.job)
        }
        for key in TuningJobQuery.SortKey.allCases {
            for order in [Tuning.SortOrder.ascending, .descending] {
                var expected = jobs.sorted { left, right in
                    switch key {
                    case .name: left.name < right.name
                    case .creationTime:
                        (left.creationTime, left.name) < (right.creationTime, right.name)
                    case .status:
                        (left.status.rawValue, left.name) < (right.status.rawValue, right.name)
                    }
                }
                if order == .descending { expected.reverse() }
                var query = TuningJobQuery()
                (query.sortKey, query.order, query.limit) = (key, order, 5)
                var paged: [TuningJob] = []
                repeat {
                    let page = try await store.tuningJobs(query)
                    paged += page.elements
                    query.token = page.next
                } while query.token != nil
                #expect(paged == expected, "\(key) \(order)")
            }
        }
    }

    func checkGrowth(_ store: any TuningStore) async throws {
        var sample = SampleJob("growing", number: 1)
        try await sample.create(in: store)
        try await sample.append((0..<10).map { .sampleCreation($0) }, to: store)
        var query = TrainingJobQuery()
        query.limit = 4
        query.order = .descending
        var ordinals: [Trial.ID] = []
        repeat {
            let page = try await store.trainingJobs(query)
            ordinals += page.elements.map(\.id.ordinal)
            query.token = page.next
            let next = sample.state.job.trainingJobCounts.total
            try await sample.append([.sampleCreation(next, after: 5)], to: store)
        } while query.token != nil
        #expect(ordinals == (0..<10).reversed())
    }

    func checkObjectiveOrder(_ store: any TuningStore) async throws {
        var samples = [
            SampleJob("most", number: 1, direction: .maximize),
            SampleJob("least", number: 2, direction: .minimize),
            SampleJob("alone", number: 3, kind: .training),
        ]
        for index in samples.indices {
            try await samples[index].create(in: store)
            try await samples[index].append(.sampleLife(0, value: Double(index)), to: store)
        }
        let failure = Trial.Outcome.failed(TrainingFailure(.algorithm, "exit code 1"))
        try await samples[0].append(.sampleLife(1, value: 9, end: failure), to: store)
        try await samples[0].append(.sampleLife(2, value: .nan), to: store)
        try await samples[0].append(.sampleLife(3, value: -5), to: store)
        var query = TrainingJobQuery()
        query.sortKey = .objectiveValue
        let values = try await store.trainingJobs(query).elements.map {
            $0.finalMetrics["accuracy"]?.value
        }
        #expect(values == [-5, 0, 1])
    }

    func checkFilters(_ store: any TuningStore) async throws {
        let names = ["a_b", "axb", "a%b", "A_B-2"]
        for (index, name) in names.enumerated() {
            var sample = SampleJob(name, number: Int64(index + 1), age: Double(10 - index))
            try await sample.create(in: store)
            try await sample.append([.sampleCreation(0, after: Double(index))], to: store)
            if index == 1 {
                let end = Trial.Outcome.stopped(.tuningJobEnded, nil)
                try await sample.append(
                    [.sample(0, .finished(end)), .finished(.stopped, SampleJob.start)], to: store)
            }
        }
        func listed(_ restrict: (inout TuningJobQuery) -> Void) async throws -> [String] {
            var query = TuningJobQuery()
            query.sortKey = .creationTime
            restrict(&query)
            return try await store.tuningJobs(query).elements.map(\.name)
        }
        #expect(try await listed { $0.nameContains = "A_b" } == ["a_b", "A_B-2"])
        #expect(try await listed { $0.nameContains = "%" } == ["a%b"])
        #expect(try await listed { $0.nameContains = "\\" } == [])
        #expect(try await listed { $0.nameContains = "" } == names)
        #expect(try await listed { $0.status = .stopped } == ["axb"])
        #expect(try await listed { $0.status = .inProgress } == ["a_b", "a%b", "A_B-2"])
        let second = SampleJob.start.addingTimeInterval(-9)
        #expect(try await listed { $0.created.after = second } == ["a%b", "A_B-2"])
        #expect(try await listed { $0.created.before = second } == ["a_b"])
        let before = SampleJob.start.addingTimeInterval(-0.5)
        #expect(try await listed { $0.modified.after = before } == ["axb"])

        var query = TrainingJobQuery()
        query.created.after = SampleJob.start
        query.created.before = SampleJob.start.addingTimeInterval(3)
        query.nameContains = "B-001"
        let found = try await store.trainingJobs(query).elements
        #expect(found.map(\.id.tuningJob.rawValue) == [2, 3])
        query.status = .completed
        #expect(try await store.trainingJobs(query).elements.isEmpty)

        var alone = SampleJob("alone", number: 9, kind: .training)
        try await alone.create(in: store)
        try await alone.append([.sampleCreation(0)], to: store)
        query = TrainingJobQuery()
        query.kind = .training
        #expect(try await store.trainingJobs(query).elements.map(\.name) == ["alone"])
        query.kind = .tuning
        #expect(try await store.trainingJobs(query).elements.count == names.count)
    }

    func checkTokens(_ store: any TuningStore) async throws {
        var sample = SampleJob("digits", number: 1)
        try await sample.create(in: store)
        try await SampleJob("digits-2", number: 2).create(in: store)
        try await sample.append([.sampleCreation(0), .sampleCreation(1)], to: store)
        var query = TrainingJobQuery()
        query.limit = 1
        let token = try #require(try await store.trainingJobs(query).next)
        let garbage = ["", "x", "====", "AAAA", "W10", token.text + "A", "\u{1F4A5}"]
        for text in garbage {
            query.token = PageToken(text)
            await #expect(throws: StoreError.invalidPageToken, "\(text)") {
                try await store.trainingJobs(query)
            }
        }
        query.token = token
        query.order = .descending
        await #expect(throws: StoreError.invalidPageToken) { try await store.trainingJobs(query) }
        query.order = .ascending
        query.sortKey = .name
        await #expect(throws: StoreError.invalidPageToken) { try await store.trainingJobs(query) }
        var other = TuningJobQuery()
        other.sortKey = .creationTime
        other.token = token
        await #expect(throws: StoreError.invalidPageToken) { try await store.tuningJobs(other) }
        let isSafe = token.text.utf8.count <= 8_192 && !token.text.isEmpty
        #expect(isSafe)
    }

    func checkTags(_ store: any TuningStore) async throws {
        func tag(_ key: String, _ value: String) -> Tuning.Tag {
            Tuning.Tag(key: key, value: value)
        }
        var sample = SampleJob("digits", number: 1, tags: [tag("b", "1"), tag("a", "")])
        let job = TaggedResource.tuningJob(sample.id)
        func training(_ ordinal: Int) -> TaggedResource {
            .trainingJob(TrainingJob.ID(tuningJob: sample.id, ordinal: ordinal))
        }
        try await sample.create(in: store)
        #expect(try await store.tags(of: job) == [tag("a", ""), tag("b", "1")])
        try await sample.append([.sampleCreation(0)], to: store)
        #expect(try await store.tags(of: training(0)) == [tag("a", ""), tag("b", "1")])

        let updated = try await store.updateTags(
            of: job, adding: [tag("b", "2"), tag("c", "é")], removing: ["a", "unknown"])
        #expect(updated == [tag("b", "2"), tag("c", "é")])
        #expect(try await store.tags(of: job) == updated)
        try await sample.append([.sampleCreation(1)], to: store)
        try await sample.append([.sample(0, .started(attempt: 1, .toTheEnd))], to: store)
        #expect(try await store.tags(of: training(0)) == [tag("a", ""), tag("b", "1")])
        #expect(try await store.tags(of: training(1)) == updated)

        let own = try await store.updateTags(
            of: training(1), adding: [tag("a", "own")], removing: ["b", "c"])
        #expect(own == [tag("a", "own")])
        #expect(try await store.tags(of: job) == updated)
        #expect(
            try await store.updateTags(of: training(1), adding: [], removing: ["a"]).isEmpty)
    }
}
