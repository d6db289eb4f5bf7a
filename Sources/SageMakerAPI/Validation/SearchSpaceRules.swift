import Tuning

/// What a definition searches: its ranges as a search space.
struct SearchSpaceRules {
    /// The most hyperparameters that all ranges of a tuning job may have together.
    static let parameterCountMax = 30

    /// The members of `ParameterRanges` that hold ranges.
    private static let rangeLists = [
        "IntegerParameterRanges", "ContinuousParameterRanges", "CategoricalParameterRanges",
    ]

    /// Makes the search space of one definition.
    ///
    /// - Parameters:
    ///   - ranges: A `ParameterRanges` of the wire; `nil` where none was given.
    ///   - fixed: Static hyperparameters; none may be searched too.
    ///   - rules: Say what is searched where no ranges are given; `nil` without an algorithm.
    ///   - place: Where the ranges are, for messages.
    static func searchSpace(
        _ ranges: JSONValue?, fixed: [String: String], rules: AlgorithmRules?, at place: String,
        problems: inout Problems
    ) -> SearchSpace {
        let isEmpty = rangeLists.allSatisfy { ranges?[$0]?.array?.isEmpty ?? true }
        if isEmpty, let space = rules?.searchSpace(fixed: fixed), space.dimension > 0 {
            return space
        }
        guard let ranges else {
            problems.add("\(place) is missing; give at least one hyperparameter a range.")
            return .empty
        }
        let parameters = parameters(ranges, problems: &problems)
        if isEmpty { problems.add("\(place) has no range; give at least one hyperparameter one.") }
        for parameter in parameters where fixed[parameter.name] != nil {
            problems.add(
                "Hyperparameter '\(parameter.name)' is in StaticHyperParameters and in \(place); "
                    + "give it one value, or a range.")
        }
        do {
            return try SearchSpace(parameters)
        } catch {
            problems.add(error.description)
            return .empty
        }
    }

    private static func parameters(
        _ ranges: JSONValue, problems: inout Problems
    ) -> [Parameter] {
        var parameters: [Parameter] = []
        for range in ranges["IntegerParameterRanges"]?.array ?? [] {
            collect(&parameters, &problems) { () throws(SearchSpaceError) in
                try .integer(
                    range.text("Name"), min: range.text("MinValue"), max: range.text("MaxValue"),
                    scaling: range.scaling)
            }
        }
        for range in ranges["ContinuousParameterRanges"]?.array ?? [] {
            collect(&parameters, &problems) { () throws(SearchSpaceError) in
                try .continuous(
                    range.text("Name"), min: range.text("MinValue"), max: range.text("MaxValue"),
                    scaling: range.scaling)
            }
        }
        for range in ranges["CategoricalParameterRanges"]?.array ?? [] {
            collect(&parameters, &problems) { () throws(SearchSpaceError) in
                try .categorical(
                    range.text("Name"), values: range["Values"]?.array?.compactMap(\.string) ?? [])
            }
        }
        return parameters
    }

    private static func collect(
        _ parameters: inout [Parameter], _ problems: inout Problems,
        _ parameter: () throws(SearchSpaceError) -> Parameter
    ) {
        do {
            parameters.append(try parameter())
        } catch {
            problems.add(error.description)
        }
    }

    /// The names that ranges have, those that are wrong among them.
    static func names(in ranges: JSONValue?) -> [String] {
        rangeLists.flatMap { ranges?[$0]?.array ?? [] }.compactMap { $0["Name"]?.string }
    }

    /// Checks how many hyperparameters a tuning job searches, over all of its definitions.
    static func checkCount(_ body: JSONValue, problems: inout Problems) {
        let config = body["HyperParameterTuningJobConfig"]?["ParameterRanges"]
        let single = body["TrainingJobDefinition"]?["HyperParameterRanges"]
        let several = body["TrainingJobDefinitions"]?.array ?? []
        let count = ([config ?? single] + several.map { $0["HyperParameterRanges"] })
            .reduce(0) { $0 + names(in: $1).count }
        if count > parameterCountMax {
            problems.add(
                "The ranges of a tuning job may have \(parameterCountMax) hyperparameters "
                    + "together, but there are \(count).")
        }
    }
}

extension JSONValue {
    /// The text of a member whose shape has been checked.
    fileprivate func text(_ member: String) -> String { self[member]?.string ?? "" }

    fileprivate var scaling: ScalingType {
        self["ScalingType"]?.string.flatMap(ScalingType.init) ?? .auto
    }
}
