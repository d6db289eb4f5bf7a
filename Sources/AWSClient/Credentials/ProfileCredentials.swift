import Foundation
import SageMakerAPI

/// Credentials that a profile holds, or says how to get.
///
/// A role goes first, then a web identity, then keys of the credentials file, then a program, then
/// keys of the configuration file.
struct ProfileCredentials: CredentialSource {
    private let surroundings: Surroundings
    private let usesEnvironment: Bool

    /// - Parameter usesEnvironment: Whether a web identity may be named by variables.
    init(_ surroundings: Surroundings, usesEnvironment: Bool) {
        self.surroundings = surroundings
        self.usesEnvironment = usesEnvironment
    }

    func load() async throws -> Credentials? {
        let files = try surroundings.files()
        let profile = try surroundings.profile(in: files)
        if let profile, let role = try AssumedRole(profile) {
            return try await credentials(for: role, files: files, visited: [profile.name])
        }
        return try await ownCredentials(of: profile, usesEnvironment: usesEnvironment)
    }

    /// What a profile has without taking on a role.
    private func ownCredentials(
        of profile: Profile?, usesEnvironment: Bool
    ) async throws -> Credentials? {
        let identity = try WebIdentity(
            profile, environment: usesEnvironment ? surroundings.environment : nil)
        if let identity { return try await identity.credentials(from: surroundings) }
        guard let profile else { return nil }
        try profile.refuseSignOn(by: ["sso_account_id", "sso_role_name"])
        if let credentials = try profile.credentials?.staticCredentials(of: profile) {
            return credentials
        }
        try profile.refuseSignOn(by: ["login_session"])
        if let command = profile["credential_process"] {
            return try await CredentialProcess(
                command, from: profile.place(of: "credential_process")
            ).load()
        }
        return try profile.configuration?.staticCredentials(of: profile)
    }

    // MARK: Roles

    private func credentials(
        for role: AssumedRole, files: ProfileFiles, visited: [String]
    ) async throws -> Credentials {
        let source: Credentials
        switch role.source {
        case .profile(let name):
            source = try await sourceCredentials(
                of: try files.profile(
                    name, namedBy: role.profile.place(of: "source_profile")),
                files: files, visited: visited)
        case .place(let place):
            guard let found = try await place.source(surroundings).load() else {
                throw CredentialError(
                    "\(role.profile.place(of: "credential_source")) is '\(place.rawValue)', where "
                        + "there are no credentials")
            }
            source = found
        }
        return try await SecurityTokenService(surroundings).credentials(
            for: role.role, as: source, namedBy: role.profile.place)
    }

    private func sourceCredentials(
        of profile: Profile, files: ProfileFiles, visited: [String]
    ) async throws -> Credentials {
        // A profile may hold both keys and the role that they are for.
        let isVisited = visited.contains(profile.name)
        if isVisited, visited.last != profile.name || !profile.hasStaticKeys {
            let names = (visited + [profile.name]).map { "'\($0)'" }.joined(separator: " to ")
            throw CredentialError(
                "the profiles refer to each other in a circle, by 'source_profile': \(names); the "
                    + "last must have credentials of its own")
        }
        if !profile.hasStaticKeys, let role = try AssumedRole(profile) {
            return try await credentials(
                for: role, files: files, visited: visited + [profile.name])
        }
        guard let found = try await ownCredentials(of: profile, usesEnvironment: false) else {
            throw CredentialError(
                "\(profile.place) is the 'source_profile' of '\(visited.last ?? "")' but has no "
                    + "credentials; give it 'aws_access_key_id' and 'aws_secret_access_key'")
        }
        return found
    }
}

extension Profile {
    fileprivate var hasStaticKeys: Bool {
        ["aws_access_key_id", "aws_secret_access_key"].contains { self[$0] != nil }
    }

    /// Says what to do where a profile wants its user to sign on in a browser.
    fileprivate func refuseSignOn(by members: [String]) throws(CredentialError) {
        guard let member = members.first(where: { self[$0] != nil }) else { return }
        throw CredentialError(
            "\(place(of: member)) wants its user to sign on, which only the aws program can do; "
                + "make another profile with 'credential_process = aws configure "
                + "export-credentials --profile \(name)' and name that one")
    }
}

extension Profile.Part {
    /// The keys that stand here.
    fileprivate func staticCredentials(of profile: Profile) throws(CredentialError) -> Credentials?
    {
        guard let id = self["aws_access_key_id"] else { return nil }
        guard let secret = self["aws_secret_access_key"] else {
            throw CredentialError(
                "profile '\(profile.name)' in '\(path)' has 'aws_access_key_id' but no "
                    + "'aws_secret_access_key'; it must have both or neither")
        }
        let token = self["aws_security_token"] ?? self["aws_session_token"]
        return Credentials(key: AccessKey(id: id, secret: secret, sessionToken: token))
    }
}
