import AsyncHTTPClient
import Backends
import Foundation
import NIOCore
import Tuning

/// Sends requests over a Unix socket or a network.
struct HTTPTransport: RESTTransport {
    /// How long a connection may take to be made.
    private static let connectTimeout = TimeAmount.seconds(10)
    /// How many connections there may be at once; slurmrestd has twenty threads.
    private static let connectionCountMax = 4
    /// How much may be answered, in bytes: about a hundred thousand jobs.
    private static let answerBytesMax = 512 << 20

    /// Lives as long as the process.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: connectTimeout))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit =
            connectionCountMax
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    let address: RESTAddress
    /// How long a request may take, with its answer.
    let timeLimit: Duration

    func send(_ request: RESTRequest) async throws -> RESTAnswer {
        try await withThrowingTaskGroup(of: RESTAnswer.self) { group in
            group.addTask { try await exchange(request) }
            group.addTask {
                try await Task.sleep(for: timeLimit)
                throw SlurmError("slurmrestd at \(address) did not answer in \(timeLimit)")
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() else { throw CancellationError() }
            return answer
        }
    }

    private func exchange(_ request: RESTRequest) async throws -> RESTAnswer {
        var message = HTTPClientRequest(url: base + request.target)
        message.method = .init(rawValue: request.method)
        if case .socket = address { message.headers.add(name: "Host", value: "localhost") }
        message.headers.add(name: "Accept", value: "application/json")
        for (name, value) in request.headers { message.headers.add(name: name, value: value) }
        if let body = request.body {
            message.headers.add(name: "Content-Type", value: "application/json")
            message.body = .bytes(Array(body.encodedText.utf8))
        }
        do {
            let answer = try await Self.client.execute(message, deadline: .distantFuture)
            let body = try await answer.body.collect(upTo: Self.answerBytesMax)
            let text = String(decoding: body.readableBytesView, as: UTF8.self)
            return RESTAnswer(
                status: Int(answer.status.code), json: try? JSONValue(parsing: text))
        } catch let error as CancellationError {
            throw error
        } catch {
            try Task.checkCancellation()
            throw SlurmError("slurmrestd at \(address) does not answer: \(error)")
        }
    }

    private var base: String {
        switch address {
        case .socket(let path): "http+unix://\(path.percentEncoded)"
        case .network(let address): address
        }
    }
}
