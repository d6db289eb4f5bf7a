import Tuning

/// Sends requests to a Ray cluster: a network, or a test's stand-in for one.
protocol RayTransport: Sendable {
    /// Sends a request once, and hands over the answer's body as it comes.
    ///
    /// - Parameter receive: Takes the status and a piece of the body, in order; not called for an
    ///   answer without a body. What it throws ends the request.
    /// - Returns: The status.
    /// - Throws: `RayUnreachable` when there is no whole answer; `CancellationError`.
    @discardableResult
    func send(
        _ request: RayRequest,
        _ receive: @escaping @Sendable (_ status: Int, _ piece: [UInt8]) async throws -> Void
    ) async throws -> Int
}

/// A request to a Ray cluster.
struct RayRequest: Hashable, Sendable {
    /// What is sent.
    enum Body: Hashable, Sendable {
        case json(JSONValue)
        case bytes([UInt8])
    }

    /// The method, in upper case.
    var method: String
    /// The path, encoded.
    var path: String
    /// The query's names and values, not encoded.
    var query: [String: String] = [:]
    /// The body; `nil` for none.
    var body: Body?
    /// How long the answer may take; `nil` for one that goes on as long as it likes.
    var timeout: Duration? = .seconds(60)

    init(
        _ method: String, _ path: String, query: [String: String] = [:], body: Body? = nil,
        timeout: Duration? = .seconds(60)
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.body = body
        self.timeout = timeout
    }

    /// What comes after the host: path and query, encoded.
    var target: String {
        let pairs = query.sorted { $0.key < $1.key }
            .map { "\($0.key.percentEncoded)=\($0.value.percentEncoded)" }
        return path + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&"))
    }
}

/// A Ray cluster that does not answer.
struct RayUnreachable: Error, CustomStringConvertible {
    /// Which, and what is wrong.
    let description: String
}

/// An answer that a Ray cluster should not have given.
struct RayError: Error, Hashable, CustomStringConvertible {
    /// The status.
    let status: Int
    /// What the cluster says.
    let message: String

    /// What was refused, and why.
    var description: String { "the Ray cluster answered \(status): \(message)" }
}
