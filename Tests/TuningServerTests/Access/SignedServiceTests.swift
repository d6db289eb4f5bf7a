import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import SageMakerAPI
import Testing
import Tuning

@testable import TuningServer

@Suite("Service with access keys")
struct SignedServiceTests {
    /// A service with a key that may do everything and one that may only read.
    struct Keys {
        let file: AccessKeyFile
        let full: StoredAccessKey
        let reading: StoredAccessKey
    }

    /// Works with a service that has keys, through a socket.
    private static func withService(
        _ logger: Logger,
        _ body: @escaping @Sendable (any TestClientProtocol, Keys) async throws -> Void
    ) async throws {
        let directory = TemporaryDirectory()
        let file = AccessKeyFile(dataDirectory: directory.url)
        let keys = Keys(
            file: file, full: try file.create(name: "full", isReadOnly: false),
            reading: try file.create(name: "reading", isReadOnly: true))
        try await TestService.run(logger: logger) { service in
            var configuration = TunerServer.Configuration()
            configuration.port = 0
            let server = try TunerServer(
                service.dispatcher, configuration: configuration,
                keys: try AccessKeys(file, logger: logger), logger: logger)
            try await server.application.test(.live) { client in try await body(client, keys) }
        }
    }

    /// Sends an operation signed with a key, and says how it ended: `200`, or a code.
    private static func send(
        _ operation: String, _ body: JSONValue, key: AccessKey?, to client: any TestClientProtocol,
        edit: (inout HTTPFields) -> Void = { _ in }
    ) async throws -> String {
        let bytes = body.encoded
        var request = SignableRequest(
            method: "POST", path: "/",
            headers: [
                .init("X-Amz-Target", "SageMaker.\(operation)"),
                .init("Host", "localhost"),
            ])
        if let key {
            request = Signer(key: key, region: "us-east-1").signed(request, body: bytes, at: Date())
        }
        var headers = HTTPFields()
        for header in request.headers where header.name != "host" {
            headers[try #require(HTTPFields.Element.Name(header.name))] = header.value
        }
        edit(&headers)
        return try await client.execute(
            uri: "/", method: .post, headers: headers, body: ByteBuffer(bytes: bytes)
        ) { response in
            if response.status == .ok { return "200" }
            #expect(response.status == .badRequest)
            let answer = try JSONValue(parsing: Array(response.body.readableBytesView))
            return answer["__type"]?.string ?? ""
        }
    }

    @Test("Answers what a key signed, and refuses everything else")
    func signatures() async throws {
        try await Self.withService(LogCapture().logger) { client, keys in
            let full = keys.full.accessKey
            let wrong = AccessKey(id: full.id, secret: "x")
            let unknown = AccessKey(id: "AKIA", secret: full.secret)
            for (key, ending) in [
                (full, "200"), (nil, "MissingAuthenticationTokenException"),
                (wrong, "InvalidSignatureException"), (unknown, "UnrecognizedClientException"),
            ] {
                let found = try await Self.send("ListTrainingJobs", [:], key: key, to: client)
                #expect(found == ending)
            }
            for path in ["/healthz", "/readyz"] {
                let status = try await client.execute(uri: path, method: .get) { $0.status }
                #expect(status == .ok)
            }
        }
    }

    @Test("A key that may only read changes nothing")
    func readOnly() async throws {
        try await Self.withService(LogCapture().logger) { client, keys in
            let key = keys.reading.accessKey
            let name: JSONValue = ["TrainingJobName": "one"]
            for (operation, body, ending) in [
                ("CreateTrainingJob", Requests.trainingJob("one"), "AccessDeniedException"),
                ("DeleteTrainingJob", name, "AccessDeniedException"),
                ("AddTags", [:], "AccessDeniedException"),
                ("DescribeTrainingJob", name, "ValidationException"),
                ("ListTrainingJobs", [:], "200"), ("Nothing", [:], "UnknownOperationException"),
            ] as [(String, JSONValue, String)] {
                let found = try await Self.send(operation, body, key: key, to: client)
                #expect(found == ending, "\(operation)")
            }
        }
    }

    @Test("A key that is revoked or made counts at once")
    func changes() async throws {
        try await Self.withService(LogCapture().logger) { client, keys in
            _ = try keys.file.revoke(keys.full.id)
            #expect(
                try await Self.send("ListTags", [:], key: keys.full.accessKey, to: client)
                    == "UnrecognizedClientException")
            let new = try keys.file.create(name: nil, isReadOnly: false)
            #expect(
                try await Self.send("ListTrainingJobs", [:], key: new.accessKey, to: client)
                    == "200")
        }
    }

    @Test("Every change is written down, without what it was asked for")
    func audit() async throws {
        let capture = LogCapture()
        try await Self.withService(capture.logger) { client, keys in
            let full = keys.full.accessKey
            let hidden = Requests.trainingJob("one", hyperparameters: ["lr": "hidden-value"])
                .merging(["Environment": ["TOKEN": "hidden-value"]])
            _ = try await Self.send("CreateTrainingJob", hidden, key: full, to: client)
            _ = try await Self.send("CreateTrainingJob", hidden, key: full, to: client)
            _ = try await Self.send(
                "DeleteTrainingJob", ["TrainingJobName": "a\nb=c"], key: full, to: client)
            _ = try await Self.send("CreateTrainingJob", hidden, key: nil, to: client)
            _ = try await Self.send("ListTrainingJobs", [:], key: full, to: client)
            let lines = capture.lines.filter { $0.hasPrefix("notice Change") }
                .map { $0.replacing(#/ request=[-0-9a-f]{36}/#, with: "") }
            let address = "notice Change address=127.0.0.1 key="
            #expect(
                lines == [
                    "\(address)\(full.id) operation=CreateTrainingJob outcome=Done resource=one "
                        + "training_job=one",
                    "\(address)\(full.id) operation=CreateTrainingJob outcome=ResourceInUse "
                        + "resource=one training_job=one",
                    "\(address)\(full.id) operation=DeleteTrainingJob "
                        + "outcome=ValidationException resource=a?b?c training_job=a?b?c",
                    "\(address)anonymous operation=CreateTrainingJob "
                        + "outcome=MissingAuthenticationTokenException resource=",
                ])
            for line in capture.lines {
                for secret in [full.secret, keys.reading.accessKey.secret, "hidden-value"] {
                    #expect(!line.contains(secret), "\(line)")
                }
            }
        }
    }

    @Test("Beyond loopback and behind a proxy it needs keys, and TLS or the proxy")
    func protection() throws {
        let dispatcher = TestService().dispatcher
        let logger = LogCapture().logger
        let directory = TemporaryDirectory()
        let file = AccessKeyFile(dataDirectory: directory.url)
        func start(_ host: String, proxy: Bool, tls: TLSFiles? = nil) throws(ServerError) {
            var configuration = TunerServer.Configuration()
            configuration.host = host
            configuration.isBehindProxy = proxy
            configuration.tls = tls
            let keys = try? AccessKeys(file, logger: logger)
            _ = try TunerServer(
                dispatcher, configuration: configuration, keys: keys, logger: logger)
        }
        let missing = TLSFiles(certificate: "/nowhere", privateKey: "/nowhere")
        try start("127.0.0.1", proxy: false)
        #expect(throws: ServerError.beyondLoopback(host: "0.0.0.0")) {
            try start("0.0.0.0", proxy: false)
        }
        for host in ["0.0.0.0", "127.0.0.1"] {
            #expect(throws: ServerError.withoutKeys(host: host)) { try start(host, proxy: true) }
        }
        #expect(throws: ServerError.withoutKeys(host: "::")) {
            try start("::", proxy: false, tls: missing)
        }
        _ = try file.create(name: nil, isReadOnly: false)
        try start("0.0.0.0", proxy: true)
        #expect(throws: ServerError.withoutTLS(host: "tuner.example")) {
            try start("tuner.example", proxy: false)
        }
        #expect(throws: ServerError.self) { try start("0.0.0.0", proxy: false, tls: missing) }
    }
}
