import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The processes of one attempt: a supervisor and all that its program started.
///
/// A number alone names no process for ever, so each question checks for the attempt's path.
struct ProcessGroup {
    /// The supervisor's process number, which is the group's too.
    let leader: Int32
    /// The path of the attempt's directory, which its supervisor has among its arguments.
    let marker: String

    /// Whether the supervisor runs.
    var isSupervised: Bool {
        Self.arguments(of: leader).map { Self.contains($0, marker) } ?? false
    }

    /// Sends a signal to the group while its supervisor runs.
    func send(_ signal: Int32) {
        if isSupervised { kill(-leader, signal) }
    }

    /// Kills what is left of the group after its supervisor has gone.
    func killRemains() {
        if isSupervised || hasMarkedMember { kill(-leader, SIGKILL) }
    }

    private static func contains(_ bytes: [UInt8], _ marker: String) -> Bool {
        bytes.withUnsafeBufferPointer { $0.contains(Array(marker.utf8) + [0]) }
    }
}

#if os(Linux)
    extension ProcessGroup {
        /// Zero-terminated arguments; empty for a process that waits to be reaped.
        private static func arguments(of process: Int32) -> [UInt8]? {
            FileManager.default.contents(atPath: "/proc/\(process)/cmdline").map { Array($0) }
        }

        private var hasMarkedMember: Bool {
            let processes = try? FileManager.default.contentsOfDirectory(atPath: "/proc")
            return (processes ?? []).contains { name in
                guard let process = Int32(name), getpgid(process) == leader,
                    let variables = FileManager.default.contents(atPath: "/proc/\(name)/environ")
                else { return false }
                return Self.contains(Array(variables), "\(Supervisor.marker)=\(marker)")
            }
        }
    }
#else
    extension ProcessGroup {
        /// Zero-terminated arguments, with the path and the environment around them.
        private static func arguments(of process: Int32) -> [UInt8]? {
            var name = [CTL_KERN, KERN_PROCARGS2, process]
            var size = 0
            guard sysctl(&name, 3, nil, &size, nil, 0) == 0 else { return nil }
            var bytes = [UInt8](repeating: 0, count: size)
            guard sysctl(&name, 3, &bytes, &size, nil, 0) == 0 else { return nil }
            return Array(bytes.prefix(size))
        }

        /// A group's number is not given to a new process while the group has members.
        private var hasMarkedMember: Bool { kill(leader, 0) != 0 && kill(-leader, 0) == 0 }
    }
#endif
