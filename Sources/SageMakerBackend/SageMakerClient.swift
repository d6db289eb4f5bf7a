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
    private let signer: Signer?
    private let http: HTTPClient

    /// Calls a service.
    ///
    /// - Parameters:
    ///   - endpoint: Its address, such as `http://127.0.0.1:8080`.
    ///   - signer: Signs every request; without one they go out unsigned.
    ///   - http: What connects; a client of its own unless given.
    package init(endpoint: String, signer: Signer? = nil, http: HTTPClient? = nil) {
        self.endpoint = endpoint
        self.signer = signer
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
        let body = request.encoded
        message.headers = .init(headers(operation, body: body).map { ($0.name, $0.value) })
        message.body = .bytes(body)
        let answer = try await http.execute(
            message, timeout: .nanoseconds(Self.timeout.components.seconds * 1_000_000_000))
        let text = try await answer.body.collect(upTo: Self.answerBytesMax)
        let value =
            try text.readableBytes == 0 ? [:] : JSONValue(parsing: Array(text.readableBytesView))
        guard answer.status.code < 300 else {
            throw APIError(
                value["__type"]?.string ?? "Unknown",
                value["message"]?.string ?? value["Message"]?.string ?? "\(answer.status)",
                status: Int(answer.status.code))
        }
        return value
    }

    /// The headers of a call, signed where there is a signer.
    private func headers(_ operation: String, body: [UInt8]) -> [SignableRequest.Header] {
        let headers: [SignableRequest.Header] = [
            .init("Content-Type", "application/x-amz-json-1.1"),
            .init("X-Amz-Target", "SageMaker.\(operation)"),
        ]
        guard let signer, let address = URLComponents(string: endpoint), let host = address.host
        else { return headers }
        // The host as the client writes it: with its port, unless that is the scheme's own.
        let standardPort = address.scheme == "https" ? 443 : 80
        let port = address.port.flatMap { $0 == standardPort ? nil : ":\($0)" } ?? ""
        let request = SignableRequest(
            method: "POST", path: address.percentEncodedPath,
            query: address.percentEncodedQuery ?? "",
            headers: headers + [.init("Host", host + port)])
        return signer.signed(request, body: body, at: Date()).headers
    }
}
