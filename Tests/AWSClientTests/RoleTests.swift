import Foundation
import SageMakerAPI
import Testing

@testable import AWSClient

@Suite("Credentials of a role")
struct RoleTests {
    private static let keys = """
        [base]
        aws_access_key_id = BASE
        aws_secret_access_key = s
        """

    private static func sts() -> ScriptedTransport {
        ScriptedTransport { _, count in .sts(id: "ROLE\(count)") }
    }

    @Test("A role is taken on with its source profile's key, as the profile says")
    func sourceProfile() async throws {
        let home = try Home(
            config: """
                [default]
                role_arn = arn:aws:iam::123456789012:role/a b
                source_profile = base
                external_id = e/&=+
                duration_seconds = 900
                role_session_name = me
                region = eu-west-1
                """, credentials: Self.keys)
        let network = Self.sts()
        let found = try await home.configuration(network: network).credentials.credentials()
        #expect(
            found.key
                == AccessKey(
                    id: "ROLE1", secret: "hidden-<&lt;ROLE1", sessionToken: "hidden-token-ROLE1"))
        #expect(found.expiration == Home.now + 3_600)
        let request = try #require(network.requests.first)
        #expect(request.url.absoluteString == "https://sts.eu-west-1.amazonaws.com")
        #expect(
            request.form == [
                "Action": "AssumeRole", "Version": "2011-06-15", "ExternalId": "e/&=+",
                "DurationSeconds": "900", "RoleArn": "arn:aws:iam::123456789012:role/a b",
                "RoleSessionName": "me",
            ])
        #expect(
            request.header("authorization")?.contains("Credential=BASE/20260101/eu-west-1/sts/")
                == true)
    }

    @Test("Roles are taken on one after the other, each with the one before")
    func chain() async throws {
        let home = try Home(
            config: """
                [profile top]
                role_arn = third
                source_profile = middle
                [profile middle]
                role_arn = second
                source_profile = bottom
                [profile bottom]
                role_arn = first
                source_profile = base
                """, credentials: Self.keys)
        let network = Self.sts()
        let found = try await home.configuration(["AWS_PROFILE": "top"], network: network)
            .credentials.credentials()
        #expect(found.key.id == "ROLE3")
        #expect(network.requests.map { $0.form["RoleArn"] } == ["first", "second", "third"])
        #expect(network.requests.map(\.keyID) == ["BASE", "ROLE1", "ROLE2"])
        #expect(
            network.requests.map(\.url.absoluteString)
                == Array(
                    repeating: "https://sts.amazonaws.com", count: 3))
    }

    @Test("A profile may hold the key that takes on its own role")
    func ownKey() async throws {
        let home = try Home(
            config: """
                [default]
                role_arn = r
                source_profile = default
                aws_access_key_id = OWN
                aws_secret_access_key = s
                """)
        let network = Self.sts()
        #expect(
            try await home.configuration(network: network).credentials.credentials().key.id
                == "ROLE1")
        #expect(network.requests.map(\.keyID) == ["OWN"])
    }

    @Test("A role may be taken on with the environment's key, which alone would go before it")
    func sourcePlace() async throws {
        let home = try Home(
            config: "[profile p]\nrole_arn = r\ncredential_source = Environment\n")
        let network = Self.sts()
        let configuration = home.configuration(
            [
                "AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "s",
                "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:5000",
            ], overrides: .init(profile: "p", asksInstance: false), network: network)
        #expect(try await configuration.credentials.credentials().key.id == "ROLE1")
        #expect(network.requests.map(\.keyID) == ["ENV"])
        #expect(network.requests.map(\.url.absoluteString) == ["http://127.0.0.1:5000"])
    }

    @Test(
        "A token of an identity provider is sent unsigned, and read each time",
        arguments: ["environment", "profile", "source profile"])
    func webIdentity(place: String) async throws {
        let home = try Home(credentials: place == "environment" ? Self.keys : nil)
        let token = try home.write("first", to: "token")
        var environment: [String: String] = [:]
        switch place {
        case "environment":
            environment = [
                "AWS_WEB_IDENTITY_TOKEN_FILE": token, "AWS_ROLE_ARN": "r",
                "AWS_ROLE_SESSION_NAME": "me",
            ]
        case "profile":
            try home.write(
                """
                [default]
                web_identity_token_file = ~/token
                role_arn = r
                role_session_name = me
                """, to: ".aws/config")
        default:
            try home.write(
                """
                [default]
                role_arn = second
                source_profile = p
                [profile p]
                web_identity_token_file = \(token)
                role_arn = r
                role_session_name = me
                """, to: ".aws/config")
        }
        let network = Self.sts()
        let credentials = home.configuration(environment, network: network).credentials
        let key = try await credentials.credentials().key
        let first = try #require(network.requests.first)
        #expect(
            first.form == [
                "Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15",
                "WebIdentityToken": "first", "RoleArn": "r", "RoleSessionName": "me",
            ])
        #expect(first.keyID == nil)
        #expect(network.requests.count == (place == "source profile" ? 2 : 1))

        try home.write("second", to: "token")
        await credentials.forget(key)
        #expect(try await credentials.credentials().key != key)
        #expect(
            network.requests.compactMap { $0.form["WebIdentityToken"] } == ["first", "second"])
    }

    @Test("What STS refuses is passed on with its code and message")
    func refusal() async throws {
        let home = try Home(
            config: "[default]\nrole_arn = r\nsource_profile = base", credentials: Self.keys)
        let network = ScriptedTransport { _, _ in
            .text(
                """
                <ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>
                <Message>BASE may not do &quot;that&quot;</Message></Error></ErrorResponse>
                """, status: 403)
        }
        let error = await #expect(throws: CredentialError.self) {
            try await home.configuration(network: network).credentials.credentials()
        }
        let message = try #require(error).description
        #expect(message.contains(#"AccessDenied (BASE may not do "that")"#))
        #expect(message.contains("profile 'default' in") && message.contains("role 'r'"))
    }

    @Test(
        "An answer of STS that is none is an error that repeats nothing",
        arguments: ["", "<SecretAccessKey>hidden</SecretAccessKey>", "<AccessKeyId>"])
    func nonsense(body: String) async throws {
        let home = try Home(
            config: "[default]\nrole_arn = r\nsource_profile = base", credentials: Self.keys)
        let error = await #expect(throws: CredentialError.self) {
            try await home.configuration(network: ScriptedTransport { _, _ in .text(body) })
                .credentials.credentials()
        }
        #expect(error?.description.contains("hidden") == false)
    }
}
