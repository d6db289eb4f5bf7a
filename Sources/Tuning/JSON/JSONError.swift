/// Why bytes are not JSON.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, such as `Expected ':', found the end`.
    public let problem: String
    /// The place of the first byte that is wrong, from 0.
    public let position: Int

    /// What is wrong, and at which byte.
    public var description: String { "\(problem) at byte \(position)" }

    init(_ problem: String, at position: Int) {
        self.problem = problem
        self.position = position
    }
}
