import AWSClient
import Foundation
import SageMakerAPI
import Tuning

/// A running service, as a command calls it.
struct ServiceAccess {
    private let endpoint: String
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
        let signed: SignedClient
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
        let url = try Self.url(endpoint)
        // A profile that is wrong is no reason not to call it.
        let caFile = try? AWSConfiguration(overrides: .init(caFile: caFile)).caFile()
        let signed: SignedClient
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
    /// - Parameters:
    ///   - path: The parts of its path.
    ///   - query: What follows the path.
    /// - Throws: As `call(_:_:)`.
    func document(
        _ path: [String], query: [(name: String, value: String)] = []
    ) async throws -> [UInt8] {
        try await answered { try await client.document(at: path, query: query) }
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
