import Foundation
import SageMakerAPI
import Testing

@testable import AWSClient

/// Programs, containers and machines hand out credentials as JSON.
@Suite("Credentials that are handed out")
struct HandedOutTests {
    private static let document = """
        {"Code": "Success", "AccessKeyId": "A", "SecretAccessKey": "s", "Token": "t",
         "Expiration": "2026-01-01T06:00:00Z", "RoleArn": "arn"}
        """
    private static let credentials = Credentials(
        key: AccessKey(id: "A", secret: "s", sessionToken: "t"),
        expiration: Home.now + 21_600)

    @Test("A program is run without a shell, and what it prints is taken")
    func program() async throws {
        let home = try Home()
        let file = try home.write(
            """
            {"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "s", "SessionToken": "t",
             "Expiration": "2026-01-01T06:00:00+00:00"}
            """, to: "a b; $HOME")
        try home.write("[default]\ncredential_process = cat '\(file)'", to: ".aws/config")
        let found = try await home.configuration().credentials.credentials()
        #expect(found == Self.credentials)
    }

    @Test("A program goes between the keys of the two files")
    func programOrder() async throws {
        let home = try Home(
            config: #"""
                [default]
                aws_access_key_id = CONFIG
                aws_secret_access_key = s
                credential_process = echo '{"Version":1,"AccessKeyId":"P","SecretAccessKey":"s"}'
                """#)
        #expect(try await home.configuration().credentials.credentials().key.id == "P")
        try home.write(
            "[default]\naws_access_key_id = F\naws_secret_access_key = s", to: ".aws/credentials")
        #expect(try await home.configuration().credentials.credentials().key.id == "F")
    }

    @Test("A program that does not end is given up")
    func endless() async throws {
        let process = CredentialProcess(
            "sh -c 'sleep 100; echo'", from: "it", timeout: .milliseconds(100))
        await #expect(throws: CredentialError("the program of it has not ended in 0.1 seconds")) {
            try await process.load()
        }
    }

    struct Time: Sendable {
        let text: String
        let seconds: Double
    }

    @Test(
        "An end is read however it is written",
        arguments: [
            Time(text: "2026-01-01T00:00:01Z", seconds: 1),
            Time(text: "2026-01-01T00:00:01.500Z", seconds: 1.5),
            Time(text: "2026-01-01T01:00:01+01:00", seconds: 1),
            Time(text: "2025-12-31T18:30:01.25-05:30", seconds: 1.25),
        ])
    func end(time: Time) throws {
        let date = try CredentialDocument.date(time.text, namedBy: "it")
        #expect(abs(date.timeIntervalSince(Home.now) - time.seconds) < 0.001)
    }

    struct Container: Sendable {
        let environment: [String: String]
        let address: String
        var authorization: String?
    }

    @Test(
        "A container's are where its variables say, and go before the machine's",
        arguments: [
            Container(
                environment: ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/c?id=1"],
                address: "http://169.254.170.2/v2/c?id=1"),
            Container(
                environment: [
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:80/c",
                    "AWS_CONTAINER_AUTHORIZATION_TOKEN": "Basic x",
                ], address: "http://127.0.0.1:80/c", authorization: "Basic x"),
            Container(
                environment: [
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials",
                    "AWS_CONTAINER_AUTHORIZATION_TOKEN": "Basic x",
                    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "~/token",
                ], address: "http://169.254.170.23/v1/credentials", authorization: "of-file"),
        ])
    func container(row: Container) async throws {
        let home = try Home()
        try home.write("of-file", to: "token")
        let network = ScriptedTransport { _, _ in .text(Self.document) }
        let configuration = home.configuration(
            row.environment, overrides: .init(), network: network)
        #expect(try await configuration.credentials.credentials() == Self.credentials)
        #expect(network.requests.map(\.url.absoluteString) == [row.address])
        #expect(network.requests.first?.header("Authorization") == row.authorization)
        #expect(network.requests.first?.timeout == .seconds(2))
    }

    @Test("A container that refuses is an error, not the end of the search")
    func containerRefusal() async throws {
        let network = ScriptedTransport { _, _ in .text("hidden", status: 404) }
        let configuration = try Home().configuration(
            ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1/c"], network: network)
        let error = await #expect(throws: CredentialError.self) {
            try await configuration.credentials.credentials()
        }
        #expect(error?.description.contains("status 404") == true)
        #expect(error?.description.contains("hidden") == false)
    }

    // MARK: Machines

    private static func machine(
        role: HTTPAnswer = .text("role\n"), document: HTTPAnswer = .text(document)
    ) -> ScriptedTransport {
        ScriptedTransport { request, _ in
            if request.method == "PUT" { return .text("session") }
            guard request.header("x-aws-ec2-metadata-token") == "session" else {
                return .text("", status: 401)
            }
            switch request.url.path() {
            case "/latest/meta-data/iam/security-credentials/": return role
            case "/latest/meta-data/iam/security-credentials/role": return document
            case "/latest/meta-data/placement/region": return .text("eu-north-1")
            default: return .text("", status: 404)
            }
        }
    }

    @Test("A machine is asked in a session, soon gives up, and says its region as well")
    func machine() async throws {
        let network = Self.machine()
        let configuration = try Home().configuration(overrides: .init(), network: network)
        #expect(try await configuration.credentials.credentials() == Self.credentials)
        #expect(
            network.requests.map { "\($0.method) \($0.url.absoluteString)" } == [
                "PUT http://169.254.169.254/latest/api/token",
                "GET http://169.254.169.254/latest/meta-data/iam/security-credentials/",
                "GET http://169.254.169.254/latest/meta-data/iam/security-credentials/role",
            ])
        #expect(
            network.requests[0].header("x-aws-ec2-metadata-token-ttl-seconds") == "21600")
        #expect(network.requests.allSatisfy { $0.timeout == .seconds(1) })
        #expect(try await configuration.region() == "eu-north-1")
    }

    @Test("What a machine hands out although it has ended is taken for a quarter of an hour")
    func machineExtension() async throws {
        let now = Home.now + 21_600
        let configuration = try Home().configuration(
            overrides: .init(), network: Self.machine(), now: now)
        let credentials = try await configuration.credentials.credentials()
        #expect(credentials.key == Self.credentials.key)
        #expect(credentials.expiration == now + 900)
    }

    struct Address: Sendable {
        let environment: [String: String]
        let address: String
        var seconds = 1
    }

    @Test(
        "A machine is asked where the settings say",
        arguments: [
            Address(
                environment: ["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:9/"],
                address: "http://127.0.0.1:9/"),
            Address(
                environment: [
                    "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6",
                    "AWS_METADATA_SERVICE_TIMEOUT": "3",
                ], address: "http://[fd00:ec2::254]/", seconds: 3),
            Address(
                environment: ["AWS_CONFIG_FILE": "~/config"], address: "http://127.0.0.1:8/"),
        ])
    func machineAddress(row: Address) async throws {
        let home = try Home()
        try home.write(
            "[default]\nec2_metadata_service_endpoint = http://127.0.0.1:8", to: "config")
        let network = Self.machine()
        let configuration = home.configuration(
            row.environment, overrides: .init(), network: network)
        #expect(try await configuration.credentials.credentials() == Self.credentials)
        #expect(network.requests.first?.url.absoluteString == "\(row.address)latest/api/token")
        #expect(network.requests.first?.timeout == .seconds(row.seconds))
    }

    enum Machine: Sendable, CaseIterable {
        case notOfAmazon, withoutRole, notToBeAsked
    }

    @Test(
        "No machine of Amazon's, none with a role, and none that may be asked has any",
        arguments: Machine.allCases)
    func noMachine(machine: Machine) async throws {
        let network: ScriptedTransport
        var environment: [String: String] = [:]
        switch machine {
        case .notOfAmazon: network = .unreachable
        case .withoutRole: network = Self.machine(role: .text("", status: 404))
        case .notToBeAsked:
            network = Self.machine()
            environment["AWS_EC2_METADATA_DISABLED"] = "true"
        }
        let configuration = try Home().configuration(
            environment, overrides: .init(), network: network)
        #expect(try await configuration.credentialsIfAny() == nil)
        #expect(network.requests.count == [.notOfAmazon: 1, .withoutRole: 2][machine, default: 0])
    }

    @Test("A role that gives nothing is an error")
    func machineRefusal() async throws {
        let network = Self.machine(document: .text(#"{"Code": "AssumeRoleUnauthorizedAccess"}"#))
        let configuration = try Home().configuration(overrides: .init(), network: network)
        let error = await #expect(throws: CredentialError.self) {
            try await configuration.credentials.credentials()
        }
        #expect(error?.description.contains("'AssumeRoleUnauthorizedAccess'") == true)
    }
}
