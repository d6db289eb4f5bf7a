import Hummingbird
import HummingbirdTesting
import SageMakerAPI
import Testing
import Tuning
import TuningTesting

@testable import TuningServer

@Suite("Generated connections", .serialized)
struct SocketFuzzTests {
    private static let roundCount = 300

    /// Works with a service that has a port.
    private static func withPort(
        _ body: @escaping @Sendable (Int, TestService) async throws -> Void
    ) async throws {
        try await TestService.run { service in
            var configuration = TunerServer.Configuration()
            configuration.port = 0
            let server = try TunerServer(
                service.dispatcher, configuration: configuration, logger: TestService.silence)
            try await server.application.test(.live) { client in
                try await body(try #require(client.port), service)
            }
        }
    }

    @Test("Are answered or closed, never with a defect, and disturb nobody else")
    func generatedConnections() async throws {
        try await Self.withPort { port, service in
            var requests = ConnectionDamage(
                random: SeededGenerator(seed: Fuzzing.seed, ordinal: 1_000))
            for round in 0..<Self.roundCount * Fuzzing.factor {
                let name = "job-\(round)"
                let (pieces, ending) = requests.damaged(name: name)
                let exchange = await RawExchange.perform(port: port, pieces, ending: ending)
                let text =
                    "seed \(Fuzzing.seed) round \(round) ending \(ending): "
                    + String(decoding: pieces.joined().prefix(2_000), as: UTF8.self)
                #expect(exchange.isClosed, "Still open: \(text)")
                #expect(exchange.statuses.allSatisfy { $0 < 500 }, "\(exchange.statuses) \(text)")
                if round.isMultiple(of: 25) {
                    let health = await RawExchange.perform(
                        port: port, [Self.health], ending: .waiting)
                    #expect(health.statuses == [200], "After \(text)")
                }
            }
            try await Self.checkWholeness(service)
        }
    }

    private static let health = Array(
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)

    /// Whether every job that exists is whole.
    private static func checkWholeness(_ service: TestService) async throws {
        var request: [String: JSONValue] = ["MaxResults": 100]
        repeat {
            let page = try await service.send("ListTrainingJobs", .object(request))
            #expect(page.status == 200)
            for job in page["TrainingJobSummaries"]?.array ?? [] {
                let name = try #require(job["TrainingJobName"])
                let described = try await service.poll(
                    "DescribeTrainingJob", ["TrainingJobName": name]
                ) { $0["TrainingJobStatus"] == "Completed" }
                #expect(described["TrainingJobArn"] == job["TrainingJobArn"])
            }
            request["NextToken"] = page["NextToken"]
        } while request["NextToken"] != nil
    }

    @Test("Requests that are sent without waiting are answered in their order")
    func pipelining() async throws {
        try await Self.withPort { port, _ in
            let count = 50
            let text = (0..<count).map { number in
                let body = #"{"TrainingJobName":"x-\#(number)"}"#
                let target = number.isMultiple(of: 2) ? "DescribeTrainingJob" : "ListTrainingJobs"
                return "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: SageMaker.\(target)\r\n"
                    + (number == count - 1 ? "Connection: close\r\n" : "")
                    + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
            }.joined()
            let exchange = await RawExchange.perform(
                port: port, [Array(text.utf8)], ending: .waiting)
            #expect(exchange.isClosed)
            #expect(exchange.statuses == (0..<count).map { $0.isMultiple(of: 2) ? 400 : 200 })
        }
    }

    @Test("A client that is slow is served, byte by byte")
    func slowClient() async throws {
        try await Self.withPort { port, _ in
            let text =
                "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "X-Amz-Target: SageMaker.ListTrainingJobs\r\nContent-Length: 2\r\n\r\n{}"
            let exchange = await RawExchange.perform(
                port: port, text.utf8.map { [$0] }, ending: .waiting)
            #expect(exchange.statuses == [200])
        }
    }

    @Test(
        "What a web page could forge or rebind is refused",
        arguments: [
            "Host: evil.example", "Host: localhost.", "Host: localhost.evil.example",
            "Host: [::1].evil.example", "Host: [::2]", "Host: 127.0.0.1@evil.example",
            "Host: localhost:80:80", "Host: 2130706433", "Host: 0", "Host: ", "X-No: host",
            "Host: localhost\r\nHost: localhost", "Host: localhost\r\nHost: evil.example",
            "Host: localhost\r\nOrigin: http://localhost", "Host: localhost\r\nOrigin: null",
            "Host: localhost\r\nOrigin: ", "Host: localhost\r\nSec-Fetch-Site: cross-site",
            "Host: localhost\r\nSec-Fetch-Site: same-site",
            "Host: localhost\r\nSec-Fetch-Site: none\r\nSec-Fetch-Site: cross-site",
        ])
    func forged(headers: String) async throws {
        try await Self.withPort { port, _ in
            let statuses = await Self.statuses(port, "POST / HTTP/1.1", headers)
            #expect(statuses == [403] || statuses == [400])
        }
    }

    @Test(
        "Whoever means this machine gets in",
        arguments: [
            "Host: localhost", "Host: LOCALHOST:1", "Host: 127.0.0.1:80", "Host: [::1]",
            "Host: [::1]:8080", "Host: localhost\r\nSec-Fetch-Site: none",
        ])
    func meant(headers: String) async throws {
        try await Self.withPort { port, _ in
            #expect(await Self.statuses(port, "POST / HTTP/1.1", headers) == [200])
        }
    }

    @Test(
        "Nothing but a POST of the path alone is an operation",
        arguments: [
            "POST //evil.example/ HTTP/1.1", "POST * HTTP/1.1", "CONNECT localhost:80 HTTP/1.1",
            "OPTIONS / HTTP/1.1", "PUT / HTTP/1.1",
        ])
    func targets(line: String) async throws {
        try await Self.withPort { port, _ in
            let statuses = await Self.statuses(port, line, "Host: localhost")
            #expect(statuses.allSatisfy { (400..<500).contains($0) }, "\(statuses)")
        }
    }

    @Test("A whole address as the target does not stand in for the Host header")
    func absoluteTarget() async throws {
        try await Self.withPort { port, _ in
            let line = "POST http://localhost/ HTTP/1.1"
            #expect(await Self.statuses(port, line, "Host: evil.example") == [403])
        }
    }

    /// The statuses of the answers to one request.
    private static func statuses(_ port: Int, _ line: String, _ headers: String) async -> [Int] {
        let text =
            "\(line)\r\n\(headers)\r\nX-Amz-Target: SageMaker.ListTrainingJobs\r\n"
            + "Content-Length: 2\r\nConnection: close\r\n\r\n{}"
        return await RawExchange.perform(port: port, [Array(text.utf8)], ending: .waiting).statuses
    }
}
