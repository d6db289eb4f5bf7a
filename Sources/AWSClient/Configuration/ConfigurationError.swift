/// What is wrong with a setting of Amazon's, for people; holds no secret.
package struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, and what would be right.
    package let description: String

    /// Describes the problem.
    package init(_ description: String) {
        self.description = description
    }
}
