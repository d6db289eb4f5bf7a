import Tuning

/// A request to an engine.
package struct EngineRequest: Hashable, Sendable {
    /// What is sent.
    package enum Body: Hashable, Sendable {
        case json(JSONValue)
        case bytes([UInt8])

        /// The JSON; `nil` for what was not made of it.
        package var json: JSONValue? {
            guard case .json(let value) = self else { return nil }
            return value
        }
    }

    /// The method, in upper case.
    package var method: String
    /// What comes before the path, such as `/v1.41`, encoded.
    package var prefix = ""
    /// The path, encoded.
    package var path: String
    /// The query's names and values, not encoded.
    package var query: [String: String]
    /// Headers besides those of the body.
    package var headers: [String: String] = [:]
    /// The body; `nil` for none.
    package var body: Body?
    /// How long the answer may take; `nil` for one that goes on as long as it likes.
    package var timeout: Duration?

    /// Describes a request.
    package init(
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
    package var target: String {
        let pairs = query.sorted { $0.key < $1.key }
            .map { "\($0.key.percentEncoded)=\($0.value.percentEncoded)" }
        return prefix + path + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&"))
    }
}

/// An answer, whole in memory.
package struct EngineAnswer: Sendable {
    /// The status.
    package let status: Int
    /// The body as it came.
    package let body: [UInt8]

    /// Describes an answer.
    package init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }

    /// Whether the status is one of success.
    package var isSuccess: Bool { (200..<300).contains(status) }

    /// The body; `nil` when it is no JSON.
    package var json: JSONValue? { try? JSONValue(parsing: text) }

    /// The body as a text.
    package var text: String { String(decoding: body, as: UTF8.self) }
}
