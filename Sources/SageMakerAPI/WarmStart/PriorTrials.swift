import Tuning

/// Maps the training jobs of parents into the space of a tuning job.
///
/// - A hyperparameter has the value that it had in the parent, searched or static.
/// - A training job with a value outside the range, or of a category that is gone, is left out: to
///   move it would claim a cost that nobody has seen.
/// - A hyperparameter that was searched and is static now is no coordinate any more. The training
///   job stays, but where its value was another one its cost is not comparable.
/// - Completed training jobs count with their last cost, failed ones as failures. One that was
///   stopped says little about where it would have ended and is left out.
struct PriorTrials {
    private let definition: TrainingJobDefinition
    private let kind: WarmStart.Kind

    init(_ definition: TrainingJobDefinition, kind: WarmStart.Kind) {
        self.definition = definition
        self.kind = kind
    }

    /// The trials of parents, in their order.
    func trials(of parents: [ParentTuningJob]) -> [PriorTrial] {
        parents.enumerated().flatMap { index, parent in
            parent.trainingJobs.sorted { $0.id.ordinal < $1.id.ordinal }.compactMap {
                trial($0, of: parent.specification, parent: index)
            }
        }
    }

    private func trial(
        _ training: TrainingJob, of specification: TuningJobSpecification, parent: Int
    ) -> PriorTrial? {
        let cost: Cost?
        switch training.status {
        case .completed: cost = training.objectiveStatus == .succeeded ? training.cost : nil
        case .failed where training.failure?.cause == .algorithm: cost = nil
        case .failed, .stopped, .inProgress, .stopping: return nil
        }
        let other = specification.definitions[training.definition]
        let values = other.hyperparameters(with: training.tuned)
        let names = Set(definition.searchSpace.parameters.map(\.name))
        let own = values.filter { names.contains($0.key) }
        guard let hyperparameters = try? definition.searchSpace.hyperparameters(own) else {
            return nil
        }
        let isSame = definition.staticHyperparameters.allSatisfy { name, value in
            values[name] == value || other.searchSpace.isSame(value, values[name], for: name)
        }
        return PriorTrial(
            parent: parent, hyperparameters: hyperparameters, cost: cost,
            isComparable: kind == .identicalDataAndAlgorithm && isSame)
    }
}

extension SearchSpace {
    /// Whether two texts are the same value of a parameter, such as `0.10` and `1e-1`.
    fileprivate func isSame(_ left: String, _ right: String?, for name: Parameter.Name) -> Bool {
        guard let right, let domain = parameters.first(where: { $0.name == name })?.domain else {
            return false
        }
        return domain.canonicalText(of: left).map { $0 == domain.canonicalText(of: right) } ?? false
    }
}
