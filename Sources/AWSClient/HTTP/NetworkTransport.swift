import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import Tuning

/// Sends requests over the network.
package struct NetworkTransport: HTTPTransport {
    /// The longest answer that is read, in bytes.
    package static let answerBytesMax = 64 << 20
    /// How long a connection may take to be made.
    package static let connectTimeout = Duration.seconds(10)

    /// What connects, by the certificates it trusts; lives as long as the process.
    private static let connections = Mutex<[TrustedCertificates: HTTPClient]>([:])

    private struct TrustedCertificates: Hashable {
        /// A PEM file; the system's certificates without one.
        let path: String?
    }

    private let client: HTTPClient

    /// Connects to servers with certificates that can be trusted.
    ///
    /// - Parameter caFile: The PEM file of the certificates that are trusted; the system's unless
    ///   given.
    /// - Throws: `CertificateFileError` for a file without certificates.
    package init(caFile: String? = nil) throws(CertificateFileError) {
        client = try Self.connection(trusting: caFile)
    }

    /// Sends a request once and waits for the whole answer.
    package func send(_ request: HTTPRequest) async throws -> HTTPAnswer {
        var message = HTTPClientRequest(url: request.url.absoluteString)
        message.method = .init(rawValue: request.method)
        message.headers = .init(request.headers.map { ($0.name, $0.value) })
        if !request.body.isEmpty { message.body = .bytes(request.body) }
        do {
            let answer = try await client.execute(message, timeout: .init(request.timeout))
            let body = try await answer.body.collect(upTo: Self.answerBytesMax)
            return HTTPAnswer(
                status: Int(answer.status.code),
                headers: answer.headers.map { HTTPHeader($0.name, $0.value) },
                body: Array(body.readableBytesView))
        } catch is NIOTooManyBytesError {
            throw TransportError(
                .tooLong, "the answer is longer than \(Self.answerBytesMax) bytes")
        } catch let error as CancellationError {
            throw error
        } catch {
            if Task.isCancelled { throw CancellationError() }
            throw TransportError(error.isBeforeSending ? .unreachable : .lost, "\(error)")
        }
    }

    /// What connects: tries once, as whoever waits for an answer decides what is next.
    private static func connection(
        trusting caFile: String?
    ) throws(CertificateFileError) -> HTTPClient {
        let key = TrustedCertificates(path: caFile)
        if let known = connections.withLock({ $0[key] }) { return known }
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .init(connectTimeout)))
        configuration.connectionPool.retryConnectionEstablishment = false
        if let caFile {
            guard let certificates = try? NIOSSLCertificate.fromPEMFile(caFile),
                !certificates.isEmpty
            else { throw CertificateFileError(path: caFile) }
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .certificates(certificates)
            configuration.tlsConfiguration = tls
        }
        return connections.withLock { connections in
            if let known = connections[key] { return known }
            let made = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
            connections[key] = made
            return made
        }
    }
}

/// A file of trusted certificates that cannot be used.
package struct CertificateFileError: Error, CustomStringConvertible {
    let path: String

    /// What is wrong.
    package var description: String { "'\(path)' holds no certificate in PEM form" }
}

extension TimeAmount {
    fileprivate init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self = .seconds(seconds) + .nanoseconds(attoseconds / 1_000_000_000)
    }
}

extension Error {
    /// Whether the connection failed before anything was sent.
    fileprivate var isBeforeSending: Bool {
        if self is NIOConnectionError || self is NIOSSLError { return true }
        guard let error = self as? HTTPClientError else { return false }
        return [.connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout]
            .contains(error)
    }
}
