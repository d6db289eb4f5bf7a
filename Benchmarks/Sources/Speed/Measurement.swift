import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What something took: wall-clock time, processor time of all threads, and memory.
struct Measurement {
    let wallSeconds: Double
    let processorSeconds: Double
    /// How much the resident memory grew.
    let residentBytesGrown: Int

    /// Runs something and measures it.
    static func of(_ body: () async throws -> Void) async rethrows -> Measurement {
        let clock = ContinuousClock()
        let (start, processor, resident) = (clock.now, processorSeconds, residentBytes)
        try await body()
        let wall = start.duration(to: clock.now).components
        return Measurement(
            wallSeconds: Double(wall.seconds) + Double(wall.attoseconds) * 1e-18,
            processorSeconds: processorSeconds - processor,
            residentBytesGrown: residentBytes - resident)
    }

    /// Processor time of this process so far.
    static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// Resident memory of this process now; 0 where the system does not tell.
    static var residentBytes: Int {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else {
            return 0
        }
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * Int(getpagesize())
    }
}
