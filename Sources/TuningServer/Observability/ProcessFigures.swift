import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What the system knows of this process, under the names that all Prometheus clients use.
enum ProcessFigures {
    /// The figures now; those that the system does not tell are missing.
    static func samples() -> [MetricValue] {
        cpuSamples + descriptorSamples + statusSamples
    }

    private static var cpuSamples: [MetricValue] {
        var usage = rusage()
        #if canImport(Glibc)
            guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return [] }
        #else
            guard getrusage(RUSAGE_SELF, &usage) == 0 else { return [] }
        #endif
        let seconds = usage.ru_utime.seconds + usage.ru_stime.seconds
        return [MetricValue("process_cpu_seconds_total", [], seconds)]
    }

    private static var descriptorSamples: [MetricValue] {
        var samples: [MetricValue] = []
        var limit = rlimit()
        #if canImport(Glibc)
            let isKnown = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
        #else
            let isKnown = getrlimit(RLIMIT_NOFILE, &limit) == 0
        #endif
        if isKnown { samples.append(MetricValue("process_max_fds", [], Double(limit.rlim_cur))) }
        if let open = try? FileManager.default.contentsOfDirectory(atPath: "/dev/fd") {
            // Looking takes a descriptor itself.
            samples.append(MetricValue("process_open_fds", [], Double(max(0, open.count - 1))))
        }
        return samples
    }

    /// What `/proc/self/stat` says, where there is one.
    private static var statusSamples: [MetricValue] {
        guard let status = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
            // The second field, the program's name in brackets, may hold anything.
            let end = status.lastIndex(of: ")")
        else { return [] }
        let fields = status[status.index(after: end)...].split(separator: " ")
        // From the third field on; as proc(5) numbers them, 22 is the start, 23 and 24 memory.
        guard fields.count > 21, let ticks = Double(fields[19]),
            let virtualBytes = Double(fields[20]), let pages = Double(fields[21])
        else { return [] }
        var samples = [
            MetricValue("process_virtual_memory_bytes", [], virtualBytes),
            MetricValue(
                "process_resident_memory_bytes", [], pages * Double(sysconf(Int32(_SC_PAGESIZE)))),
        ]
        if let bootTime {
            let seconds = ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
            samples.append(MetricValue("process_start_time_seconds", [], bootTime + seconds))
        }
        return samples
    }

    /// When the machine started, in Unix time.
    private static let bootTime: Double? = {
        let lines = try? String(contentsOfFile: "/proc/stat", encoding: .utf8).split(
            separator: "\n")
        return lines?.first { $0.hasPrefix("btime ") }.flatMap { Double($0.dropFirst(6)) }
    }()
}

extension timeval {
    fileprivate var seconds: Double { Double(tv_sec) + Double(tv_usec) / 1e6 }
}
