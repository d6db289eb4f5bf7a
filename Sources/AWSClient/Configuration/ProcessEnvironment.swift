import Foundation

/// The variables that a process was started with, and where its user is at home.
struct ProcessEnvironment: Sendable {
    private let variables: [String: String]
    private let home: URL

    init(_ variables: [String: String], homeDirectory: URL) {
        self.variables = variables
        home = homeDirectory
    }

    /// A variable; one that is set to nothing is not set.
    subscript(name: String) -> String? {
        variables[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Whether a variable says that something is so.
    func isTrue(_ name: String) -> Bool { self[name]?.lowercased() == "true" }

    /// The path of a file, from one that may begin at home.
    func path(_ path: String) -> String {
        guard path.hasPrefix("~/") else { return path }
        return home.appending(path: path.dropFirst(2)).path(percentEncoded: false)
    }
}

extension ProcessEnvironment: CustomStringConvertible, CustomReflectable {
    /// Names alone: the values may be secrets.
    var description: String { variables.keys.sorted().joined(separator: ", ") }
    var customMirror: Mirror { Mirror(self, children: []) }
}
