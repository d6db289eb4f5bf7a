import Tuning

/// What an `AlgorithmSpecification` says is trained: an image, or an algorithm with its image.
struct TrainingSource {
    /// The training image; empty where none could be found.
    let image: String
    /// What is read from the program's output; an algorithm's definitions come before others.
    let metrics: [MetricDefinition]
    /// What the algorithm demands; `nil` where an image is given.
    let rules: AlgorithmRules?

    /// Reads a specification whose shape has been checked.
    ///
    /// - Parameters:
    ///   - place: Where it is, for messages.
    ///   - algorithms: The algorithms that the request names; all of them are known.
    init(
        _ specification: JSONValue?, at place: String, algorithms: KnownAlgorithms,
        problems: inout Problems
    ) {
        let given = specification?["TrainingImage"]?.string ?? ""
        let own = TrainingRules.metrics(specification, problems: &problems)
        guard let reference = specification?.algorithm else {
            if given.isEmpty {
                problems.add("\(place) has no TrainingImage; it says which program is trained.")
            }
            (image, metrics, rules) = (given, own, nil)
            return
        }
        if !given.isEmpty {
            problems.add("\(place) has both TrainingImage and AlgorithmName; give exactly one.")
        }
        guard let algorithm = algorithms[reference] else {
            preconditionFailure("algorithm \(reference.text) was not looked for")
        }
        let rules = AlgorithmRules(algorithm)
        let names = Set(rules.metrics.map(\.name))
        image = rules.image
        metrics = rules.metrics + own.filter { !names.contains($0.name) }
        self.rules = rules
    }
}
