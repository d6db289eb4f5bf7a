import AWSClient
import Foundation
import SageMakerAPI
import Tuning

/// A running service, as a command calls it.
struct ServiceAccess {
    private let endpoint: String
    private let url: URL
    private let signed: SignedClient
    private let client: SageMakerClient

    /// Finds out who one is to a service, as Amazon's programs would; where they would know nobody,
    /// requests to it are not signed.
    ///
    /// - Parameters:
    ///   - endpoint: Its address, which begins with `http://` or `https://`.
    ///   - caFile: The file of the certificates to trust, in place of those that are configured.
    init(_ endpoint: String, caFile: String?) async throws {
        let url = try Self.url(endpoint)
        let configuration = AWSConfiguration(
            overrides: .init(
                standardRegion: RequestScope.standardRegion, caFile: caFile,
                // A service on this machine is none of Amazon's, wherever the machine may be.
                asksInstance: !url.isLoopback))
        self.endpoint = endpoint
        self.url = url
        do {
            signed = try await configuration.clientSignedIfPossible(for: .sageMaker)
        } catch {
            throw CommandFailure(error.oneLine)
        }
        client = SageMakerClient(endpoint: url, signed)
    }

    /// Calls the service that uses a data directory, with the directory's key.
    init(_ endpoint: String, key: AccessKey?, caFile: String?) throws {
        self.endpoint = endpoint
        url = try Self.url(endpoint)
        // A profile that is wrong is no reason not to call it.
        let caFile = try? AWSConfiguration(overrides: .init(caFile: caFile)).caFile()
        do {
            signed = SignedClient(
                try NetworkTransport(caFile: caFile),
                credentials: key.map { FixedCredentials($0) },
                region: RequestScope.standardRegion, service: SignatureVerifier.service)
        } catch {
            throw CommandFailure(error.description)
        }
        client = SageMakerClient(endpoint: url, signed)
    }

    /// Calls an operation.
    ///
    /// - Throws: `CommandRefusal` when it is refused, `CommandFailure` when it is not answered.
    func call(_ operation: String, _ request: JSONValue) async throws -> JSONValue {
        try await answered { try await client.call(operation, request) }
    }

    /// Fetches a document that the service has beside its operations.
    ///
    /// - Parameter path: The parts of its path.
    /// - Throws: As `call(_:_:)`.
    func document(_ path: [String]) async throws -> [UInt8] {
        try await answered { try await client.document(at: path) }
    }

    private func answered<Answer>(_ ask: () async throws -> Answer) async throws -> Answer {
        do {
            return try await ask()
        } catch let error as APIError {
            throw CommandRefusal(code: error.code, message: error.message)
        } catch let error as CredentialError {
            throw CommandFailure(error.description)
        } catch {
            throw CommandFailure("no answer from \(endpoint): \(error.oneLine)")
        }
    }

    /// Reads a page; `nil` when there is none.
    ///
    /// - Parameter path: Its path and query, encoded.
    /// - Throws: `CommandFailure` when it is refused or not answered.
    func page(_ path: String) async throws -> String? {
        guard let address = URL(string: path, relativeTo: url)?.absoluteURL else {
            throw CommandFailure("'\(path)' is no address")
        }
        let answer: HTTPAnswer
        do {
            answer = try await signed.send(HTTPRequest("GET", address))
        } catch let error as CredentialError {
            throw CommandFailure(error.description)
        } catch {
            throw CommandFailure("no answer from \(endpoint): \(error.oneLine)")
        }
        if answer.status == 404 { return nil }
        guard answer.isSuccess else {
            throw CommandFailure("\(endpoint) answers \(answer.status)")
        }
        return String(decoding: answer.body, as: UTF8.self)
    }

    private static func url(_ endpoint: String) throws -> URL {
        guard endpoint.hasPrefix("http://") || endpoint.hasPrefix("https://") else {
            throw CommandFailure("the endpoint '\(endpoint)' must begin with http:// or https://")
        }
        guard let url = URL(string: endpoint), url.host() != nil else {
            throw CommandFailure("the endpoint '\(endpoint)' names no host")
        }
        return url
    }
}
