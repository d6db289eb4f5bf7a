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
    /// What is known of a supervisor.
    enum Presence {
        case running
        case gone
        /// The system did not tell, for want of open files perhaps.
        case unknown
    }

    /// The supervisor's process number, which is the group's too.
    let leader: Int32
    /// The path of the attempt's directory, which its supervisor has among its arguments.
    let marker: String

    /// Whether the supervisor runs; one that waits to be reaped does not.
    var supervisor: Presence {
        switch Self.arguments(of: leader) {
        case .success(let bytes): Self.contains(bytes, marker) ? .running : .gone
        case .failure(let error): error.isAbsence ? .gone : .unknown
        }
    }

    /// Sends a signal to the group if its supervisor is known to run.
    ///
    /// - Returns: Whether it was sent.
    @discardableResult
    func send(_ signal: Int32) -> Bool {
        supervisor == .running && kill(-leader, signal) == 0
    }

    /// Kills what is left of the attempt after its supervisor has gone: the group, and on Linux
    /// also what has left it for a session of its own.
    func killRemains() {
        if hasMarkedMember { kill(-leader, SIGKILL) }
        for process in markedProcesses { kill(process, SIGKILL) }
    }

    /// Why a process could not be asked.
    private struct QuestionError: Error {
        let isAbsence: Bool
    }

    private static func contains(_ bytes: [UInt8], _ marker: String) -> Bool {
        bytes.withUnsafeBufferPointer { $0.contains(Array(marker.utf8) + [0]) }
    }
}

#if os(Linux)
    extension ProcessGroup {
        /// Zero-terminated arguments; none of a process that waits to be reaped.
        private static func arguments(of process: Int32) -> Result<[UInt8], QuestionError> {
            read("/proc/\(process)/cmdline")
        }

        private static func read(_ path: String) -> Result<[UInt8], QuestionError> {
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else {
                return .failure(
                    QuestionError(isAbsence: errno == ENOENT && fileExists("/proc/self")))
            }
            defer { close(descriptor) }
            var bytes: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 16 * 1024)
            while true {
                let count = Glibc.read(descriptor, &piece, piece.count)
                guard count >= 0 else {
                    return .failure(QuestionError(isAbsence: errno == ESRCH))
                }
                guard count > 0 else { return .success(bytes) }
                bytes += piece.prefix(count)
            }
        }

        private var hasMarkedMember: Bool {
            markedProcesses.contains { getpgid($0) == leader }
        }

        /// The processes whose environment has the marker.
        private var markedProcesses: [Int32] {
            let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc")
            return (names ?? []).compactMap { Int32($0) }.filter { process in
                let variables = try? Self.read("/proc/\(process)/environ").get()
                return Self.contains(variables ?? [], "\(Supervisor.attemptVariable)=\(marker)")
            }
        }
    }
#else
    extension ProcessGroup {
        /// Zero-terminated arguments, with the path and the environment around them.
        private static func arguments(of process: Int32) -> Result<[UInt8], QuestionError> {
            var name = [CTL_KERN, KERN_PROCARGS2, process]
            var size = 0
            guard sysctl(&name, 3, nil, &size, nil, 0) == 0 else {
                return .failure(QuestionError(isAbsence: errno == EINVAL || errno == ESRCH))
            }
            var bytes = [UInt8](repeating: 0, count: size)
            guard sysctl(&name, 3, &bytes, &size, nil, 0) == 0 else {
                return .failure(QuestionError(isAbsence: errno == EINVAL || errno == ESRCH))
            }
            return .success(Array(bytes.prefix(size)))
        }

        /// A group's number is not given to a new process while the group has members.
        private var hasMarkedMember: Bool { kill(leader, 0) != 0 && kill(-leader, 0) == 0 }

        /// The system does not tell the environment of a process.
        private var markedProcesses: [Int32] { [] }
    }
#endif
