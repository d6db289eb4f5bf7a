#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The least processor time, in seconds, of one run of `body`, over at least 0.2 s of runs.
///
/// - Parameters:
///   - prepare: Runs before `body` and is not measured.
///   - body: Runs `repetitions` times between two looks at the clock.
func bestTime(
    repetitions: Int = 1, prepare: () -> Void = {}, body: () -> Void
) -> Double {
    var (best, total, runs) = (Double.infinity, 0.0, 0)
    while runs < 5 || (total < 0.2 && runs < 10_000) {
        prepare()
        let start = processorSeconds
        for _ in 0..<repetitions { body() }
        let seconds = processorSeconds - start
        best = min(best, seconds / Double(repetitions))
        total += seconds
        runs += 1
    }
    return best
}

private var processorSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
