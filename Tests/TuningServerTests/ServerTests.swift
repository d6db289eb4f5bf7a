import Hummingbird
import HummingbirdTesting
import Logging
import SageMakerAPI
import ServiceLifecycle
import Testing
import Tuning

@testable import TuningServer

@Suite("Server")
struct ServerTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func server(_ service: TestService) throws -> TunerServer {
        var configuration = TunerServer.Configuration()
        configuration.port = 0
        return try TunerServer(
            service.dispatcher, configuration: configuration, logger: logger)
    }

    /// Works with a service through a socket.
    private static func withClient(
        _ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void
    ) async throws {
        try await TestService.run { service in
            try await server(service).application.test(.live) { client in
                try await body(client)
            }
        }
    }

    private static func headers(_ operation: String?) -> HTTPFields {
        var headers: HTTPFields = [.contentType: "application/x-amz-json-1.1"]
        if let operation { headers[.init("X-Amz-Target")!] = "SageMaker.\(operation)" }
        return headers
    }

    @Test("Answers operations in the protocol of the API, with the region of the signature")
    func operations() async throws {
        try await Self.withClient { client in
            var headers = Self.headers("CreateTrainingJob")
            headers[.authorization] =
                "AWS4-HMAC-SHA256 Credential=AK/20260101/eu-west-3/sagemaker/aws4_request"
            try await client.execute(
                uri: "/", method: .post, headers: headers,
                body: ByteBuffer(bytes: Requests.trainingJob("one").encoded)
            ) { response in
                #expect(response.status == .ok)
                #expect(response.headers[.contentType] == "application/x-amz-json-1.1")
                #expect(response.headers[.init("x-amzn-RequestId")!]?.count == 36)
                #expect(
                    String(buffer: response.body)
                        == #"{"TrainingJobArn":"#
                        + #""arn:aws:sagemaker:eu-west-3:123456789012:training-job/one"}"#)
            }
            try await client.execute(
                uri: "/", method: .post, headers: Self.headers("DescribeTrainingJob"),
                body: ByteBuffer(string: #"{"TrainingJobName":"two"}"#)
            ) { response in
                #expect(response.status == .badRequest)
                let value = try JSONValue(parsing: Array(response.body.readableBytesView))
                #expect(
                    value == [
                        "__type": "ValidationException",
                        "message": "Requested resource not found.",
                    ])
            }
        }
    }

    @Test("Says whether it lives and is ready", arguments: ["/healthz", "/readyz"])
    func health(path: String) async throws {
        try await Self.withClient { client in
            try await client.execute(uri: path, method: .get) { response in
                #expect(response.status == .ok)
            }
        }
    }

    @Test("Without a target there is no operation")
    func missingTarget() async throws {
        try await Self.withClient { client in
            try await client.execute(
                uri: "/", method: .post, headers: Self.headers(nil), body: ByteBuffer(string: "{}")
            ) { response in
                #expect(response.status == .badRequest)
                #expect(String(buffer: response.body).contains("UnknownOperationException"))
            }
        }
    }

    @Test("Other paths are answered in the protocol too", arguments: ["/", "/x", "/healthz/y"])
    func otherPaths(path: String) async throws {
        try await Self.withClient { client in
            try await client.execute(uri: path, method: .put) { response in
                #expect((400..<500).contains(response.status.code))
                #expect(String(buffer: response.body).contains("UnknownOperationException"))
            }
        }
    }

    @Test("What a web page sends is refused", arguments: ["http://evil.example", "null"])
    func webPages(origin: String) async throws {
        try await Self.withClient { client in
            var headers = Self.headers("ListTrainingJobs")
            headers[.origin] = origin
            try await client.execute(
                uri: "/", method: .post, headers: headers, body: ByteBuffer(string: "{}")
            ) { response in
                #expect(response.status == .forbidden)
                #expect(String(buffer: response.body).contains("AccessDeniedException"))
            }
        }
    }

    @Test(
        "Only loopback names are taken for the service",
        arguments: [
            ("127.0.0.1:8080", true), ("localhost", true), ("LocalHost:1", true),
            ("[::1]:80", true),
            ("evil.example", false), ("localhost.evil.example:80", false),
            ("127.0.0.1.evil.example", false), ("localhost:80x", false), ("", false), (nil, false),
            ("localhost@evil.example", false),
        ] as [(String?, Bool)])
    func hosts(authority: String?, isAccepted: Bool) {
        #expect(Loopback.isAuthority(authority) == isAccepted)
    }

    @Test("A body may have 16 MB and no more", arguments: [(0, 200), (1, 413)])
    func bodyLimit(excess: Int, status: Int) async throws {
        try await Self.withClient { client in
            let filler = TunerServer.bodyBytesMax + excess - #"{"":""}"#.utf8.count
            let body = #"{"":""# + String(repeating: " ", count: filler) + #""}"#
            try await client.execute(
                uri: "/", method: .post, headers: Self.headers("ListTrainingJobs"),
                body: ByteBuffer(string: body)
            ) { response in
                #expect(response.status.code == status)
            }
        }
    }

    @Test("Says which port it listens on, and ends when it is asked to")
    func listening() async throws {
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        var configuration = TunerServer.Configuration()
        configuration.port = 0
        let server = try TunerServer(
            TestService().dispatcher, configuration: configuration, logger: Self.logger
        ) { continuation.yield($0) }
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: server)], logger: Self.logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let port = await ports.first { _ in true }
            #expect((port ?? 0) > 0)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}
