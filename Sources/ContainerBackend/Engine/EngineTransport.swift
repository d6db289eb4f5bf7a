import Tuning

/// Sends requests to a container engine: a socket, or a test's stand-in for one.
protocol EngineTransport: Sendable {
    /// Sends a request once, and hands over the answer's body as it comes.
    ///
    /// - Parameter receive: Takes the status and a piece of the body, in order; not called for an
    ///   answer without a body. What it throws ends the request.
    /// - Returns: The status.
    /// - Throws: `EngineUnreachable` when there is no whole answer; `CancellationError`.
    @discardableResult
    func send(
        _ request: EngineRequest,
        _ receive: @escaping @Sendable (_ status: Int, _ piece: [UInt8]) async throws -> Void
    ) async throws -> Int
}

/// A request to a container engine.
struct EngineRequest: Hashable, Sendable {
    /// The method, in upper case.
    var method: String
    /// The path without the version of the API.
    var path: String
    /// The query's names and values, not encoded.
    var query: [String: String] = [:]
    /// The version of the API, such as `1.41`; `nil` for a request that needs none.
    var version: String?
    /// Headers besides those of the body.
    var headers: [String: String] = [:]
    /// The body, as JSON.
    var body: JSONValue?
    /// How long the answer may take; `nil` for one that goes on as long as it likes.
    var timeout: Duration? = .seconds(60)

    /// What comes after the host: path and query, encoded.
    var target: String {
        let pairs = query.sorted { $0.key < $1.key }
            .map { "\($0.key.percentEncoded)=\($0.value.percentEncoded)" }
        let prefix = version.map { "/v\($0)" } ?? ""
        return prefix + path + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&"))
    }
}

/// A container engine that does not answer.
struct EngineUnreachable: Error, CustomStringConvertible {
    /// Which, and what is wrong.
    let description: String
}

/// An answer that a container engine should not have given.
struct EngineError: Error, Hashable, CustomStringConvertible {
    /// The status.
    let status: Int
    /// What the engine says.
    let message: String

    /// What was refused, and why.
    var description: String { "the container engine answered \(status): \(message)" }
}
