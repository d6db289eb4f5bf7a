import Tuning

/// The rules by which a daemon with several backends picks one for a new job: a tag of the job,
/// else the first rule that fits a definition, else a default.
public struct BackendRules: Hashable, Sendable {
    /// Sends some definitions to a backend.
    public struct Rule: Hashable, Sendable {
        /// The image: `*` stands for any characters, `?` for one; `nil` fits all.
        public var image: String?
        /// The type of the first instance asked for, with the same signs; `nil` fits all, also
        /// where none is asked for.
        public var instanceType: String?
        /// The name of the backend.
        public var backend: String

        /// Makes a rule.
        public init(image: String? = nil, instanceType: String? = nil, backend: String) {
            self.image = image
            self.instanceType = instanceType
            self.backend = backend
        }
    }

    /// The rules, in the order in which they are tried.
    public let rules: [Rule]
    /// The backend of what no rule fits.
    public let standard: String

    /// Takes rules and a default.
    public init(_ rules: [Rule], standard: String) {
        self.rules = rules
        self.standard = standard
    }

    /// The name of the backend for a definition of a job with some tags.
    public func backend(for definition: TrainingJobDefinition, tags: [Tag]) -> String {
        if let tag = tags.first(where: { $0.key == Tag.backendKey }) { return tag.value }
        let type = definition.instanceType
        let rule = rules.first { rule in
            rule.image.fits(definition.image) && rule.instanceType.fits(type)
        }
        return rule?.backend ?? standard
    }
}

extension String? {
    /// Whether a pattern, if there is one, fits a text.
    fileprivate func fits(_ text: String?) -> Bool {
        guard let self else { return true }
        return text.map(NamePattern(self).fits) ?? false
    }
}
