import Foundation

/// The two files in which Amazon's programs keep profiles.
struct ProfileFiles: Sendable {
    /// The profile that is meant where none is named.
    static let standardProfile = "default"

    private let configurationPath: String
    private let credentialsPath: String
    private let configuration: ProfileFile?
    private let credentials: ProfileFile?

    /// Reads the files; one that is not there says nothing.
    ///
    /// - Throws: `ConfigurationError`.
    init(configurationPath: String, credentialsPath: String) throws(ConfigurationError) {
        self.configurationPath = configurationPath
        self.credentialsPath = credentialsPath
        configuration = try Self.file(at: configurationPath)
        credentials = try Self.file(at: credentialsPath)
    }

    /// What is said about a profile; `nil` where nothing is.
    func profile(_ name: String) -> Profile? {
        let configured = configuration.flatMap { $0.section("profile", name) }
        let secret = credentials?.sections[name]
        guard configured != nil || secret != nil else { return nil }
        return Profile(
            name: name,
            credentials: secret.map { .init(path: credentialsPath, members: $0) },
            configuration: configured.map { .init(path: configurationPath, members: $0) })
    }

    /// A profile that something refers to.
    ///
    /// - Throws: `ConfigurationError` where it is in neither file.
    func profile(_ name: String, namedBy place: String) throws(ConfigurationError) -> Profile {
        guard let profile = profile(name) else {
            throw ConfigurationError(
                "\(place) names the profile '\(name)', which is neither in "
                    + "'\(configurationPath)', as [profile \(name)], nor in '\(credentialsPath)', "
                    + "as [\(name)]")
        }
        return profile
    }

    /// The settings that a profile has for a service in a section of its own.
    ///
    /// - Throws: `ConfigurationError` where it names a section that is not there.
    func settings(
        of service: AWSService, in profile: Profile
    ) throws(ConfigurationError) -> [String: String] {
        guard let name = profile["services"] else { return [:] }
        guard let section = configuration?.section("services", name), !section.isEmpty else {
            throw ConfigurationError(
                "\(profile.place(of: "services")) names '\(name)', but '\(configurationPath)' has "
                    + "no [services \(name)] or nothing in it")
        }
        return section[service.name].map(ProfileFile.nested) ?? [:]
    }

    private static func file(at path: String) throws(ConfigurationError) -> ProfileFile? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ConfigurationError("'\(path)' cannot be read")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw ConfigurationError("'\(path)' is no text in UTF-8")
        }
        return try ProfileFile(text, path: path)
    }
}

extension ProfileFile {
    /// The section of a kind and name; the standard profile's needs no kind.
    fileprivate func section(_ kind: String, _ name: String) -> [String: String]? {
        let standard = kind == "profile" && name == ProfileFiles.standardProfile
        var found = standard ? sections[name] : nil
        for (header, members) in sections {
            // The name may be quoted, as it may hold spaces.
            guard let words = try? ShellWords.split(header), words == [kind, name] else { continue }
            found = (found ?? [:]).merging(members) { _, new in new }
        }
        return found
    }
}
