import Tuning

/// What names an algorithm in a request: its name, or its ARN.
package struct AlgorithmReference: Hashable, Sendable {
    /// The reference as it was given.
    package let text: String
    /// The algorithm's name; the letters' case may differ.
    package let name: Algorithm.Name

    /// Takes a reference whose shape has been checked.
    init(_ text: String) {
        self.text = text
        name = text.split(separator: "/").last.map(String.init) ?? text
    }

    /// Checks the shape of a request that names an algorithm by its name or ARN: to describe it.
    ///
    /// - Throws: A `ValidationException` that lists every violation.
    package init(describing body: JSONValue) throws(APIError) {
        try ShapeValidator.check(body, isRequestOf: .describeAlgorithm)
        self.init(body["AlgorithmName"]?.string ?? "")
    }

    /// Checks the shape of a request that names an algorithm by its name: to delete it.
    ///
    /// - Throws: A `ValidationException` that lists every violation.
    package init(deleting body: JSONValue) throws(APIError) {
        try ShapeValidator.check(body, isRequestOf: .deleteAlgorithm)
        self.init(body["AlgorithmName"]?.string ?? "")
    }

    /// Whether this names an algorithm.
    package func refers(to algorithm: Algorithm) -> Bool {
        let known = isARN ? algorithm.arn : algorithm.name
        return known.lowercased() == text.lowercased()
    }

    /// The ARN that is meant.
    package func arn(in scope: RequestScope) -> String {
        isARN ? text : scope.arn(ofAlgorithm: text)
    }

    private var isARN: Bool { text.hasPrefix("arn:") }
}

extension RequestScope {
    /// The ARN of an algorithm in this scope.
    func arn(ofAlgorithm name: Algorithm.Name) -> String {
        "\(arnPrefix):algorithm/\(name.lowercased())"
    }
}

extension JSONValue {
    /// The algorithm that an `AlgorithmSpecification` names.
    package var algorithm: AlgorithmReference? {
        self["AlgorithmName"]?.string.map(AlgorithmReference.init)
    }
}

/// The stored algorithms that a request names, found before it is checked.
package typealias KnownAlgorithms = [AlgorithmReference: Algorithm]

extension KnownAlgorithms {
    /// Checks that all algorithms a request names are known: without them it cannot be checked.
    ///
    /// - Throws: `ValidationException` that names the first unknown one.
    func require(
        _ references: Set<AlgorithmReference>, in scope: RequestScope
    ) throws(APIError) {
        let unknown = references.filter { self[$0] == nil }.map { $0.arn(in: scope) }
        if let first = unknown.min() { throw .noAlgorithm(arn: first) }
    }
}
