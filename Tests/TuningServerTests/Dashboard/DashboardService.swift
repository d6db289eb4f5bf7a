import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import SageMakerAPI
import Testing
import Tuning

@testable import TuningServer

/// A service whose dashboard is looked at.
struct DashboardService {
    let service: TestService
    let client: any TestClientProtocol
    /// The service's keys, where it has any.
    let keys: Keys?

    struct Keys {
        let file: AccessKeyFile
        let full: StoredAccessKey
        let reading: StoredAccessKey
    }

    /// An answer as tests look at it.
    struct Page {
        let status: Int
        let headers: HTTPFields
        let text: String

        /// The value of a header.
        func header(_ name: String) -> String? {
            HTTPFields.Element.Name(name).flatMap { headers[$0] }
        }

        /// The token that the forms of the page carry.
        var formToken: String {
            text.firstMatch(of: #/name="token" value="([0-9a-f]+)"/#).map { String($0.1) } ?? ""
        }

        /// The session's cookie, as a browser sends it.
        var cookie: String {
            String((header("Set-Cookie") ?? "").prefix { $0 != ";" })
        }
    }

    /// Works with a service through a socket.
    static func run(
        hasKeys: Bool = false, logger: Logger = TestService.silence,
        logs: TrainingLogSource? = nil,
        _ body: @escaping @Sendable (DashboardService) async throws -> Void
    ) async throws {
        let directory = TemporaryDirectory()
        let file = AccessKeyFile(dataDirectory: directory.url)
        let keys =
            hasKeys
            ? Keys(
                file: file, full: try file.create(name: "full", isReadOnly: false),
                reading: try file.create(name: "reading", isReadOnly: true)) : nil
        try await TestService.run(logger: logger) { service in
            var configuration = TunerServer.Configuration()
            configuration.port = 0
            configuration.logs = logs
            let server = try TunerServer(
                service.dispatcher, configuration: configuration,
                keys: try AccessKeys(file, logger: logger), logger: logger)
            try await server.application.test(.live) { client in
                try await body(DashboardService(service: service, client: client, keys: keys))
            }
        }
    }

    /// Asks for a page as a browser does.
    func get(
        _ path: String, accept: String = "text/html", method: HTTPRequest.Method = .get,
        _ headers: [String: String] = [:]
    ) async throws -> Page {
        try await send(path, method, headers.merging(["Accept": accept]) { old, _ in old })
    }

    /// Sends a form as a browser does, from a page of this service unless said otherwise.
    func post(
        _ path: String, _ form: [String: String], _ headers: [String: String] = [:]
    ) async throws -> Page {
        let body = form.map { "\($0.key)=\($0.value.percentEncoded)" }
        return try await send(
            path, .post,
            ["Accept": "text/html", "Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"]
                .merging(headers) { $1 },
            body: body.joined(separator: "&"))
    }

    private func send(
        _ path: String, _ method: HTTPRequest.Method, _ headers: [String: String],
        body: String? = nil
    ) async throws -> Page {
        var fields = HTTPFields()
        for (name, value) in headers where !value.isEmpty {
            fields[try #require(HTTPFields.Element.Name(name))] = value
        }
        return try await client.execute(
            uri: path, method: method, headers: fields, body: body.map { ByteBuffer(string: $0) }
        ) { response in
            Page(
                status: response.status.code, headers: response.headers,
                text: String(buffer: response.body))
        }
    }

    /// Begins a session, and returns its cookie.
    func signIn(_ key: StoredAccessKey) async throws -> String {
        let page = try await post(
            "/sign-in",
            [
                "key": key.accessKey.id, "secret": key.accessKey.secret,
                "token": try await get("/sign-in").formToken, "next": "/algorithms",
            ])
        #expect(page.status == 303)
        #expect(page.header("Location") == "/algorithms")
        return page.cookie
    }

    /// Creates a tuning job and waits for its end.
    func finishTuningJob(_ name: String, count: Int = 3) async throws {
        _ = try await service.send(
            "CreateHyperParameterTuningJob", Requests.tuningJob(name, count: count))
        _ = try await service.poll(
            "DescribeHyperParameterTuningJob", ["HyperParameterTuningJobName": .string(name)]
        ) { $0["HyperParameterTuningJobStatus"] == "Completed" }
    }
}
