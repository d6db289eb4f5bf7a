import AWSClient
import Synchronization

/// Answers requests as a script says, and remembers them.
final class ScriptedTransport: HTTPTransport {
    private let script: @Sendable (HTTPRequest, _ count: Int) async throws -> HTTPAnswer
    private let sent = Mutex<[HTTPRequest]>([])

    /// Takes a script: told each request and its number, from 1.
    init(_ script: @escaping @Sendable (HTTPRequest, _ count: Int) async throws -> HTTPAnswer) {
        self.script = script
    }

    /// What has been sent.
    var requests: [HTTPRequest] { sent.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let count = sent.withLock { sent in
            sent.append(request)
            return sent.count
        }
        return try await script(request, count)
    }
}

extension HTTPRequest {
    /// The value of a header.
    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}
