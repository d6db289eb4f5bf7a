import Tuning

/// The tags of a request.
enum TagRules {
    /// The most tags that one job may have.
    static let countMax = 50

    /// What keys of the service itself begin with, in any case.
    private static let reservedPrefix = "aws:"

    /// Reads a list of tags whose shape has been checked; keys must differ, and be the user's.
    static func tags(_ list: JSONValue?, problems: inout Problems) -> [Tag] {
        var seen: Set<String> = []
        return (list?.array ?? []).compactMap { element in
            guard let key = element["Key"]?.string, let value = element["Value"]?.string else {
                return nil
            }
            if !seen.insert(key).inserted {
                problems.add("Tag key '\(key)' is given twice; keys must be unique.")
            }
            if key.lowercased().hasPrefix(reservedPrefix) {
                problems.add("Tag key '\(key)' begins with aws:, which is reserved.")
            }
            return Tag(key: key, value: value)
        }
    }
}
