import Foundation
import Testing
import Tuning

extension StoreConformance {
    func checkDoubles(_ store: any TuningStore) async throws {
        var random = SeededGenerator(seed: 20_240_229)
        var values = [
            0, -0.0, 1, 0.1, 1.0 / 3, 1e-5, 1e16, 1e22, 1e300, 123_456_789.123_456_789,
            9_007_199_254_740_992, .pi, .leastNonzeroMagnitude, -.leastNormalMagnitude,
            .greatestFiniteMagnitude, .infinity, -.infinity, .nan,
        ]
        values += (0..<500).map { _ in Double(bitPattern: random.next()) }

        var sample = SampleJob("doubles", number: 1)
        try await sample.create(in: store)
        let reports = values.map { MetricReport.sample(["loss": $0, "accuracy": $0]) }
        let change = try sample.change([
            .sampleCreation(0), .sample(0, .started(attempt: 1, .toTheEnd)),
            .sample(0, .reported(reports, ReportMark("end"))),
        ])
        try await store.append(change)
        let last = try #require(
            try await store.events(of: sample.id, after: nil, limit: 10).last)
        guard case .trial(let event) = last.event, case .reported(let stored, _) = event.change
        else {
            Issue.record("\(last.event) is no report")
            return
        }
        #expect(stored.count == values.count)
        for (value, report) in zip(values, stored) {
            #expect(report.values["loss"]?.isSame(as: value) == true, "\(value)")
            #expect(report.isObjective)
            #expect(report.cost == Cost(-value))
        }

        for value in values.prefix(50) {
            let change = try sample.change([
                .sample(0, .reported([.sample(["loss": value])], ReportMark("end")))
            ])
            try await store.append(change)
            let id = TrainingJob.ID(tuningJob: sample.id, ordinal: 0)
            let stored = try await store.trainingJob(id)?.finalMetrics["loss"]?.value
            #expect(stored?.isSame(as: value) == true, "\(value)")
        }
    }

    func checkPositions(_ store: any TuningStore) async throws {
        var samples = [SampleJob("a", number: 1), SampleJob("b", number: 2)]
        for sample in samples { try await sample.create(in: store) }
        for trial in 0..<20 {
            for index in samples.indices {
                try await samples[index].append([.sampleCreation(trial)], to: store)
            }
        }
        for sample in samples {
            let all = try await store.events(of: sample.id, after: nil, limit: 100)
            #expect(all.map(\.event) == (0..<20).map { .sampleCreation($0) })
            #expect(all.map(\.position) == all.map(\.position).sorted())
            #expect(Set(all.map(\.position)).count == 20)
            var paged: [StoredEvent] = []
            while true {
                let page = try await store.events(
                    of: sample.id, after: paged.last?.position, limit: 7)
                if page.isEmpty { break }
                #expect(page.count <= 7)
                paged += page
            }
            #expect(paged == all)
        }
    }

    func checkLargeBatch(_ store: any TuningStore) async throws {
        var sample = SampleJob("large", number: 1)
        try await sample.create(in: store)
        let creations = (0..<1_500).map { TuningEvent.sampleCreation($0) }
        try await sample.append(creations, to: store)
        let reports = (1...1_000).map { number in
            MetricReport.sample(["accuracy": Double(number) / 3, "loss": 1e-9], number: number)
        }
        let batch: [TuningEvent] = [
            .sample(0, .started(attempt: 1, .toTheEnd)),
            .sample(0, .reported(reports, ReportMark("1000"))),
        ]
        try await sample.append(batch, to: store)
        let stored = try await store.events(of: sample.id, after: nil, limit: 2_000)
        #expect(stored.map(\.event) == creations + batch)
        var query = TrainingJobQuery()
        query.limit = 2_000
        #expect(try await store.trainingJobs(query).elements.count == 1_500)
    }

    func checkUnfinished(_ store: any TuningStore) async throws {
        var finished = SampleJob("finished", number: 1, age: 1)
        let stopping = SampleJob("stopping", number: 2, age: 3)
        let alone = SampleJob("alone", number: 3, kind: .training, age: 2)
        for sample in [finished, stopping, alone] { try await sample.create(in: store) }
        try await finished.append([.finished(.completed, SampleJob.start)], to: store)
        #expect(
            try await store.unfinishedTuningJobs() == [stopping.state.job, alone.state.job])
    }

    func checkConcurrency(_ store: any TuningStore) async throws {
        let callerCount = 200
        let appendCount = 3
        let sample = SampleJob("busy", number: 1)
        try await sample.create(in: store)
        try await withThrowingTaskGroup { group in
            for caller in 0..<callerCount {
                group.addTask {
                    for number in 0..<appendCount {
                        let event = TuningEvent.sample(
                            caller, .entered(.training, message: "\(number)"))
                        try await store.append(
                            TuningJobChange(job: sample.state.job, events: [event]))
                        let stored = try await store.events(
                            of: sample.id, after: nil, limit: callerCount * appendCount)
                        #expect(stored.contains { $0.event == event })
                    }
                }
            }
            try await group.waitForAll()
        }
        let stored = try await store.events(of: sample.id, after: nil, limit: 1_000)
        #expect(stored.count == callerCount * appendCount)
        for caller in 0..<callerCount {
            let messages = stored.compactMap { stored -> String? in
                guard case .trial(let event) = stored.event, event.trial == caller,
                    case .entered(_, let message) = event.change
                else { return nil }
                return message
            }
            #expect(messages == ["0", "1", "2"])
        }
    }

    func checkFailureAlone(_ store: any TuningStore) async throws {
        let unknown = SampleJob("unknown", number: 1)
        let samples = (2..<60).map { SampleJob("job-\($0)", number: $0) }
        try await samples[0].create(in: store)
        await withTaskGroup { group in
            for sample in samples.dropFirst() {
                group.addTask {
                    do { try await sample.create(in: store) } catch { Issue.record(error) }
                }
                group.addTask {
                    await #expect(throws: StoreError.notFound(name: "unknown")) {
                        try await store.append(TuningJobChange(job: unknown.state.job))
                    }
                }
                group.addTask {
                    await #expect(throws: StoreError.alreadyExists(name: "job-2")) {
                        try await samples[0].create(in: store)
                    }
                }
            }
        }
        var query = TuningJobQuery()
        query.limit = 100
        let names = try await store.tuningJobs(query).elements.map(\.name)
        #expect(Set(names) == Set(samples.map(\.state.job.name)))
    }
}

extension Double {
    /// Whether two doubles have the same bits, or are both NaN.
    fileprivate func isSame(as other: Double) -> Bool {
        bitPattern == other.bitPattern || (isNaN && other.isNaN)
    }
}
