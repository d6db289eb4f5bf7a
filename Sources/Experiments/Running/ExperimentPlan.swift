import Foundation
import Stores
import Tuning

/// An experiment, whatever the types of its parameters: checked, and ready to run.
package struct ExperimentPlan: Sendable {
    /// What is searched, and how.
    package let specification: TuningJobSpecification
    /// What is optimised.
    package let objective: Objective
    /// The parameters, in their order.
    let tunables: [AnyTunable]
    /// Where trials and decisions are kept.
    let location: ExperimentLocation

    /// Checks what was asked for.
    ///
    /// - Throws: `SearchSpaceError`, `ExperimentError`.
    init(
        _ name: String, _ direction: Objective.Direction, _ tunables: [AnyTunable],
        strategy: ExperimentStrategy, trials: Int, parallel: Int, target: Double?, seed: UInt64?,
        location: ExperimentLocation
    ) throws {
        guard Self.isName(name) else { throw ExperimentError.name(name) }
        guard trials >= 1 else { throw ExperimentError.count("trials", trials) }
        guard parallel >= 1 else { throw ExperimentError.count("parallel", parallel) }
        guard !tunables.isEmpty else { throw ExperimentError.noParameters }
        let space = try SearchSpace(tunables.map(\.parameter))
        let plan = strategy.plan
        if case .fullTraining(.grid(let levels)) = plan { _ = try Grid(space, levels: levels) }
        objective = Objective(direction, ClosureBackend.metric)
        self.tunables = tunables
        self.location = location
        specification = TuningJobSpecification(
            name: name,
            definitions: [
                TrainingJobDefinition(
                    searchSpace: space, objective: objective, image: ClosureBackend.image,
                    stoppingCondition: StoppingCondition(runtimeMax: .seconds(Int32.max)))
            ],
            plan: plan,
            limits: ResourceLimits(trainingJobCountMax: trials, parallelCountMax: parallel),
            criteria: CompletionCriteria(targetCost: target.flatMap(objective.cost)),
            seed: seed)
    }

    /// Reads the values of hyperparameters.
    package func reader(of texts: [Parameter.Name: String]) -> ValueReader {
        ValueReader(tunables: tunables, texts: texts, name: name)
    }

    /// The hyperparameters that values of the parameters, in their order, make.
    ///
    /// - Throws: `SearchSpaceError` for values that the parameters cannot have.
    func hyperparameters(of values: [any Sendable]) throws -> Hyperparameters {
        var texts: [Parameter.Name: String] = [:]
        for (tunable, value) in zip(tunables, values) {
            texts[tunable.parameter.name] = tunable.write(value)
        }
        return try specification.definitions[0].searchSpace.hyperparameters(texts)
    }

    /// The same, for trials that are asked for, and not run here.
    ///
    /// - Parameter pausing: Whether Hyperband pauses trials and resumes them, in place of stopping.
    func specificationOfAsking(pausing: Bool) -> TuningJobSpecification {
        var plan = specification.plan
        if pausing, case .hyperband(let hyperband) = plan {
            plan = .hyperband(
                HyperbandPlan(
                    resourceMin: hyperband.resourceMin, resourceMax: hyperband.resourceMax,
                    reductionFactor: hyperband.reductionFactor, pausesTrials: true,
                    endsByItself: hyperband.endsByItself, source: hyperband.source))
        }
        let definition = specification.definitions[0]
        return TuningJobSpecification(
            name: name,
            definitions: [
                TrainingJobDefinition(
                    searchSpace: definition.searchSpace, objective: objective,
                    image: AskedExperiment.image,
                    stoppingCondition: definition.stoppingCondition)
            ],
            plan: plan, limits: specification.limits, criteria: specification.completionCriteria,
            seed: specification.seed)
    }

    /// The name.
    package var name: String { specification.name }

    /// Opens the store that trials and decisions are kept in.
    ///
    /// - Throws: `StoreError`.
    func store() throws(StoreError) -> SQLiteTuningStore {
        switch location {
        case .memory: try SQLiteTuningStore()
        case .directory(let directory): try SQLiteTuningStore(directory: directory)
        }
    }

    /// Names as the API has them, so that every tool finds the experiment.
    private static func isName(_ name: String) -> Bool {
        let isShort = (1...32).contains(name.utf8.count)
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        return isShort && isPlain && !name.hasPrefix("-") && !name.hasSuffix("-")
    }
}

/// A parameter without the type of its values.
struct AnyTunable: Sendable {
    /// The name and the values it may take.
    let parameter: Parameter
    /// Reads a value from its canonical text.
    let read: @Sendable (String) -> (any Sendable)?
    /// Writes a value as a text; `nil` for one of another type.
    let write: @Sendable (any Sendable) -> String?

    init<Value>(_ tunable: Tunable<Value>) {
        parameter = tunable.parameter
        read = { tunable.read($0) }
        write = { ($0 as? Value).map(tunable.write) }
    }
}

/// Reads the values of a trial's hyperparameters, one parameter after another.
package struct ValueReader {
    fileprivate let tunables: [AnyTunable]
    fileprivate let texts: [Parameter.Name: String]
    fileprivate let name: String
    private var index = 0

    fileprivate init(tunables: [AnyTunable], texts: [Parameter.Name: String], name: String) {
        self.tunables = tunables
        self.texts = texts
        self.name = name
    }

    /// The value of the next parameter, which has this type.
    ///
    /// - Throws: `ExperimentError.notOfThisSpace` for hyperparameters of another experiment.
    package mutating func next<Value>(_ type: Value.Type) throws -> Value {
        defer { index += 1 }
        let tunable = tunables[index]
        guard let text = texts[tunable.parameter.name], let value = tunable.read(text) as? Value
        else { throw ExperimentError.notOfThisSpace(name: name) }
        return value
    }
}
