import AWSClient
import Foundation
import Logging
import Metrics
import SageMakerBackend

extension Settings {
    /// The service that runs training jobs where the backend is `sagemaker`.
    struct SageMaker: Codable, Equatable {
        /// Training jobs at the same time.
        var slots = 100
        /// Requests a second, on average.
        var requestsPerSecond = 5
        /// Seconds to wait for an answer.
        var timeoutSeconds = 60
        /// The service's address; empty for the environment's, or else Amazon's own.
        var endpoint = ""
        /// The service's region; empty for the environment's.
        var region = ""
        /// The profile whose credentials are used; empty for the environment's.
        var profile = ""
        /// The PEM file of the certificates to trust; empty for the environment's, or else the
        /// system's.
        var caFile = ""
    }
}

extension Settings.SageMaker {
    /// Checks what types do not.
    func check() throws(SettingsError) {
        let numbers = [
            ("slots", slots), ("requestsPerSecond", requestsPerSecond),
            ("timeoutSeconds", timeoutSeconds),
        ]
        for (name, number) in numbers where number < 1 {
            throw SettingsError("sagemaker.\(name) \(number) must be at least 1")
        }
        guard endpoint.isEmpty || address != nil else {
            throw SettingsError(
                "sagemaker.endpoint '\(endpoint)' must be like http://HOST:PORT")
        }
    }

    /// The address given; `nil` without one.
    private var address: URL? {
        guard let url = URL(string: endpoint), url.host() != nil,
            ["http", "https"].contains(url.scheme)
        else { return nil }
        return url
    }

    /// Makes the backend, with whoever the environment says one is.
    ///
    /// - Throws: `CommandFailure` that says what is missing.
    func backend(
        logger: Logger, metrics: any MetricsFactory
    ) async throws -> SageMakerBackend {
        let configuration = AWSConfiguration(
            overrides: .init(
                profile: profile.nonEmpty, region: region.nonEmpty, endpoint: address,
                caFile: caFile.nonEmpty))
        do {
            // A service of one's own may not ask who one is; Amazon's always does.
            let client =
                endpoint.isEmpty
                ? try await configuration.client(for: .sageMaker)
                : try await configuration.clientSignedIfPossible(for: .sageMaker)
            return SageMakerBackend(
                SageMakerClient(
                    endpoint: try await configuration.endpoint(of: .sageMaker), client,
                    timeout: .seconds(timeoutSeconds)),
                limits: SageMakerBackend.Limits(
                    slotCount: slots, requestsPerSecond: Double(requestsPerSecond)),
                logger: logger, metrics: metrics)
        } catch {
            throw CommandFailure("SageMaker cannot be called: \(error.oneLine)")
        }
    }
}

extension String {
    /// The same, unless it is empty.
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
