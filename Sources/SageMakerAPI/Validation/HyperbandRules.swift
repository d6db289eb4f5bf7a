import Tuning

/// How Hyperband compares training jobs, from its settings and the definitions.
enum HyperbandRules {
    /// The static hyperparameters that say how long training is, the first that is there counts.
    static let epochNames = ["epochs", "numepochs", "n-epochs", "n_epochs", "num_epochs"]

    private static let place = "HyperbandStrategyConfig"

    /// Makes the plan; `nil` when something is wrong.
    static func plan(
        _ config: JSONValue?, definitions: [TrainingJobDefinition], tags: [Tag],
        problems: inout Problems
    ) -> HyperbandPlan? {
        let settings = config?["StrategyConfig"]?[place]
        let epochs = definitions.map(epochs)
        let least = settings?["MinResource"]?.integer ?? 1
        guard
            let most = settings?["MaxResource"]?.integer
                ?? inferred(epochs, problems: &problems)
        else { return nil }
        let limit = HyperbandPlan.resourceLimit.units
        if most > limit {
            problems.add("\(place): MaxResource [\(most)] must not be greater than \(limit).")
            return nil
        }
        if least > most {
            // Where both are given, this has been said.
            if settings?["MaxResource"] == nil {
                problems.add(
                    "\(place): MinResource [\(least)] must not be greater than MaxResource "
                        + "[\(most)], which is taken from the static hyperparameters.")
            }
            return nil
        }
        return HyperbandPlan(
            resourceMin: Resource(least), resourceMax: Resource(most),
            pausesTrials: definitions.allSatisfy { $0.envelope["CheckpointConfig"] != nil },
            endsByItself: epochs.allSatisfy { $0.map { $0 <= most } ?? false },
            source: source(in: tags, problems: &problems))
    }

    /// The tag that says where Hyperband's configurations come from: `model`, or `random` for the
    /// draws of the real service.
    static let sourceKey = "tuner:hyperband-source"

    private static func source(
        in tags: [Tag], problems: inout Problems
    ) -> HyperbandPlan.Source {
        guard let tag = tags.first(where: { $0.key == sourceKey }) else { return .model }
        if let source = HyperbandPlan.Source(rawValue: tag.value) { return source }
        problems.add("Tag \(sourceKey): '\(tag.value)' must be model or random.")
        return .model
    }

    /// The greatest resource where none is given: how long every definition trains.
    private static func inferred(_ epochs: [Int?], problems: inout Problems) -> Int? {
        let names = epochNames.joined(separator: ", ")
        guard let first = epochs.first, let most = first, epochs.allSatisfy({ $0 != nil }) else {
            problems.add(
                "Strategy Hyperband needs \(place).MaxResource, or a whole number in one of the "
                    + "static hyperparameters [\(names)], from which it is taken.")
            return nil
        }
        if epochs.contains(where: { $0 != most }) {
            problems.add(
                "Strategy Hyperband: the definitions have different numbers in the static "
                    + "hyperparameters [\(names)]; give \(place).MaxResource.")
            return nil
        }
        return most
    }

    /// How many epochs a definition's static hyperparameters ask for.
    private static func epochs(_ definition: TrainingJobDefinition) -> Int? {
        let name = epochNames.first { definition.staticHyperparameters[$0] != nil }
        guard let text = name.flatMap({ definition.staticHyperparameters[$0] }) else { return nil }
        // The client of script mode quotes values as JSON.
        let bare =
            text.count > 1 && text.hasPrefix("\"") && text.hasSuffix("\"")
            ? String(text.dropFirst().dropLast()) : text
        return Int(bare).flatMap { $0 >= 1 ? $0 : nil }
    }
}
