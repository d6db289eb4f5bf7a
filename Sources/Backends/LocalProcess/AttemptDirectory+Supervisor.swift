import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The files of an attempt's supervisor:
///
///     pid          its process, which leads a session of its own, and the slot
///     exit         how the program ended
///
/// Each appears whole or not at all, and never changes.
extension AttemptDirectory {
    /// What the supervisor wrote when it had claimed the attempt.
    struct Supervisor: Hashable {
        let process: Int32
        let slot: Int
        let startTime: Date
    }

    /// Its supervisor; `nil` while there has been none.
    var supervisor: Supervisor? {
        guard let text = contents(of: path + "/pid") else { return nil }
        let numbers = text.split(whereSeparator: \.isWhitespace).compactMap { Int32($0) }
        guard numbers.count == 2, numbers[0] > 1,
            let startTime = modificationTime(of: path + "/pid")
        else { return nil }
        return Supervisor(process: numbers[0], slot: Int(numbers[1]), startTime: startTime)
    }

    /// The program's exit code as a shell counts it; `nil` while it is not over.
    var exitCode: Int? {
        contents(of: path + "/exit").flatMap {
            Int($0.trimmingCharacters(in: .whitespacesAndNewlines))
        }
    }

    /// Whether an exit was recorded, be it readable at the moment or not.
    ///
    /// An empty record is none: the machine failed before it was whole.
    var hasExit: Bool {
        var status = stat()
        return stat(path + "/exit", &status) == 0 && status.st_size > 0
    }
}
