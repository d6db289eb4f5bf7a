import Foundation
import Testing

@testable import AWSClient

@Suite("Regions and addresses of services")
struct RegionAndEndpointTests {
    struct Region: Sendable {
        var environment: [String: String] = [:]
        var region: String?
        let found: String?
    }

    private static let config = "[default]\nregion = of-profile-1\n[profile p]\nregion = of-p-1\n"

    @Test(
        "The region is what was asked for, else the environment's, else the profile's",
        arguments: [
            Region(found: "of-profile-1"),
            Region(environment: ["AWS_PROFILE": "p"], found: "of-p-1"),
            Region(environment: ["AWS_DEFAULT_REGION": "a-1"], found: "a-1"),
            Region(environment: ["AWS_DEFAULT_REGION": "a-1", "AWS_REGION": "b-1"], found: "b-1"),
            Region(environment: ["AWS_REGION": ""], found: "of-profile-1"),
            Region(environment: ["AWS_REGION": "b-1"], region: "c-1", found: "c-1"),
            Region(environment: ["AWS_CONFIG_FILE": "/nowhere"], found: nil),
        ])
    func region(row: Region) async throws {
        let home = try Home(config: Self.config)
        func found(_ standard: String?) async throws -> String? {
            try await home.configuration(
                row.environment,
                overrides: .init(
                    region: row.region, standardRegion: standard, asksInstance: false)
            ).regionIfAny()
        }
        #expect(try await found(nil) == row.found)
        #expect(try await found("standard-1") == row.found ?? "standard-1")
    }

    @Test("Where there is no region, it says what to set")
    func noRegion() async throws {
        let error = await #expect(throws: ConfigurationError.self) {
            try await Home().configuration().endpoint(of: .s3)
        }
        #expect(error?.description.contains("AWS_REGION") == true)
    }

    @Test(
        "A service's own address is that of its region's part of the world",
        arguments: [
            (AWSService.sageMaker, "eu-west-1", "https://api.sagemaker.eu-west-1.amazonaws.com"),
            (.s3, "us-east-1", "https://s3.us-east-1.amazonaws.com"),
            (.sts, "us-gov-west-1", "https://sts.us-gov-west-1.amazonaws.com"),
            (.sageMaker, "cn-north-1", "https://api.sagemaker.cn-north-1.amazonaws.com.cn"),
            (.s3, "cn-northwest-1", "https://s3.cn-northwest-1.amazonaws.com.cn"),
        ])
    func ownAddress(service: AWSService, region: String, address: String) async throws {
        let configuration = try Home().configuration(["AWS_REGION": region])
        #expect(try await configuration.endpoint(of: service).absoluteString == address)
    }

    @Test(
        "What cannot be in the name of a host is no region", arguments: ["a/b", "a.b", "a#", "é"])
    func badRegion(region: String) async throws {
        await #expect(throws: ConfigurationError.self) {
            try await Home().configuration(["AWS_REGION": region]).endpoint(of: .s3)
        }
    }

    struct Endpoint: Sendable {
        var environment: [String: String] = [:]
        var config = ""
        var override: String?
        let s3, sts: String
    }

    private static let standard = (
        s3: "https://s3.us-east-1.amazonaws.com", sts: "https://sts.us-east-1.amazonaws.com"
    )
    private static let services = """
        services = mine
        endpoint_url = http://profile
        [services mine]
        s3 =
          endpoint_url = http://profile-s3:1/x
          addressing_style = path
        """

    @Test(
        "An address is the one asked for, else the environment's, else the profile's",
        arguments: [
            Endpoint(s3: standard.s3, sts: standard.sts),
            Endpoint(
                environment: ["AWS_ENDPOINT_URL": "http://all"], config: services,
                s3: "http://all", sts: "http://all"),
            Endpoint(
                environment: [
                    "AWS_ENDPOINT_URL": "http://all", "AWS_ENDPOINT_URL_S3": "http://s3",
                ],
                s3: "http://s3", sts: "http://all"),
            Endpoint(config: services, s3: "http://profile-s3:1/x", sts: "http://profile"),
            Endpoint(
                environment: ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "TRUE"], config: services,
                s3: standard.s3, sts: standard.sts),
            Endpoint(
                environment: ["AWS_ENDPOINT_URL": "http://all"],
                config: "ignore_configured_endpoint_urls = true",
                s3: standard.s3, sts: standard.sts),
            Endpoint(
                environment: ["AWS_ENDPOINT_URL": "http://all"], override: "http://mine:1",
                s3: "http://mine:1", sts: "http://all"),
        ])
    func configured(row: Endpoint) async throws {
        let home = try Home(config: "[default]\nregion = us-east-1\n\(row.config)\n")
        let configuration = home.configuration(
            row.environment,
            overrides: .init(
                endpoint: row.override.flatMap { URL(string: $0) }, asksInstance: false))
        #expect(try await configuration.endpoint(of: .s3).absoluteString == row.s3)
        #expect(try await configuration.endpoint(of: .sts).absoluteString == row.sts)
    }

    struct Refusal: Sendable {
        var environment: [String: String] = [:]
        var config = ""
        let words: String
    }

    @Test(
        "An address that is none is refused by where it is",
        arguments: [
            Refusal(
                environment: ["AWS_ENDPOINT_URL": "here"], words: "AWS_ENDPOINT_URL must be"),
            Refusal(
                environment: ["AWS_ENDPOINT_URL_S3": "ftp://h"],
                words: "AWS_ENDPOINT_URL_S3 must be"),
            Refusal(
                config: "endpoint_url = http://", words: "'endpoint_url' of profile 'default' in"),
            Refusal(config: "services = x", words: "no [services x]"),
            Refusal(
                config: "services = x\n[services x]\ns3 =\n  endpoint_url = y",
                words: "s3 under 'services'"),
        ])
    func badEndpoint(row: Refusal) async throws {
        let home = try Home(config: "[default]\n\(row.config)")
        let error = await #expect(throws: ConfigurationError.self) {
            try await home.configuration(row.environment).endpoint(of: .s3)
        }
        #expect(error?.description.contains(row.words) == true, "\(error?.description ?? "")")
    }

    @Test("Certificates are those asked for, else the environment's, else the profile's")
    func certificates() throws {
        let home = try Home(config: "[default]\nca_bundle = /of/profile")
        func path(_ environment: [String: String], _ override: String?) throws -> String? {
            try home.configuration(environment, overrides: .init(caFile: override)).caFile()
        }
        #expect(try path([:], nil) == "/of/profile")
        #expect(try path(["SSL_CERT_FILE": "/s"], nil) == "/of/profile")
        #expect(try path(["SSL_CERT_FILE": "/s", "AWS_CONFIG_FILE": "/nowhere"], nil) == "/s")
        #expect(try path(["AWS_CA_BUNDLE": "/b"], nil) == "/b")
        #expect(try path(["AWS_CA_BUNDLE": "/b"], "/a") == "/a")
    }

    @Test("A client signs for its service and region; it does not sign where nobody is known")
    func client() async throws {
        let network = ScriptedTransport { _, _ in .text("") }
        let keys = ["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "s", "AWS_REGION": "x-1"]
        for environment in [keys, ["AWS_REGION": "x-1"]] {
            let configuration = try Home().configuration(environment, network: network)
            let client = try await configuration.clientSignedIfPossible(for: .sageMaker)
            _ = try await client.send(
                HTTPRequest("POST", try await configuration.endpoint(of: .sageMaker)))
        }
        #expect(
            network.requests[0].header("authorization")?.contains("A/20260101/x-1/sagemaker/")
                == true)
        #expect(network.requests[1].header("authorization") == nil)
        let client = try await Home().configuration(["AWS_REGION": "x-1"], network: network)
            .client(for: .s3)
        await #expect(throws: CredentialError.self) {
            try await client.send(HTTPRequest("GET", URL(string: "http://h/")!))
        }
    }
}
