import Foundation
import SageMakerAPI
import Tuning

/// Calls operations of SageMaker, or of anything that speaks its API.
package struct SageMakerClient: Sendable {
    private let endpoint: URL
    private let client: SignedClient
    private let timeout: Duration

    /// Calls a service.
    ///
    /// - Parameters:
    ///   - endpoint: Its address, such as `http://127.0.0.1:8080`.
    ///   - timeout: How long to wait for each answer.
    package init(endpoint: URL, _ client: SignedClient, timeout: Duration = .seconds(60)) {
        self.endpoint = endpoint
        self.client = client
        self.timeout = timeout
    }

    /// Calls an operation.
    ///
    /// - Parameters:
    ///   - operation: Its name, such as `DescribeTrainingJob`.
    ///   - request: Its request, an object.
    /// - Returns: Its answer; an empty object where the service answers nothing.
    /// - Throws: `APIError` with which the service refused; `TransportError`, `CredentialError`,
    ///   `CancellationError`; `JSONError` for an answer that is none.
    package func call(_ operation: String, _ request: JSONValue) async throws -> JSONValue {
        let answer = try await client.send(
            HTTPRequest(
                "POST", endpoint,
                headers: [
                    HTTPHeader("Content-Type", "application/x-amz-json-1.1"),
                    HTTPHeader("X-Amz-Target", "SageMaker.\(operation)"),
                ], body: request.encoded, timeout: timeout))
        guard answer.isSuccess else { throw APIError(answer) }
        return answer.body.isEmpty ? [:] : try JSONValue(parsing: answer.body)
    }

    /// Fetches a document that the service has beside its operations.
    ///
    /// - Parameters:
    ///   - path: The parts of its path, as they are before they are encoded.
    ///   - query: What follows the path, likewise.
    /// - Returns: Its bytes.
    /// - Throws: As `call(_:_:)`; `APIError` has the status.
    package func document(
        at path: [String], query: [(name: String, value: String)] = []
    ) async throws -> [UInt8] {
        var address = endpoint.absoluteString
        if !address.hasSuffix("/") { address += "/" }
        address += path.map(\.percentEncoded).joined(separator: "/")
        let fields = query.map { "\($0.name.percentEncoded)=\($0.value.percentEncoded)" }
        if !fields.isEmpty { address += "?" + fields.joined(separator: "&") }
        guard let url = URL(string: address) else {
            throw TransportError(.unreachable, "no address: \(path)")
        }
        let answer = try await client.send(HTTPRequest("GET", url, timeout: timeout))
        guard answer.isSuccess else { throw APIError(answer) }
        return answer.body
    }
}

extension APIError {
    /// Reads a refusal; one that is not written as the API writes it keeps its status.
    fileprivate init(_ answer: HTTPAnswer) {
        let value = try? JSONValue(parsing: answer.body)
        // Some services write the code with a namespace before it.
        let code = value?["__type"]?.string?.split(separator: "#").last.map(String.init)
        self.init(
            code ?? "Unknown",
            value?["message"]?.string ?? value?["Message"]?.string ?? "status \(answer.status)",
            status: answer.status)
    }
}
