/// Why bytes are not the JSON of a request.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, and at which byte.
    package let description: String

    init(_ problem: String, at position: Int) {
        description = "\(problem) at byte \(position)"
    }
}
