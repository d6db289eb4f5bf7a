import AsyncHTTPClient
import Foundation
import SageMakerAPI
import Tuning

/// Calls operations of SageMaker, or of anything that speaks its API.
package struct SageMakerClient: Sendable {
    /// The longest wait for an answer.
    package static let timeout = Duration.seconds(60)
    /// The longest answer that is read, in bytes.
    package static let answerBytesMax = 64 << 20

    /// Tries a connection once and not for long: whoever waits for an answer decides what is next.
    ///
    /// Lives as long as the process.
    private static let connections: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = .seconds(10)
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    private let endpoint: String
    private let http: HTTPClient

    /// Calls a service.
    ///
    /// - Parameters:
    ///   - endpoint: Its address, such as `http://127.0.0.1:8080`.
    ///   - http: What connects; a client of its own unless given.
    package init(endpoint: String, http: HTTPClient? = nil) {
        self.endpoint = endpoint
        self.http = http ?? Self.connections
    }

    /// Calls an operation.
    ///
    /// - Parameters:
    ///   - operation: Its name, such as `DescribeTrainingJob`.
    ///   - request: Its request, an object.
    /// - Returns: Its answer; an empty object where the service answers nothing.
    /// - Throws: `APIError` with which the service refused; errors of the connection.
    package func call(_ operation: String, _ request: JSONValue) async throws -> JSONValue {
        var message = HTTPClientRequest(url: endpoint)
        message.method = .POST
        message.headers.add(name: "Content-Type", value: "application/x-amz-json-1.1")
        message.headers.add(name: "X-Amz-Target", value: "SageMaker.\(operation)")
        message.body = .bytes(request.encoded)
        let answer = try await http.execute(
            message, timeout: .nanoseconds(Self.timeout.components.seconds * 1_000_000_000))
        let body = try await answer.body.collect(upTo: Self.answerBytesMax)
        let value =
            try body.readableBytes == 0 ? [:] : JSONValue(parsing: Array(body.readableBytesView))
        guard answer.status.code < 300 else {
            throw APIError(
                value["__type"]?.string ?? "Unknown",
                value["message"]?.string ?? value["Message"]?.string ?? "\(answer.status)",
                status: Int(answer.status.code))
        }
        return value
    }
}
