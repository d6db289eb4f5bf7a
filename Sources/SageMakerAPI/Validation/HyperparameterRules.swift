import Tuning

/// The hyperparameters of a tuning job's training jobs, static and searched together.
enum HyperparameterRules {
    /// The most hyperparameters that one training job may have.
    static let countMax = 100

    private static let objective = TrainingJobDefinition.objectiveHyperparameter

    /// Checks one definition.
    ///
    /// - Parameters:
    ///   - fixed: Its static hyperparameters.
    ///   - ranges: The `ParameterRanges` of the wire that it searches.
    ///   - place: Where the definition is, for messages.
    static func check(
        fixed: [String: String], ranges: JSONValue?, at place: String, problems: inout Problems
    ) {
        let searched = SearchSpaceRules.names(in: ranges)
        checkCount(fixed: fixed, searched: searched, at: place, problems: &problems)
        checkObjective(searched: searched, at: place, problems: &problems)
        CredentialRules.check(fixed, at: "\(place).StaticHyperParameters", problems: &problems)
        CredentialRules.check(ranges: ranges, at: place, problems: &problems)
    }

    /// Every training job gets the name of the objective as one more hyperparameter.
    private static func checkCount(
        fixed: [String: String], searched: [String], at place: String, problems: inout Problems
    ) {
        let count = Set(fixed.keys).union(searched).union([objective]).count
        guard count > countMax else { return }
        problems.add(
            "\(place) has \(count) hyperparameters, static, searched and \(objective), but a "
                + "training job may have \(countMax).")
    }

    /// That hyperparameter says what the objective is, so nothing can search it.
    private static func checkObjective(
        searched: [String], at place: String, problems: inout Problems
    ) {
        guard searched.contains(objective) else { return }
        problems.add("\(place): \(objective) is set by the service; it cannot have a range.")
    }
}
