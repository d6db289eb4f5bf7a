import Tuning

/// What the config of a tuning job may say beside its strategy.
enum StrategyRules {
    private static let hyperband = "Hyperband"

    /// Checks the config of a tuning job.
    static func check(_ config: JSONValue?, problems: inout Problems) {
        let strategy = config?["Strategy"]?.string ?? ""
        checkStrategyConfig(config, strategy: strategy, problems: &problems)
        checkResources(config, problems: &problems)
        checkEarlyStopping(config, strategy: strategy, problems: &problems)
    }

    /// Only Hyperband has settings of its own.
    private static func checkStrategyConfig(
        _ config: JSONValue?, strategy: String, problems: inout Problems
    ) {
        guard config?["StrategyConfig"] != nil, strategy != hyperband else { return }
        problems.add("StrategyConfig is only for Strategy Hyperband; leave it out.")
    }

    /// The most that a training job may use is at least the least.
    private static func checkResources(_ config: JSONValue?, problems: inout Problems) {
        let resources = config?["StrategyConfig"]?["HyperbandStrategyConfig"]
        guard let least = resources?["MinResource"]?.integer,
            let most = resources?["MaxResource"]?.integer, least > most
        else { return }
        problems.add(
            "HyperbandStrategyConfig: MinResource [\(least)] must not be greater than MaxResource "
                + "[\(most)].")
    }

    /// Hyperband has early stopping of its own.
    private static func checkEarlyStopping(
        _ config: JSONValue?, strategy: String, problems: inout Problems
    ) {
        guard config?["TrainingJobEarlyStoppingType"]?.string == "Auto", strategy == hyperband
        else { return }
        problems.add(
            "TrainingJobEarlyStoppingType must be Off with Strategy Hyperband, which stops "
                + "training jobs itself.")
    }
}
