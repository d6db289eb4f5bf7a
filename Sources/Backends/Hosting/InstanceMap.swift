import Tuning

/// What training jobs get of an engine, by the types of instances they ask for; the first entry
/// that fits counts.
package struct InstanceMap<Resources: Hashable & Sendable>: Hashable, Sendable {
    private struct Entry: Hashable {
        let type: NamePattern
        let resources: Resources
    }

    private let entries: [Entry]

    /// Takes patterns of types and what they stand for, in the order in which they are tried.
    package init(_ entries: [(type: String, resources: Resources)] = []) {
        self.entries = entries.map {
            Entry(type: NamePattern($0.type), resources: $0.resources)
        }
    }

    /// What a definition gets; `nil` when no entry fits. Where it names no type, only `*` fits.
    package func resources(for definition: TrainingJobDefinition) -> Resources? {
        let type = definition.instanceType ?? ""
        return entries.first { $0.type.fits(type) }?.resources
    }
}

extension TrainingJobDefinition {
    /// Why an engine that gives each training job one node cannot run this, for the client; `nil`
    /// when one is enough.
    ///
    /// - Parameter runner: What runs it, at the beginning of a sentence.
    package func problem(onOneNodeOf runner: String) -> String? {
        guard instanceCount > 1 else { return nil }
        return "InstanceCount: \(runner) runs a training job on one instance, and \(instanceCount)"
            + " are asked for. Ask for one, or have a backend run it that has several, such as"
            + " Slurm or SageMaker."
    }
}
