import Tuning

/// How a training job is profiled.
enum ProfilerRules {
    /// The intervals that the service measures at, in milliseconds.
    private static let intervals = [100, 200, 500, 1_000, 5_000, 60_000]

    /// Checks a `ProfilerConfig`, where one is given.
    static func check(_ config: JSONValue?, problems: inout Problems) {
        guard let interval = config?["ProfilingIntervalInMilliseconds"]?.integer,
            !intervals.contains(interval)
        else { return }
        let choices = intervals.map(String.init).joined(separator: ", ")
        problems.add(
            "ProfilerConfig: ProfilingIntervalInMilliseconds [\(interval)] must be one of "
                + "[\(choices)].")
    }
}
