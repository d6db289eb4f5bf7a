import Foundation
import Testing
import Tuning

extension StoreConformance {
    func checkAlgorithms(_ store: any TuningStore) async throws {
        let algorithm = Self.algorithm("Trees-1", validationJob: "Trees-1-p")
        let tags = [Tuning.Tag(key: "b", value: ""), Tuning.Tag(key: "a", value: "é")]
        try await store.create(algorithm, tags: tags, validation: nil)
        #expect(try await store.algorithm(named: "trees-1") == algorithm)
        #expect(try await store.algorithm(validatedBy: "Trees-1-p") == algorithm)
        #expect(try await store.algorithm(validatedBy: "Trees-1") == nil)
        #expect(try await store.algorithm(named: "trees") == nil)
        await #expect(throws: StoreError.alreadyExists(name: "TREES-1")) {
            try await store.create(Self.algorithm("TREES-1"), tags: [], validation: nil)
        }

        let resource = TaggedResource.algorithm("trees-1")
        #expect(try await store.tags(of: resource) == tags.reversed())
        let changed = try await store.updateTags(
            of: resource, adding: [.init(key: "b", value: "2")], removing: ["a"])
        #expect(changed == [.init(key: "b", value: "2")])
        #expect(try await store.tags(of: resource) == changed)

        let settled = Algorithm(
            name: algorithm.name, arn: algorithm.arn, creationTime: algorithm.creationTime,
            request: algorithm.request, validationJob: algorithm.validationJob, status: .failed,
            validations: [
                .init(name: "p", kind: .training, status: .failed, reason: "no \"data\"\n"),
                .init(name: "p-transform", kind: .transform),
            ])
        try await store.update(settled)
        #expect(try await store.algorithm(named: "Trees-1") == settled)

        try await store.deleteAlgorithm(named: "trees-1")
        #expect(try await store.algorithm(named: "Trees-1") == nil)
        #expect(try await store.tags(of: resource) == nil)
        await expectNotFound { try await store.deleteAlgorithm(named: "Trees-1") }
        await expectNotFound { try await store.update(settled) }
        await expectNotFound {
            _ = try await store.updateTags(of: resource, adding: [], removing: [])
        }
    }

    func checkAlgorithmCreation(_ store: any TuningStore) async throws {
        var job = SampleJob("trees-p", number: 1, kind: .training)
        let change = try job.change([.sampleCreation(0)])
        let validation = NewTuningJob(change, specification: job.state.specification)
        let algorithm = Self.algorithm("trees", validationJob: "trees-p")
        try await store.create(algorithm, tags: [], validation: validation)
        #expect(try await store.trainingJob(named: "trees-p") == change.trainingJobs[0])
        #expect(try await store.unfinishedTuningJobs() == [change.job])

        let other = Self.algorithm("other", validationJob: "trees-p")
        await #expect(throws: StoreError.self) {
            try await store.create(other, tags: [], validation: validation)
        }
        #expect(try await store.algorithm(named: "other") == nil)
        try await store.deleteAlgorithm(named: "trees")
        #expect(try await store.trainingJob(named: "trees-p") == change.trainingJobs[0])
    }

    func checkAlgorithmPages(_ store: any TuningStore) async throws {
        let names = ["b", "A-x", "c-X", "a", "d"]
        for (index, name) in names.enumerated() {
            let algorithm = Self.algorithm(name, age: Double(index / 2))
            try await store.create(algorithm, tags: [], validation: nil)
        }
        let ages = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, -($0 / 2)) })
        let expected: [AlgorithmQuery.SortKey: [String]] = [
            .name: names.sorted(),
            .creationTime: names.sorted { (ages[$0]!, $0) < (ages[$1]!, $1) },
        ]
        for (key, order) in expected {
            for limit in 1...6 {
                var query = AlgorithmQuery()
                (query.sortKey, query.limit) = (key, limit)
                #expect(try await listed(query, in: store) == order)
                query.order = .descending
                #expect(try await listed(query, in: store) == order.reversed())
            }
        }
        var query = AlgorithmQuery()
        query.sortKey = .name
        query.nameContains = "X"
        #expect(try await listed(query, in: store) == ["A-x", "c-X"])
        query.nameContains = nil
        query.created.after = SampleJob.start.addingTimeInterval(-1.5)
        query.created.before = SampleJob.start.addingTimeInterval(-0.5)
        #expect(try await listed(query, in: store) == ["a", "c-X"])
        query.token = PageToken("none")
        await #expect(throws: StoreError.invalidPageToken) {
            _ = try await store.algorithms(query)
        }
    }

    private func listed(
        _ query: AlgorithmQuery, in store: any TuningStore
    ) async throws -> [String] {
        var query = query
        var names: [String] = []
        repeat {
            let page = try await store.algorithms(query)
            #expect(page.elements.count <= query.limit)
            names += page.elements.map(\.name)
            query.token = page.next
        } while query.token != nil
        return names
    }

    func checkAmendments(_ store: any TuningStore) async throws {
        var sample = SampleJob("digits", number: 1)
        try await sample.create(in: store)
        try await sample.append(.sampleLife(0, value: 1) + .sampleLife(1, value: 1), to: store)
        let id = TrainingJob.ID(tuningJob: sample.id, ordinal: 0)
        #expect(try await store.amendment(of: id).isEmpty)
        try await store.amend(id, setting: ["a": 1, "b": ["x": 0.5]])
        try await store.amend(id, setting: ["b": ["y": "é"]])
        #expect(try await store.amendment(of: id) == ["a": 1, "b": ["y": "é"]])
        let other = TrainingJob.ID(tuningJob: sample.id, ordinal: 1)
        #expect(try await store.amendment(of: other).isEmpty)
        try await store.deleteTrainingJob(id)
        #expect(try await store.amendment(of: id).isEmpty)
        await expectNotFound { try await store.amend(id, setting: ["a": 1]) }
    }

    /// An algorithm that was created some seconds before the start.
    private static func algorithm(
        _ name: String, validationJob: String? = nil, age: Double = 0
    ) -> Algorithm {
        Algorithm(
            name: name,
            arn: "arn:aws:sagemaker:us-east-1:123456789012:algorithm/\(name.lowercased())",
            creationTime: SampleJob.start.addingTimeInterval(-age),
            request: ["TrainingSpecification": ["TrainingImage": "é \"x\"", "n": 0.1]],
            validationJob: validationJob,
            validations: validationJob.map { [.init(name: $0, kind: .training)] } ?? [])
    }
}
