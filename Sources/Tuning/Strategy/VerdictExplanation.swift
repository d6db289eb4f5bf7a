/// What a verdict not to proceed rests on.
public struct VerdictExplanation: Hashable, Sendable {
    /// The rule that was applied, such as `median rule`.
    public let rule: String
    /// How many reports of the objective there were.
    public let resource: Resource
    /// The cost that was judged; `nil` when it was not finite.
    public let cost: Cost?
    /// The cost it was compared with; `nil` where the resource alone decided.
    public let bound: Cost?
    /// What that cost is, such as `the median of 7 completed training jobs`.
    public let boundMeaning: String

    /// Explains a verdict.
    public init(
        rule: String, resource: Resource, cost: Cost?, bound: Cost?, boundMeaning: String
    ) {
        self.rule = rule
        self.resource = resource
        self.cost = cost
        self.bound = bound
        self.boundMeaning = boundMeaning
    }

    /// The explanation for people, in values of the objective.
    public func text(for objective: Objective?) -> String {
        func value(_ cost: Cost?) -> String {
            guard let cost else { return "not finite" }
            return "\(objective?.value(of: cost) ?? cost.value)"
        }
        let reports = resource.units == 1 ? "1 report" : "\(resource.units) reports"
        let start = "Stopped early by the \(rule): after \(reports)"
        guard let bound else { return "\(start), \(boundMeaning)." }
        return "\(start), \(objective?.metric ?? "the objective") is \(value(cost)), worse than "
            + "\(value(bound)), \(boundMeaning)."
    }
}
