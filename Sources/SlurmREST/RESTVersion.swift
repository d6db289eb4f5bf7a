/// A version of what slurmrestd speaks: the last number of `v0.0.38`.
package struct RESTVersion: Hashable, Sendable {
    /// Those that are known, the newest first.
    package static let known = (38...44).reversed().map { RESTVersion(number: $0) }

    let number: Int

    private init(number: Int) { self.number = number }

    /// Reads `v0.0.38`; `nil` for what is not known.
    package init?(_ text: String) {
        guard let version = Self.known.first(where: { $0.description == text }) else { return nil }
        self = version
    }

    /// Whether a job is described by the options of `sbatch`, and not by what Slurm makes of them.
    var takesOptions: Bool { number < 39 }

    /// What comes before the name of a resource in a list of them.
    var resourcePrefix: String { number < 40 ? "gres:" : "gres/" }
}

extension RESTVersion: CustomStringConvertible {
    /// As it is in paths.
    package var description: String { "v0.0.\(number)" }
}
