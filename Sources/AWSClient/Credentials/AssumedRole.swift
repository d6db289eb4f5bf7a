/// The role that a profile takes on, and with whose credentials.
struct AssumedRole {
    /// Whose credentials take it on.
    enum Source {
        case profile(String)
        case place(Place)
    }

    /// Places that a profile can name.
    enum Place: String, CaseIterable {
        case environment = "Environment"
        case container = "EcsContainer"
        case instance = "Ec2InstanceMetadata"

        func source(_ surroundings: Surroundings) -> any CredentialSource {
            switch self {
            case .environment: EnvironmentCredentials(surroundings.environment)
            case .container: ContainerCredentials(surroundings)
            case .instance: InstanceCredentials(surroundings)
            }
        }
    }

    let profile: Profile
    let role: SecurityTokenService.Role
    let source: Source

    /// Reads what a profile says; `nil` when it takes on no role, or one with a web identity.
    ///
    /// - Throws: `CredentialError`.
    init?(_ profile: Profile) throws(CredentialError) {
        guard let arn = profile["role_arn"], profile["web_identity_token_file"] == nil else {
            return nil
        }
        guard profile["mfa_serial"] == nil else {
            throw CredentialError(
                "\(profile.place(of: "mfa_serial")) wants a one-time code, which nobody can be "
                    + "asked for here; make another profile with 'credential_process = aws "
                    + "configure export-credentials --profile \(profile.name)' and name that one")
        }
        self.profile = profile
        source = try Self.source(of: profile)
        role = SecurityTokenService.Role(
            arn: arn, sessionName: profile["role_session_name"],
            externalID: profile["external_id"], durationSeconds: try Self.duration(of: profile))
    }

    private static func source(of profile: Profile) throws(CredentialError) -> Source {
        switch (profile["source_profile"], profile["credential_source"]) {
        case (let name?, nil): return .profile(name)
        case (nil, let name?):
            guard let place = Place(rawValue: name) else {
                let names = Place.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
                throw CredentialError(
                    "\(profile.place(of: "credential_source")) must be one of \(names), not "
                        + "'\(name)'")
            }
            return .place(place)
        case (nil, nil):
            throw CredentialError(
                "\(profile.place) has 'role_arn' but neither 'source_profile' nor "
                    + "'credential_source', which say whose credentials take the role on")
        case (.some, .some):
            throw CredentialError(
                "\(profile.place) has both 'source_profile' and 'credential_source'; it must have "
                    + "one of them")
        }
    }

    private static func duration(of profile: Profile) throws(CredentialError) -> Int? {
        guard let text = profile["duration_seconds"] else { return nil }
        guard let seconds = Int(text), seconds > 0 else {
            throw CredentialError(
                "\(profile.place(of: "duration_seconds")) must be a whole number of seconds, such "
                    + "as 3600")
        }
        return seconds
    }
}
