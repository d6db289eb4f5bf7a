import Hummingbird
import HummingbirdTesting
import Logging
import SageMakerAPI
import Testing
import Tuning

@testable import TuningServer

@Suite("Requests that go wrong", .timeLimit(.minutes(5)))
struct FaultMiddlewareTests {
    /// How a request ended: `200`, a code of the API, or `nothing` where no answer came.
    typealias Ending = String

    private static func withClient(
        faults: FaultInjector?,
        _ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void
    ) async throws {
        try await TestService.run { service in
            try await withClient(of: service, faults: faults, body)
        }
    }

    private static func withClient(
        of service: TestService, faults: FaultInjector?,
        _ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void
    ) async throws {
        var configuration = TunerServer.Configuration()
        configuration.port = 0
        configuration.faults = faults
        let server = try TunerServer(
            service.dispatcher, configuration: configuration, logger: TestService.silence)
        try await server.application.test(.live) { client in try await body(client) }
    }

    private static func send(
        _ operation: String, _ body: JSONValue, to client: any TestClientProtocol
    ) async throws -> Ending {
        let target = try #require(HTTPFields.Element.Name("X-Amz-Target"))
        do {
            return try await client.execute(
                uri: "/", method: .post, headers: [target: "SageMaker.\(operation)"],
                body: ByteBuffer(bytes: body.encoded)
            ) { response in
                if response.status == .ok { return "200" }
                let answer = try JSONValue(parsing: Array(response.body.readableBytesView))
                return "\(response.status.code) \(answer["__type"]?.string ?? "")"
            }
        } catch is JSONError {
            throw CancellationError()
        } catch {
            return "nothing"
        }
    }

    private static func faults(
        _ method: HTTPRequest.Method, _ body: JSONValue? = nil, of client: any TestClientProtocol
    ) async throws -> (status: Int, value: JSONValue) {
        try await client.execute(
            uri: "/mock/faults", method: method, body: body.map { ByteBuffer(bytes: $0.encoded) }
        ) { response in
            let bytes = Array(response.body.readableBytesView)
            return (response.status.code, try JSONValue(parsing: bytes))
        }
    }

    @Test(
        "Refusals are the service's",
        arguments: [
            ("throttled", "400 ThrottlingException"), ("unavailable", "503 ServiceUnavailable"),
            ("failed", "500 InternalFailure"),
        ])
    func refusals(fault: String, ending: Ending) async throws {
        let plan = try FaultPlan(["CreateTrainingJob": .object([fault: 1])])
        try await Self.withClient(faults: FaultInjector(plan)) { client in
            let request = Requests.trainingJob("one")
            #expect(try await Self.send("CreateTrainingJob", request, to: client) == ending)
            let reference: JSONValue = ["TrainingJobName": "one"]
            // It was not performed, and other operations are served.
            let described = try await Self.send("DescribeTrainingJob", reference, to: client)
            #expect(described == "400 ValidationException")
        }
    }

    @Test("What is lost has been performed, once")
    func lost() async throws {
        let injector = FaultInjector(try FaultPlan(["CreateTrainingJob": ["lost": 1]]))
        try await TestService.run { service in
            try await Self.withClient(of: service, faults: injector) { client in
                let ending = try await Self.send(
                    "CreateTrainingJob", Requests.trainingJob("one"), to: client)
                #expect(ending == "nothing")
            }
            let described = try await service.send(
                "DescribeTrainingJob", ["TrainingJobName": "one"])
            #expect(described.status == 200)
            #expect(injector.report["injected"] == ["CreateTrainingJob": ["lost": 1]])
        }
    }

    @Test("What is duplicated is performed twice, and the second answer is given")
    func duplicated() async throws {
        let injector = FaultInjector(try FaultPlan(["all": ["duplicated": 1]]))
        try await Self.withClient(faults: injector) { client in
            let ending = try await Self.send(
                "CreateTrainingJob", Requests.trainingJob("one"), to: client)
            #expect(ending == "400 ResourceInUse")
            let reference: JSONValue = ["TrainingJobName": "one"]
            let described = try await Self.send("DescribeTrainingJob", reference, to: client)
            #expect(described == "200")
            #expect(injector.report["requests"]?["CreateTrainingJob"] == 1)
        }
    }

    @Test("An answer is as late as said, and not lost")
    func delay() async throws {
        let plan = try FaultPlan(["ListTrainingJobs": ["delay": 0.3]])
        try await Self.withClient(faults: FaultInjector(plan)) { client in
            let start = ContinuousClock.now
            let ending = try await Self.send("ListTrainingJobs", [:], to: client)
            #expect(ending == "200")
            #expect(start.duration(to: .now) >= .milliseconds(300))
        }
    }

    @Test("Faults are shown, changed while the service runs, and switched off")
    func changes() async throws {
        try await Self.withClient(faults: FaultInjector()) { client in
            #expect(try await Self.faults(.get, of: client).value["faults"] == [:])
            let plan: JSONValue = ["all": ["throttled": 1]]
            #expect(try await Self.faults(.put, plan, of: client).status == 200)
            let refused = "400 ThrottlingException"
            #expect(try await Self.send("ListTrainingJobs", [:], to: client) == refused)
            let report = try await Self.faults(.get, of: client).value
            #expect(
                report == [
                    "faults": plan, "requests": ["ListTrainingJobs": 1],
                    "injected": ["ListTrainingJobs": ["throttled": 1]],
                ])
            let wrong = try await Self.faults(.put, ["all": ["broken": 1]], of: client)
            #expect(wrong.status == 400 && wrong.value["__type"] == "ValidationException")
            #expect(try await Self.send("ListTrainingJobs", [:], to: client) == refused)
            #expect(try await Self.faults(.put, [:], of: client).status == 200)
            #expect(try await Self.send("ListTrainingJobs", [:], to: client) == "200")
        }
    }

    @Test("A service that simulates nothing has no such address")
    func absence() async throws {
        try await Self.withClient(faults: nil) { client in
            let shown = try await Self.faults(.get, of: client)
            let changed = try await Self.faults(.put, [:], of: client)
            #expect(shown.status == 404 && changed.status == 404)
        }
    }
}
