import AsyncHTTPClient
import Foundation
import NIOSSL
import SageMakerAPI
import Synchronization
import Tuning

/// Calls operations of SageMaker, or of anything that speaks its API.
package struct SageMakerClient: Sendable {
    /// The longest wait for an answer.
    package static let timeout = Duration.seconds(60)
    /// The longest answer that is read, in bytes.
    package static let answerBytesMax = 64 << 20

    /// What connects, by the certificates it trusts; lives as long as the process.
    private static let connections = Mutex<[TrustedCertificates: HTTPClient]>([:])

    private struct TrustedCertificates: Hashable {
        /// A PEM file; the system's certificates without one.
        let path: String?
    }

    private let endpoint: String
    private let signer: Signer?
    private let caFile: String?

    /// Calls a service.
    ///
    /// - Parameters:
    ///   - endpoint: Its address, such as `http://127.0.0.1:8080`.
    ///   - signer: Signs every request; without one they go out unsigned.
    ///   - caFile: The PEM file of the certificates that are trusted; the system's unless given.
    package init(endpoint: String, signer: Signer? = nil, caFile: String? = nil) {
        self.endpoint = endpoint
        self.signer = signer
        self.caFile = caFile
    }

    /// Calls an operation.
    ///
    /// - Parameters:
    ///   - operation: Its name, such as `DescribeTrainingJob`.
    ///   - request: Its request, an object.
    /// - Returns: Its answer; an empty object where the service answers nothing.
    /// - Throws: `APIError` with which the service refused; `CertificateFileError`; errors of the
    ///   connection.
    package func call(_ operation: String, _ request: JSONValue) async throws -> JSONValue {
        var message = HTTPClientRequest(url: endpoint)
        message.method = .POST
        let body = request.encoded
        message.headers = .init(headers(operation, body: body).map { ($0.name, $0.value) })
        message.body = .bytes(body)
        let answer = try await Self.connection(trusting: caFile).execute(
            message, timeout: .nanoseconds(Self.timeout.components.seconds * 1_000_000_000))
        let text = try await answer.body.collect(upTo: Self.answerBytesMax)
        let value =
            try text.readableBytes == 0 ? [:] : JSONValue(parsing: Array(text.readableBytesView))
        guard answer.status.code < 300 else {
            throw APIError(
                value["__type"]?.string ?? "Unknown",
                value["message"]?.string ?? value["Message"]?.string ?? "\(answer.status)",
                status: Int(answer.status.code))
        }
        return value
    }

    /// What connects: tries once and not for long, as whoever waits for an answer decides what is
    /// next.
    private static func connection(
        trusting caFile: String?
    ) throws(CertificateFileError) -> HTTPClient {
        let key = TrustedCertificates(path: caFile)
        if let known = connections.withLock({ $0[key] }) { return known }
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = .seconds(10)
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

    /// The headers of a call, signed where there is a signer.
    private func headers(_ operation: String, body: [UInt8]) -> [SignableRequest.Header] {
        let headers: [SignableRequest.Header] = [
            .init("Content-Type", "application/x-amz-json-1.1"),
            .init("X-Amz-Target", "SageMaker.\(operation)"),
        ]
        guard let signer, let address = URLComponents(string: endpoint), let host = address.host
        else { return headers }
        // The host as the client writes it: with its port, unless that is the scheme's own.
        let standardPort = address.scheme == "https" ? 443 : 80
        let port = address.port.flatMap { $0 == standardPort ? nil : ":\($0)" } ?? ""
        let request = SignableRequest(
            method: "POST", path: address.percentEncodedPath,
            query: address.percentEncodedQuery ?? "",
            headers: headers + [.init("Host", host + port)])
        return signer.signed(request, body: body, at: Date()).headers
    }
}

/// A file of trusted certificates that cannot be used.
package struct CertificateFileError: Error, CustomStringConvertible {
    let path: String

    /// What is wrong.
    package var description: String { "'\(path)' holds no certificate in PEM form" }
}
