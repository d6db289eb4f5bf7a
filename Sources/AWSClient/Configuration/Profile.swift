/// What the files of Amazon's programs say for one name.
struct Profile: Sendable {
    /// A part of a file that is about the profile.
    struct Part: Sendable {
        let path: String
        let members: [String: String]

        subscript(member: String) -> String? {
            members[member].flatMap { $0.isEmpty ? nil : $0 }
        }
    }

    let name: String
    /// What the credentials file says.
    let credentials: Part?
    /// What the configuration file says.
    let configuration: Part?

    /// A member; the credentials file goes first.
    subscript(member: String) -> String? { credentials?[member] ?? configuration?[member] }

    /// Where a member is, for people.
    func place(of member: String) -> String {
        let part = [credentials, configuration].first { $0?[member] != nil } ?? nil
        return "'\(member)' of profile '\(name)' in '\(part?.path ?? "")'"
    }

    /// Where the profile is, for people.
    var place: String {
        let paths = [configuration, credentials].compactMap { $0.map { "'\($0.path)'" } }
        return "profile '\(name)' in \(paths.joined(separator: " and "))"
    }
}

extension Profile: CustomStringConvertible, CustomReflectable {
    /// The name alone: the members may be secrets.
    var description: String { name }
    var customMirror: Mirror { Mirror(self, children: ["name": name]) }
}
