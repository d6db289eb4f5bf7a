import Foundation
import Testing

@testable import AWSClient

/// The secrets of these rows all hold the word `hidden`.
@Suite("Credentials that cannot be had")
struct CredentialErrorTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        var environment: [String: String] = [:]
        var config: String?
        var credentials: String?
        /// What the message must hold.
        let words: [String]

        var testDescription: String { name }
    }

    private static func config(_ members: String) -> String { "[default]\n" + members }

    private static let rows: [Row] = [
        Row(
            name: "half a key in the environment", environment: ["AWS_ACCESS_KEY_ID": "A"],
            words: ["AWS_SECRET_ACCESS_KEY"]),
        Row(
            name: "an end that is no time",
            environment: [
                "AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "hidden",
                "AWS_CREDENTIAL_EXPIRATION": "soon",
            ], words: ["AWS_CREDENTIAL_EXPIRATION", "2030-01-31T12:00:00Z"]),
        Row(
            name: "half a key in the credentials file",
            credentials: config("aws_access_key_id = A"),
            words: [".aws/credentials'", "'default'", "'aws_secret_access_key'"]),
        Row(
            name: "half a key in each file", config: config("aws_secret_access_key = hidden"),
            credentials: config("aws_access_key_id = A"), words: [".aws/credentials'"]),
        Row(
            name: "a profile that is nowhere", environment: ["AWS_PROFILE": "p"],
            credentials: config(""),
            words: ["AWS_PROFILE", "[profile p]", ".aws/config'", ".aws/credentials'"]),
        Row(
            name: "a file that is none", credentials: "aws_secret_access_key = hidden",
            words: [".aws/credentials', line 1"]),
        Row(
            name: "a profile that signs on",
            config: config("sso_account_id = 1\nsso_role_name = r\nsso_session = s"),
            words: [
                "'sso_account_id'", "export-credentials --profile default", "credential_process",
            ]),
        Row(
            name: "a profile that signs on at the console", config: config("login_session = a"),
            words: ["'login_session'", "export-credentials"]),
        Row(
            name: "a role without a source", config: config("role_arn = r"),
            words: ["profile 'default' in", "'source_profile'", "'credential_source'"]),
        Row(
            name: "a role with two sources",
            config: config("role_arn = r\nsource_profile = a\ncredential_source = Environment"),
            words: ["both", "profile 'default' in"]),
        Row(
            name: "a source that is no place",
            config: config("role_arn = r\ncredential_source = Moon"),
            words: ["'credential_source' of profile 'default'", "'EcsContainer'", "'Moon'"]),
        Row(
            name: "a source place without credentials",
            config: config("role_arn = r\ncredential_source = Environment"),
            words: ["'credential_source' of profile 'default'", "'Environment'"]),
        Row(
            name: "a role that wants a code",
            config: config("role_arn = r\nsource_profile = a\nmfa_serial = m"),
            words: ["'mfa_serial' of profile 'default'", "one-time code", "credential_process"]),
        Row(
            name: "a duration that is none",
            config: config("role_arn = r\nsource_profile = a\nduration_seconds = 1h"),
            words: ["'duration_seconds' of profile 'default'", "3600"]),
        Row(
            name: "a source profile that is nowhere",
            config: config("role_arn = r\nsource_profile = a"),
            words: ["'source_profile' of profile 'default'", "[profile a]"]),
        Row(
            name: "a source profile without credentials",
            config: config("role_arn = r\nsource_profile = a\n[profile a]\nregion = x"),
            words: ["profile 'a' in", "'source_profile' of 'default'", "'aws_access_key_id'"]),
        Row(
            name: "a role that is its own source",
            config: config("role_arn = r\nsource_profile = default"),
            words: ["circle", "'default' to 'default'"]),
        Row(
            name: "roles in a circle",
            config: config(
                """
                role_arn = r
                source_profile = a
                [profile a]
                role_arn = r
                source_profile = b
                [profile b]
                role_arn = r
                source_profile = default
                """), words: ["circle", "'default' to 'a' to 'b' to 'default'"]),
        Row(
            name: "a token without a role",
            environment: ["AWS_WEB_IDENTITY_TOKEN_FILE": "/hidden-nowhere"],
            words: ["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"]),
        Row(
            name: "a token that is nowhere",
            config: config("web_identity_token_file = /nowhere\nrole_arn = r"),
            words: ["'web_identity_token_file' of profile 'default'", "'/nowhere'"]),
        Row(
            name: "a container's address that is none",
            environment: ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "hidden"],
            words: ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "'/'"]),
        Row(
            name: "a container's token of two lines",
            environment: [
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN": "hidden\r\nx: y",
            ], words: ["AWS_CONTAINER_AUTHORIZATION_TOKEN", "one line"]),
        Row(
            name: "a container's token that is nowhere",
            environment: [
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/nowhere",
            ], words: ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "'/nowhere'"]),
        Row(
            name: "a container that nobody runs",
            environment: ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1"],
            words: ["AWS_CONTAINER_CREDENTIALS_FULL_URI", "nobody is there"]),
        Row(
            name: "a program with an open quote", config: config("credential_process = a 'hidden"),
            words: ["'credential_process' of profile 'default'", "quote"]),
        Row(
            name: "a program that is not there",
            config: config("credential_process = /nowhere/program --secret hidden"),
            words: ["'credential_process' of profile 'default'", "cannot be run"]),
        Row(
            name: "a program that fails",
            config: config("credential_process = sh -c 'echo hidden; echo hidden >&2; exit 3'"),
            words: ["'credential_process' of profile 'default'", "3", "by hand"]),
        Row(
            name: "a program that prints something else",
            config: config("credential_process = echo hidden"), words: ["JSON"]),
        Row(
            name: "a program of another version",
            config: config(
                #"credential_process = echo '{"Version": 2, "SecretAccessKey": "hidden"}'"#),
            words: ["'Version'"]),
        Row(
            name: "a program that prints half a key",
            config: config(
                #"credential_process = echo '{"Version": 1, "SecretAccessKey": "hidden"}'"#),
            words: ["'AccessKeyId'"]),
    ]

    @Test(
        "The message says where it is wrong and what would be right, and no secret", arguments: rows
    )
    func message(row: Row) async throws {
        let home = try Home(config: row.config, credentials: row.credentials)
        let error = await #expect(throws: CredentialError.self) {
            try await home.configuration(row.environment).credentials.credentials()
        }
        let message = try #require(error).description
        for word in row.words { #expect(message.contains(word), "\(message)") }
        #expect(!message.contains("hidden"), "\(message)")
    }

    @Test(
        "Without TLS, a token is sent to this machine, ECS and EKS alone",
        arguments: [
            ("http://127.0.0.1:1/x", true), ("http://127.9.9.9/x", true),
            ("http://localhost/x", true), ("http://[::1]:1/x", true),
            ("http://169.254.170.2/x", true), ("http://169.254.170.23/x", true),
            ("http://[fd00:ec2::23]/x", true), ("https://example.com/x", true),
            ("http://example.com/x", false), ("http://127.0.0.1.example.com/x", false),
            ("http://128.0.0.1/x", false), ("http://127.0.0.1@example.com/", false),
            ("http://169.254.169.254/x", false), ("ftp://localhost/x", false), ("x", false),
        ])
    func containerHosts(address: String, isTaken: Bool) async throws {
        let network = ScriptedTransport.unreachable
        let home = try Home()
        let configuration = home.configuration(
            ["AWS_CONTAINER_CREDENTIALS_FULL_URI": address], network: network)
        await #expect(throws: CredentialError.self) {
            try await configuration.credentials.credentials()
        }
        #expect(network.requests.map(\.url.absoluteString) == (isTaken ? [address] : []))
    }
}
