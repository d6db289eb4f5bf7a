import AsyncHTTPClient
import Foundation
import NIOCore
import Tuning

/// Sends requests to a container engine that listens on a Unix socket.
struct SocketTransport: EngineTransport {
    /// How long a connection may take to be made.
    private static let connectTimeout = TimeAmount.seconds(10)
    /// How many connections there may be at once: the log of each running container takes one.
    private static let connectionCountMax = 4_096

    /// Lives as long as the process.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: connectTimeout))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit =
            connectionCountMax
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// The socket's path.
    let path: String

    func send(
        _ request: EngineRequest,
        _ receive: @escaping @Sendable (_ status: Int, _ piece: [UInt8]) async throws -> Void
    ) async throws -> Int {
        guard let timeout = request.timeout else { return try await exchange(request, receive) }
        return try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask { try await exchange(request, receive) }
            group.addTask {
                try await Task.sleep(for: timeout)
                throw EngineUnreachable(description: "\(path) did not answer in \(timeout)")
            }
            defer { group.cancelAll() }
            guard let status = try await group.next() else { throw CancellationError() }
            return status
        }
    }

    private func exchange(
        _ request: EngineRequest,
        _ receive: @escaping @Sendable (_ status: Int, _ piece: [UInt8]) async throws -> Void
    ) async throws -> Int {
        let host = path.percentEncoded
        var message = HTTPClientRequest(url: "http+unix://\(host)\(request.target)")
        message.method = .init(rawValue: request.method)
        message.headers.add(name: "Host", value: "localhost")
        for (name, value) in request.headers { message.headers.add(name: name, value: value) }
        if let body = request.body {
            message.headers.add(name: "Content-Type", value: "application/json")
            message.body = .bytes(Array(body.encodedText.utf8))
        }
        let answer = try await translatingErrors {
            try await Self.client.execute(message, deadline: .distantFuture)
        }
        let status = Int(answer.status.code)
        var pieces = answer.body.makeAsyncIterator()
        while let piece = try await translatingErrors({ try await pieces.next() }) {
            try await receive(status, Array(piece.readableBytesView))
        }
        return status
    }

    private func translatingErrors<Result>(
        _ work: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await work()
        } catch let error as CancellationError {
            throw error
        } catch {
            try Task.checkCancellation()
            throw EngineUnreachable(description: "\(path) does not answer: \(error)")
        }
    }
}
