import Tuning

/// What a settings file says of some instance types for an engine, whichever.
///
/// All of an engine are a list, whose first entry that fits a training job's type counts, or a
/// mapping from types, of which the most particular counts: a type's own name before patterns, and
/// long patterns before short ones.
struct InstanceSettings {
    /// The instance types; `*` and `?` stand for others.
    let type: String
    /// What is said of them, by name.
    let members: [String: JSONValue]
    /// Where that is, for messages.
    let place: String

    /// As it is kept.
    var json: JSONValue { .object(members.merging(["type": .string(type)]) { first, _ in first }) }

    /// All of an engine as a list, each as a check returns it.
    static func list(
        _ given: JSONValue, of engine: String,
        _ check: (InstanceSettings) throws(SettingsError) -> JSONValue
    ) throws(SettingsError) -> JSONValue {
        var list: [JSONValue] = []
        for instance in try instances(given, at: "\(engine).instances") {
            list.append(try check(instance))
        }
        return .array(list)
    }

    private static func instances(
        _ given: JSONValue, at place: String
    ) throws(SettingsError) -> [InstanceSettings] {
        if let entries = given.array {
            return try entries.map { entry throws(SettingsError) in
                guard let type = (entry["type"] ?? "*").string, !type.isEmpty else {
                    throw SettingsError("\(place): one lacks its type; '*' is all others")
                }
                return try InstanceSettings(entry, for: type, at: place)
            }
        }
        guard let entries = given.object else {
            throw SettingsError("\(place) must be a list, or a mapping from instance types")
        }
        let types = entries.keys.map(NamePattern.init).sorted(by: isMoreParticular)
        return try types.map { type throws(SettingsError) in
            try InstanceSettings(entries[type.text] ?? .null, for: type.text, at: place)
        }
    }

    private static func isMoreParticular(_ one: NamePattern, _ other: NamePattern) -> Bool {
        guard one.isExact == other.isExact else { return one.isExact }
        let (length, otherLength) = (one.text.count, other.text.count)
        return length == otherLength ? one.text < other.text : length > otherLength
    }

    private init(
        _ given: JSONValue, for type: String, at place: String
    ) throws(SettingsError) {
        self.place = "\(place).\(type)"
        self.type = type
        guard var members = given == .null ? [:] : given.object else {
            throw SettingsError("\(self.place) must be a mapping of names to values")
        }
        members["type"] = nil
        self.members = members.filter { $0.value != .null }
    }

    /// Refuses names that are none.
    func check(members known: [String]) throws(SettingsError) {
        for name in members.keys.sorted() where !known.contains(name) {
            let names = known.sorted().joined(separator: ", ")
            throw SettingsError("there is no setting '\(place).\(name)'; there are \(names)")
        }
    }
}
