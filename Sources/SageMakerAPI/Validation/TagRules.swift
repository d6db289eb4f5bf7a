import Tuning

/// The tags of a request.
enum TagRules {
    /// The most tags that one job may have.
    static let countMax = 50

    /// Reads a list of tags whose shape has been checked; keys must differ.
    static func tags(_ list: JSONValue?, problems: inout Problems) -> [Tag] {
        var seen: Set<String> = []
        return (list?.array ?? []).compactMap { element in
            guard let key = element["Key"]?.string, let value = element["Value"]?.string else {
                return nil
            }
            if !seen.insert(key).inserted {
                problems.add("Tag key '\(key)' is given twice; keys must be unique.")
            }
            return Tag(key: key, value: value)
        }
    }
}
