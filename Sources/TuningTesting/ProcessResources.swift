import Foundation

/// What this process holds of the system's resources.
public struct ProcessResources: Hashable, Sendable {
    /// Open files.
    public let fileCount: Int
    /// Child processes, the ended but unreaped among them; 0 where the system does not tell.
    public let childCount: Int

    /// Counts them now.
    public static func current() -> ProcessResources {
        let files = try? FileManager.default.contentsOfDirectory(atPath: "/dev/fd")
        return ProcessResources(fileCount: files?.count ?? 0, childCount: children().count)
    }

    /// The numbers of the child processes; none where the system does not tell.
    private static func children() -> [Int32] {
        let own = ProcessInfo.processInfo.processIdentifier
        return processes().filter { $0.parent == own }.map(\.number)
    }

    /// A process of this machine.
    public struct Process: Hashable, Sendable {
        /// Its number.
        public let number: Int32
        /// Its state, as one letter; `Z` waits to be reaped.
        public let state: Character
        /// Its parent.
        public let parent: Int32
        /// The leader of its group.
        public let group: Int32
    }

    /// All processes of this machine; none where the system does not tell.
    public static func processes() -> [Process] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { name in
            guard let number = Int32(name),
                let data = FileManager.default.contents(atPath: "/proc/\(name)/stat")
            else { return nil }
            // The name of the program stands in parentheses and may hold anything.
            let text = String(decoding: data, as: UTF8.self)
            guard let end = text.lastIndex(of: ")") else { return nil }
            let fields = text[text.index(after: end)...].split(separator: " ")
            guard fields.count > 2, let state = fields[0].first, let parent = Int32(fields[1]),
                let group = Int32(fields[2])
            else { return nil }
            return Process(number: number, state: state, parent: parent, group: group)
        }
    }
}
