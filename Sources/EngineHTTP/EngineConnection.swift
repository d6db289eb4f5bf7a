import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import Tuning

/// The way to an engine that listens on a network or on a Unix socket.
package struct EngineConnection: EngineTransport {
    /// How long a connection may take to be made.
    private static let connectTimeout = TimeAmount.seconds(10)
    /// How many connections there may be at once: each log that is followed takes one.
    private static let connectionCountMax = 4_096

    /// They live as long as the process, one for each file of certificates.
    private static let clients = Mutex<[String: HTTPClient]>([:])

    private let client: HTTPClient
    /// What a request's target is appended to.
    private let base: String
    /// The address for people.
    private let name: String
    private let headers: [String: String]

    /// Takes the path of a Unix socket.
    package init(socket path: String) {
        client = Self.client(named: "") { HTTPClient.Configuration() }
        base = "http+unix://\(path.percentEncoded)"
        name = path
        headers = ["Host": "localhost"]
    }

    /// Takes an address, where the system's certificates are trusted.
    package init(address: URL, headers: [String: String] = [:]) {
        self.init(address, headers, Self.client(named: "") { HTTPClient.Configuration() })
    }

    /// Takes an address, and a file with the certificates to be trusted, in PEM form.
    ///
    /// - Parameter headers: Those of every request.
    /// - Throws: `CertificateError` for a file without certificates.
    package init(
        address: URL, headers: [String: String] = [:], caFile: String
    ) throws(CertificateError) {
        let client = try Self.client(named: caFile) { () throws(CertificateError) in
            var configuration = HTTPClient.Configuration()
            configuration.tlsConfiguration = try Self.trust(in: caFile)
            return configuration
        }
        self.init(address, headers, client)
    }

    private init(_ address: URL, _ headers: [String: String], _ client: HTTPClient) {
        let text = address.absoluteString
        base = text.hasSuffix("/") ? String(text.dropLast()) : text
        name = base
        self.headers = headers
        self.client = client
    }

    package func send(
        _ request: EngineRequest,
        _ receive: @escaping @Sendable (_ status: Int, _ piece: [UInt8]) async throws -> Void
    ) async throws -> Int {
        guard let timeout = request.timeout else { return try await exchange(request, receive) }
        return try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask { try await exchange(request, receive) }
            group.addTask {
                try await Task.sleep(for: timeout)
                throw EngineUnreachable(description: "\(name) did not answer in \(timeout)")
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
        let message = message(request)
        let answer = try await translatingErrors {
            try await client.execute(message, deadline: .distantFuture)
        }
        let status = Int(answer.status.code)
        var pieces = answer.body.makeAsyncIterator()
        while let piece = try await translatingErrors({ try await pieces.next() }) {
            try await receive(status, Array(piece.readableBytesView))
        }
        return status
    }

    private func message(_ request: EngineRequest) -> HTTPClientRequest {
        var message = HTTPClientRequest(url: base + request.target)
        message.method = .init(rawValue: request.method)
        for (name, value) in headers.merging(request.headers, uniquingKeysWith: { $1 }) {
            message.headers.replaceOrAdd(name: name, value: value)
        }
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
        return message
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
            throw EngineUnreachable(description: "\(name) does not answer: \(Self.words(error))")
        }
    }
}

// MARK: - Clients

extension EngineConnection {
    private static func client<Failure>(
        named name: String, _ make: () throws(Failure) -> HTTPClient.Configuration
    ) throws(Failure) -> HTTPClient {
        try clients.withLock { clients throws(Failure) in
            if let known = clients[name] { return known }
            var configuration = try make()
            configuration.redirectConfiguration = .disallow
            configuration.timeout = .init(connect: connectTimeout)
            configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit =
                connectionCountMax
            configuration.connectionPool.retryConnectionEstablishment = false
            let made = HTTPClient(
                eventLoopGroupProvider: .singleton, configuration: configuration)
            clients[name] = made
            return made
        }
    }

    private static func trust(in file: String) throws(CertificateError) -> TLSConfiguration {
        guard let certificates = try? NIOSSLCertificate.fromPEMFile(file), !certificates.isEmpty
        else { throw CertificateError(path: file) }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(certificates)
        return configuration
    }

    /// What is wrong, in words for people where there are some.
    private static func words(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { words($0.error) } ?? "\(error)"
        case let error as IOError:
            String(cString: strerror(error.errnoCode))
        case let error as HTTPClientError where error == .remoteConnectionClosed:
            "it closed the connection"
        case let error as HTTPClientError where error == .connectTimeout:
            "no connection in \(connectTimeout.nanoseconds / 1_000_000_000) s"
        default:
            "\(error)"
        }
    }
}

/// A file of trusted certificates that cannot be used.
package struct CertificateError: Error, CustomStringConvertible {
    /// The file.
    let path: String

    /// What is wrong.
    package var description: String { "'\(path)' holds no certificate in PEM form" }
}
