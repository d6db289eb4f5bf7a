import Tuning

/// The tag that gives a grid the levels of numeric ranges, which the API has no member for.
///
/// `5` means five levels of every numeric range; `lr=5 depth=3` gives each its own; both may be
/// combined: `5 depth=3`.
package enum GridLevelsTag {
    /// The tag's key.
    package static let key = "tuner:grid-levels"

    /// The levels that a tuning job's tags ask for.
    static func levels(in tags: [Tag], problems: inout Problems) -> GridLevels {
        guard let tag = tags.first(where: { $0.key == key }) else { return GridLevels() }
        var standard: Int?
        var byName: [Parameter.Name: Int] = [:]
        for word in tag.value.split(separator: " ") {
            let parts = word.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let last = parts.last, let count = Int(last), count >= 1 else {
                problems.add(
                    "Tag \(key): '\(word)' must be a number of levels such as 5, or a "
                        + "hyperparameter with one such as lr=5.")
                continue
            }
            if parts.count == 1 {
                standard = count
            } else {
                byName[String(parts[0])] = count
            }
        }
        return GridLevels(byName: byName, standard: standard)
    }
}
