import Tuning

/// What an algorithm says about the training jobs that are made from it.
struct AlgorithmRules {
    /// The program.
    let image: String
    /// What is read from its output.
    let metrics: [MetricDefinition]
    /// What its hyperparameters may be.
    let hyperparameters: HyperparameterRules
    private let specification: JSONValue

    /// Reads a `TrainingSpecification`, noting everything that is wrong with it.
    init(specification: JSONValue?, problems: inout Problems) {
        self.specification = specification ?? [:]
        image = specification?["TrainingImage"]?.string ?? ""
        metrics = TrainingRules.metrics(specification, problems: &problems)
        hyperparameters = HyperparameterRules(
            wire: specification?["SupportedHyperParameters"], problems: &problems)
    }

    /// The rules of a stored algorithm, whose request was checked when it was created.
    init(_ algorithm: Algorithm) {
        var problems = Problems()
        self.init(
            specification: algorithm.request["TrainingSpecification"], problems: &problems)
    }

    /// Checks the parts of the specification against each other.
    func checkSpecification(problems: inout Problems) {
        for (list, member) in [("MetricDefinitions", "Name"), ("TrainingChannels", "Name")] {
            var seen: Set<String> = []
            for name in (specification[list]?.array ?? []).compactMap({ $0[member]?.string })
            where !seen.insert(name).inserted {
                problems.add("\(list): '\(name)' is given twice; names must be unique.")
            }
        }
    }
}

// MARK: - Hyperparameters and objectives

extension AlgorithmRules {
    /// Checks the hyperparameters of a definition and fills in the defaults.
    func complete(
        _ values: [Parameter.Name: String], space: SearchSpace = .empty,
        problems: inout Problems
    ) -> [Parameter.Name: String] {
        for problem in hyperparameters.problems(static: values, space: space) {
            problems.add(problem.description)
        }
        return hyperparameters.withDefaults(static: values, space: space)
    }

    /// What is searched when no ranges are given: everything tunable that has no fixed value.
    func searchSpace(fixed: [Parameter.Name: String]) -> SearchSpace {
        let parameters = hyperparameters.searchSpace().parameters
        return (try? SearchSpace(parameters.filter { fixed[$0.name] == nil })) ?? .empty
    }

    /// Checks that an objective is one that the algorithm supports, name and direction.
    func check(_ objective: Objective, at place: String, problems: inout Problems) {
        let supported = specification["SupportedTuningJobObjectiveMetrics"]?.array ?? []
        let isSupported = supported.contains {
            $0["MetricName"]?.string == objective.metric
                && $0["Type"]?.string == objective.direction.rawValue
        }
        guard !isSupported else { return }
        let choices = supported.map {
            "\($0["Type"]?.string ?? "") \($0["MetricName"]?.string ?? "")"
        }
        problems.add(
            "\(place): the algorithm does not support the objective "
                + "\(objective.direction.rawValue) \(objective.metric); it supports "
                + "[\(choices.joined(separator: ", "))].")
    }
}

// MARK: - Resources and channels

extension AlgorithmRules {
    /// Checks the resources and the input of a training job or definition.
    func check(_ definition: JSONValue, at place: String, problems: inout Problems) {
        for member in ["ResourceConfig", "HyperParameterTuningResourceConfig"] {
            if let config = definition[member] {
                checkResources(config, at: "\(place)\(member)", problems: &problems)
            }
        }
        let channels = specification["TrainingChannels"]?.array ?? []
        let known = Dictionary(
            channels.map { ($0["Name"]?.string ?? "", $0) }, uniquingKeysWith: { first, _ in first }
        )
        let given = definition["InputDataConfig"]?.array ?? []
        let mode = definition["AlgorithmSpecification"]?["TrainingInputMode"]?.string ?? ""
        for channel in given {
            let name = channel["ChannelName"]?.string ?? ""
            let place = "\(place)InputDataConfig: channel '\(name)'"
            guard let rule = known[name] else {
                let names = known.keys.sorted().joined(separator: ", ")
                problems.add("\(place) is not one of the algorithm's [\(names)].")
                continue
            }
            check(channel, rule, at: place, mode: mode, problems: &problems)
        }
        let names = Set(given.compactMap { $0["ChannelName"]?.string })
        for (name, rule) in known.sorted(by: { $0.key < $1.key })
        where rule["IsRequired"] == true && !names.contains(name) {
            problems.add(
                "\(place)InputDataConfig: channel '\(name)' is required by the algorithm.")
        }
    }

    private func checkResources(
        _ config: JSONValue, at place: String, problems: inout Problems
    ) {
        let groups = config["InstanceGroups"]?.array ?? []
        let alternatives = config["InstanceConfigs"]?.array ?? []
        let supported = specification["SupportedTrainingInstanceTypes"]?.array ?? []
        for type in ([config] + groups + alternatives).compactMap({ $0["InstanceType"]?.string })
        where !supported.contains(.string(type)) {
            let types = supported.compactMap(\.string).joined(separator: ", ")
            problems.add(
                "\(place): the algorithm does not support instance type '\(type)'; it supports "
                    + "[\(types)].")
        }
        guard specification["SupportsDistributedTraining"] != true else { return }
        let counts = ([config] + alternatives).map { $0["InstanceCount"]?.integer ?? 1 }
        let inGroups = groups.reduce(0) { $0 + ($1["InstanceCount"]?.integer ?? 1) }
        for count in counts + [inGroups] where count > 1 {
            problems.add(
                "\(place): the algorithm does not support distributed training; give it one "
                    + "instance, not \(count).")
        }
    }

    private func check(
        _ channel: JSONValue, _ rule: JSONValue, at place: String, mode: String,
        problems: inout Problems
    ) {
        func check(_ value: String?, _ noun: String, in list: String) {
            guard let value else { return }
            let supported = (rule[list]?.array ?? []).compactMap(\.string)
            if !supported.contains(value) {
                problems.add(
                    "\(place): the algorithm does not support \(noun) '\(value)' there; it "
                        + "supports [\(supported.joined(separator: ", "))].")
            }
        }
        check(channel["ContentType"]?.string, "content type", in: "SupportedContentTypes")
        let compression = channel["CompressionType"]?.string
        check(
            compression == "None" ? nil : compression, "compression type",
            in: "SupportedCompressionTypes")
        check(channel["InputMode"]?.string ?? mode, "input mode", in: "SupportedInputModes")
    }
}
