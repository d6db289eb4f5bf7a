import Tuning

/// Finds members of a request that mean nothing to the service, which ignores them.
///
/// In a request that somebody wrote by hand they are mistakes.
struct UnknownMembers {
    private let model = ServiceModel.shared
    private var problems: [String] = []

    /// What to tell about each unknown member, in the order of their names.
    static func problems(_ body: JSONValue, ofRequest operation: Operation) -> [String] {
        var search = UnknownMembers()
        search.walk(body, search.model.request(of: operation.rawValue), at: "")
        return search.problems
    }

    private mutating func walk(_ value: JSONValue, _ shape: Shape, at place: String) {
        switch (shape.kind, value) {
        case (.structure(let members), .object(let object)):
            for (name, value) in object.sorted(by: { $0.key < $1.key }) {
                let path = place.isEmpty ? name : "\(place).\(name)"
                if let member = members.first(where: { $0.name == name }) {
                    walk(value, model[member.shape], at: path)
                } else {
                    add(name, at: path, known: members.map(\.name))
                }
            }
        case (.list(let element), .array(let elements)):
            for (index, value) in elements.enumerated() {
                walk(value, model[element], at: "\(place).\(index)")
            }
        default: break
        }
    }

    private mutating func add(_ name: String, at path: String, known: [String]) {
        let nearest = known.map { ($0, $0.lowercased().distance(to: name.lowercased())) }
            .min { $0.1 < $1.1 }
        if let nearest, nearest.1 <= max(2, name.count / 3) {
            problems.append("there is no member '\(path)'; is '\(nearest.0)' meant?")
        } else {
            let names = known.sorted().joined(separator: ", ")
            problems.append("there is no member '\(path)'; there are \(names)")
        }
    }
}

extension CreateHyperParameterTuningJob {
    /// What to tell about members of a request that the service would ignore.
    package static func unknownMembers(of body: JSONValue) -> [String] {
        UnknownMembers.problems(body, ofRequest: .createTuningJob)
    }
}

extension String {
    /// How many characters must be added, taken away or replaced to make another text of this one:
    /// the Levenshtein distance.
    fileprivate func distance(to other: String) -> Int {
        let (first, second) = (Array(utf8), Array(other.utf8))
        var previous = Array(0...second.count)
        for (row, byte) in first.enumerated() {
            var current = [row + 1]
            for (column, candidate) in second.enumerated() {
                let replaced = previous[column] + (byte == candidate ? 0 : 1)
                current.append(Swift.min(replaced, previous[column + 1] + 1, current[column] + 1))
            }
            previous = current
        }
        return previous[second.count]
    }
}
