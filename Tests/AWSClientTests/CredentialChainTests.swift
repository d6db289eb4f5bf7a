import Foundation
import SageMakerAPI
import Testing

@testable import AWSClient

@Suite("Where credentials are found")
struct CredentialChainTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        var environment: [String: String] = [:]
        var config: String?
        var credentials: String?
        var profile: String?
        /// The name of the key, its secret and its token.
        var key: [String?]?

        var testDescription: String { name }
    }

    private static let keyOfEnvironment = [
        "AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "s",
    ]
    private static let bothFiles = (
        config: """
        [default]
        aws_access_key_id = CONFIG
        aws_secret_access_key = c
        [profile other]
        aws_access_key_id = OTHERCONFIG
        aws_secret_access_key = oc
        aws_session_token = token
        """,
        credentials: """
        [default]
        aws_access_key_id = FILE
        aws_secret_access_key = f
        [third]
        aws_access_key_id = THIRD
        aws_secret_access_key = t
        aws_security_token = old
        aws_session_token = new
        """
    )

    @Test(
        "They are taken from the first place that has some",
        arguments: [
            Row(name: "nowhere"),
            Row(name: "environment", environment: keyOfEnvironment, key: ["ENV", "s", nil]),
            Row(
                name: "environment with a token",
                environment: keyOfEnvironment.merging(["AWS_SESSION_TOKEN": "t"]) { $1 },
                key: ["ENV", "s", "t"]),
            Row(name: "variables set to nothing", environment: ["AWS_ACCESS_KEY_ID": ""]),
            Row(
                name: "environment before files", environment: keyOfEnvironment,
                credentials: bothFiles.credentials, key: ["ENV", "s", nil]),
            Row(
                name: "environment before AWS_PROFILE",
                environment: keyOfEnvironment.merging(["AWS_PROFILE": "third"]) { $1 },
                credentials: bothFiles.credentials, key: ["ENV", "s", nil]),
            Row(
                name: "a profile that was asked for before environment",
                environment: keyOfEnvironment, credentials: bothFiles.credentials,
                profile: "third", key: ["THIRD", "t", "old"]),
            Row(
                name: "credentials file before configuration file", config: bothFiles.config,
                credentials: bothFiles.credentials, key: ["FILE", "f", nil]),
            Row(
                name: "configuration file alone", config: bothFiles.config,
                key: ["CONFIG", "c", nil]),
            Row(
                name: "named profile", environment: ["AWS_PROFILE": "other"],
                config: bothFiles.config, credentials: bothFiles.credentials,
                key: ["OTHERCONFIG", "oc", "token"]),
            Row(
                name: "the standard profile may be called one",
                config: "[profile default]\naws_access_key_id=A\naws_secret_access_key=B",
                key: ["A", "B", nil]),
            Row(
                name: "a name with spaces", environment: ["AWS_PROFILE": "a b"],
                config: "[profile \"a b\"]\naws_access_key_id=A\naws_secret_access_key=B",
                key: ["A", "B", nil]),
            Row(
                name: "sections that are no profiles",
                config: "[plugins]\naws_access_key_id=A\naws_secret_access_key=B"),
        ])
    func order(row: Row) async throws {
        let home = try Home(config: row.config, credentials: row.credentials)
        let configuration = home.configuration(
            row.environment, overrides: .init(profile: row.profile, asksInstance: false))
        let found = try await configuration.credentialsIfAny()?.credentials().key
        #expect(found.map { [$0.id, $0.secret, $0.sessionToken] } == row.key)
    }

    @Test("Files are where the variables say, also from home on")
    func paths() async throws {
        let home = try Home()
        try home.write("[profile p]\nregion = mars-1", to: "c")
        let credentials = try home.write(
            "[p]\naws_access_key_id=A\naws_secret_access_key=B", to: "k")
        let configuration = home.configuration([
            "AWS_CONFIG_FILE": "~/c", "AWS_SHARED_CREDENTIALS_FILE": credentials,
            "AWS_PROFILE": "p",
        ])
        #expect(try await configuration.credentials.credentials().key.id == "A")
        #expect(try await configuration.region() == "mars-1")
    }

    @Test("The end of the environment's credentials is kept to")
    func expiration() async throws {
        let environment = Self.keyOfEnvironment.merging([
            "AWS_CREDENTIAL_EXPIRATION": "2026-01-01T00:00:01Z"
        ]) { $1 }
        let home = try Home()
        let credentials = try await home.configuration(environment).credentials.credentials()
        #expect(credentials.expiration == Home.now + 1)
        let error = await #expect(throws: CredentialError.self) {
            try await home.configuration(environment, now: Home.now + 2).credentials.credentials()
        }
        #expect(error?.description.contains("'ENV' ended at 2026-01-01T00:00:01Z") == true)
    }

    @Test("Who has none is told what to set")
    func none() async throws {
        let error = await #expect(throws: CredentialError.self) {
            try await Home().configuration().credentials.credentials()
        }
        #expect(error?.description.contains("AWS_PROFILE") == true)
    }

    @Test("Nothing that is printed or dumped has a secret")
    func printing() async throws {
        let home = try Home(credentials: "[default]\naws_secret_access_key = hidden")
        let configuration = home.configuration([
            "AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "hidden",
            "AWS_SESSION_TOKEN": "hidden",
        ])
        let credentials = try await configuration.credentials.credentials()
        let profile = try ProfileFiles(
            configurationPath: "",
            credentialsPath: home.url.appending(path: ".aws/credentials")
                .path(percentEncoded: false)
        ).profile("default")
        var text = "\(configuration) \(credentials)"
        dump(configuration, to: &text)
        dump(credentials, to: &text)
        dump(try #require(profile), to: &text)
        #expect(text.contains("ENV"))
        #expect(!text.contains("hidden"))
    }
}
