import Synchronization

/// Sends requests to an engine: over a network or a socket, or to a test's stand-in for one.
package protocol EngineTransport: Sendable {
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

/// An engine that does not answer.
package struct EngineUnreachable: Error, CustomStringConvertible {
    /// Which, and what is wrong.
    package let description: String

    /// Takes both in words.
    package init(description: String) { self.description = description }
}

extension EngineTransport {
    /// Sends a request, and gives the answer whole, whatever its status.
    ///
    /// - Throws: What `send` throws.
    package func answer(to request: EngineRequest) async throws -> EngineAnswer {
        let body = Mutex<[UInt8]>([])
        let status = try await send(request) { _, piece in body.withLock { $0 += piece } }
        return EngineAnswer(status: status, body: body.withLock { $0 })
    }

    /// Sends a request, and hands over the body of an answer with status 200 as it comes.
    ///
    /// - Returns: An answer with another status, whole; `nil` for one with 200.
    /// - Throws: What `send` and `receive` throw.
    package func stream(
        _ request: EngineRequest, _ receive: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws -> EngineAnswer? {
        let complaint = Mutex<[UInt8]>([])
        let status = try await send(request) { status, piece in
            if status == 200 {
                try await receive(piece)
            } else {
                complaint.withLock { $0 += piece }
            }
        }
        return status == 200
            ? nil : EngineAnswer(status: status, body: complaint.withLock { $0 })
    }
}
