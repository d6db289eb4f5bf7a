import AWSClient
import Foundation
import SageMakerAPI
import Tuning

/// A service that speaks the tuning API: a `tuner serve`, or Amazon SageMaker itself.
///
///     let service = try await TuningService(endpoint: URL(string: "http://127.0.0.1:8080"))
public struct TuningService: Sendable {
    /// Calls it, and waits between calls.
    struct Connection: Sendable {
        let call: @Sendable (_ operation: String, _ request: JSONValue) async throws -> JSONValue
        let sleep: @Sendable (Duration) async throws -> Void
    }

    let connection: Connection

    /// Finds out where a service is and who one is to it, as Amazon's programs would: from the
    /// environment, the user's profile, or the machine.
    ///
    /// - Parameters:
    ///   - endpoint: Its address; what is configured, or else Amazon's own, unless given. Requests
    ///     to a service of one's own are not signed where nothing says who one is.
    ///   - region: The region, whatever is configured.
    ///   - profile: The profile, in place of `AWS_PROFILE`.
    ///   - caFile: The PEM file of the certificates to trust, whatever is configured.
    /// - Throws: `ServiceError.configuration`.
    public init(
        endpoint: URL? = nil, region: String? = nil, profile: String? = nil,
        caFile: String? = nil
    ) async throws {
        if let endpoint {
            guard ["http", "https"].contains(endpoint.scheme), endpoint.host() != nil else {
                throw ServiceError.configuration(
                    "the endpoint '\(endpoint)' must be like http://HOST:PORT")
            }
        }
        let configuration = AWSConfiguration(
            overrides: .init(
                profile: profile, region: region,
                standardRegion: endpoint.map { _ in RequestScope.standardRegion },
                endpoint: endpoint, caFile: caFile,
                // A service on this machine is none of Amazon's, wherever the machine may be.
                asksInstance: !(endpoint?.isLoopback ?? false)))
        do {
            let client =
                endpoint == nil
                ? try await configuration.client(for: .sageMaker)
                : try await configuration.clientSignedIfPossible(for: .sageMaker)
            self.init(
                SageMakerClient(
                    endpoint: try await configuration.endpoint(of: .sageMaker), client))
        } catch let error as CancellationError {
            throw error
        } catch {
            throw ServiceError.configuration("\(error)")
        }
    }

    /// Calls a service; waits on the clock unless told otherwise.
    package init(
        _ client: SageMakerClient,
        sleep: @escaping @Sendable (Duration) async throws -> Void = {
            try await Task.sleep(for: $0)
        }
    ) {
        connection = Connection(
            call: { try await client.call($0, $1) }, sleep: sleep)
    }
}

// MARK: - Calling

extension TuningService {
    /// How often a call that only asks, or may be made twice, is tried.
    static let tryCountMax = 8

    /// Calls an operation once.
    ///
    /// - Throws: `ServiceError`, `CancellationError`.
    func call(_ operation: String, _ request: JSONValue) async throws -> JSONValue {
        do {
            return try await connection.call(operation, request)
        } catch let error as APIError {
            throw ServiceError.refused(
                code: error.code, message: error.message, status: error.status)
        } catch let error as CredentialError {
            throw ServiceError.configuration(error.description)
        } catch let error as JSONError {
            throw ServiceError.unintelligible("\(error)")
        } catch let error as CancellationError {
            throw error
        } catch {
            throw ServiceError.unanswered("\(error)")
        }
    }

    /// Calls an operation until it is answered, or refused for a reason that will not pass.
    ///
    /// - Throws: The last `ServiceError`, `CancellationError`.
    func callPatiently(_ operation: String, _ request: JSONValue) async throws -> JSONValue {
        let backoff = Backoff()
        var random = SystemRandomNumberGenerator()
        var failureCount = 0
        while true {
            do {
                return try await call(operation, request)
            } catch let error as ServiceError where error.isPassing {
                failureCount += 1
                guard failureCount < Self.tryCountMax else { throw error }
                try await connection.sleep(backoff.delay(after: failureCount, using: &random))
            }
        }
    }
}
