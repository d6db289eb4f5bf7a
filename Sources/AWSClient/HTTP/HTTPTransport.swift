import Foundation

/// Sends requests over HTTP and brings their answers: a network, or a test's stand-in for one.
package protocol HTTPTransport: Sendable {
    /// Sends a request once and waits for the whole answer, whatever its status.
    ///
    /// - Throws: `TransportError` when there is no answer, and `CancellationError`.
    func send(_ request: HTTPRequest) async throws -> HTTPAnswer
}

/// A request, whole in memory.
package struct HTTPRequest: Sendable {
    /// The method, in upper case.
    package var method: String
    /// Where it goes; an absolute `http` or `https` address whose path and query are encoded.
    package var url: URL
    /// The headers, without `Host` and `Content-Length`, which the transport writes.
    package var headers: [HTTPHeader]
    /// The body; empty for none.
    package var body: [UInt8]
    /// How long to wait for the whole answer.
    package var timeout: Duration

    /// Describes a request.
    package init(
        _ method: String, _ url: URL, headers: [HTTPHeader] = [], body: [UInt8] = [],
        timeout: Duration = .seconds(60)
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
    }
}

/// An answer, whole in memory.
package struct HTTPAnswer: Sendable {
    /// The status, such as 200.
    package var status: Int
    /// The headers.
    package var headers: [HTTPHeader]
    /// The body; empty for none.
    package var body: [UInt8]

    /// Describes an answer.
    package init(status: Int, headers: [HTTPHeader] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Whether the status is one of success.
    package var isSuccess: Bool { (200..<300).contains(status) }

    /// The first value of a header, whatever the case of its name.
    package subscript(header name: String) -> String? {
        headers.first { $0.name.caseInsensitiveCompare(name) == .orderedSame }?.value
    }
}

/// One header of a message.
package struct HTTPHeader: Hashable, Sendable {
    package let name: String
    package let value: String

    /// Takes a header as it is written.
    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// Why there is no answer. The request may have taken effect all the same, unless it says not.
package struct TransportError: Error, Sendable, CustomStringConvertible {
    /// What went wrong.
    package enum Kind: Hashable, Sendable {
        /// Nothing was sent: no connection could be made.
        case unreachable
        /// No answer came in time, or the connection broke.
        case lost
        /// The answer is longer than is read.
        case tooLong
    }

    /// What went wrong.
    package let kind: Kind
    /// What went wrong, for people.
    package let description: String

    /// Describes a missing answer.
    package init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
