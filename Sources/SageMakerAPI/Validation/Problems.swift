/// Everything that is wrong with one request, in the order it was found.
struct Problems {
    /// More problems than this are counted, not listed.
    private static let listedMax = 1_000

    private var listed: [String] = []
    private var count = 0

    /// Whether further problems are only counted.
    var isFull: Bool { count >= Self.listedMax }

    /// Counts a problem that will not be told.
    mutating func addUntold() { count += 1 }

    /// Notes a problem.
    mutating func add(_ problem: String) {
        count += 1
        if count <= Self.listedMax { listed.append(problem) }
    }

    /// Refuses the request when there are problems.
    ///
    /// - Parameter counted: Whether one problem alone is introduced by its number too.
    /// - Throws: A `ValidationException` that lists them all.
    func throwIfAny(counted: Bool) throws(APIError) {
        guard count > 0 else { return }
        if count == 1, !counted { throw .validation(listed[0]) }
        let noun = count == 1 ? "validation error" : "validation errors"
        throw .validation("\(count) \(noun) detected: \(list)")
    }

    /// Refuses a request whose values have wrong types, when that is what the problems are.
    ///
    /// - Throws: A `SerializationException` that lists them all.
    func throwIfAnyMisfit() throws(APIError) {
        if count > 0 { throw .serialization(list) }
    }

    private var list: String {
        let rest = count > listed.count ? "; and \(count - listed.count) more" : ""
        return listed.joined(separator: "; ") + rest
    }
}
