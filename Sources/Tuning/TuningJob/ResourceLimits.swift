/// How much a tuning job may use.
public struct ResourceLimits: Hashable, Codable, Sendable {
    /// The most training jobs in total; at least one; `nil` for no limit.
    public let trainingJobCountMax: Int?
    /// The most training jobs at the same time; at least one.
    public let parallelCountMax: Int
    /// The longest the tuning job may run, in wall-clock time; `nil` for no limit.
    public let runtimeMax: Duration?

    /// Takes limits; counts are at least one.
    public init(trainingJobCountMax: Int?, parallelCountMax: Int, runtimeMax: Duration? = nil) {
        precondition(parallelCountMax >= 1, "parallelCountMax \(parallelCountMax)")
        precondition(
            trainingJobCountMax.map { $0 >= 1 } ?? true,
            "trainingJobCountMax \(trainingJobCountMax ?? 0)")
        self.trainingJobCountMax = trainingJobCountMax
        self.parallelCountMax = parallelCountMax
        self.runtimeMax = runtimeMax
    }
}
