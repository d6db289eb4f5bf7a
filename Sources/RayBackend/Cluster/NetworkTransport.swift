import AsyncHTTPClient
import Foundation
import NIOCore
import NIOSSL
import Synchronization

/// Sends requests to the dashboard of a Ray cluster.
struct NetworkTransport: RayTransport {
    /// How long a connection may take to be made.
    private static let connectTimeout = TimeAmount.seconds(10)
    /// How many connections there may be at once: each log that is followed takes one.
    private static let connectionCountMax = 256

    /// They live as long as the process, one for each file of certificates.
    private static let clients = Mutex<[String: HTTPClient]>([:])

    private let client: HTTPClient
    /// The address, without a slash at its end.
    private let address: String
    private let headers: [String: String]

    /// Connects to a cluster.
    ///
    /// - Throws: `CertificateError` for a file without certificates.
    init(
        address: URL, headers: [String: String], caFile: String?
    ) throws(CertificateError) {
        let text = address.absoluteString
        self.address = text.hasSuffix("/") ? String(text.dropLast()) : text
        self.headers = headers
        client = try Self.client(trusting: caFile)
    }

    func send(
        _ request: RayRequest,
        _ receive: @escaping @Sendable (_ status: Int, _ piece: [UInt8]) async throws -> Void
    ) async throws -> Int {
        guard let timeout = request.timeout else { return try await exchange(request, receive) }
        return try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask { try await exchange(request, receive) }
            group.addTask {
                try await Task.sleep(for: timeout)
                throw RayUnreachable(description: "\(address) did not answer in \(timeout)")
            }
            defer { group.cancelAll() }
            guard let status = try await group.next() else { throw CancellationError() }
            return status
        }
    }

    private func exchange(
        _ request: RayRequest,
        _ receive: @escaping @Sendable (_ status: Int, _ piece: [UInt8]) async throws -> Void
    ) async throws -> Int {
        var message = HTTPClientRequest(url: address + request.target)
        message.method = .init(rawValue: request.method)
        for (name, value) in headers { message.headers.replaceOrAdd(name: name, value: value) }
        switch request.body {
        case .json(let json):
            message.headers.replaceOrAdd(name: "Content-Type", value: "application/json")
            message.body = .bytes(json.encoded)
        case .bytes(let bytes):
            message.headers.replaceOrAdd(name: "Content-Type", value: "application/octet-stream")
            message.body = .bytes(bytes)
        case nil:
            break
        }
        let answer = try await translatingErrors { [message] in
            try await client.execute(message, deadline: .distantFuture)
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
            throw RayUnreachable(description: "\(address) does not answer: \(error)")
        }
    }

    private static func client(
        trusting caFile: String?
    ) throws(CertificateError) -> HTTPClient {
        if let known = clients.withLock({ $0[caFile ?? ""] }) { return known }
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: connectTimeout))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit =
            connectionCountMax
        configuration.connectionPool.retryConnectionEstablishment = false
        if let caFile {
            guard let certificates = try? NIOSSLCertificate.fromPEMFile(caFile),
                !certificates.isEmpty
            else { throw CertificateError(path: caFile) }
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .certificates(certificates)
            configuration.tlsConfiguration = tls
        }
        let made = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        clients.withLock { $0[caFile ?? ""] = made }
        return made
    }
}

/// A file of trusted certificates that cannot be used.
package struct CertificateError: Error, CustomStringConvertible {
    let path: String

    /// What is wrong.
    package var description: String { "'\(path)' holds no certificate in PEM form" }
}
