import AWSClient
import Foundation
import Tuning

extension Settings {
    /// Where `s3://` addresses of local training jobs are.
    struct S3: Codable, Equatable {
        /// Whether they are opened; an endpoint here, or in AWS_ENDPOINT_URL_S3, says so too.
        var enabled = false
        /// The service's address; empty for the environment's, or else Amazon's own.
        var endpoint = ""
        /// The region of the buckets; empty for the environment's.
        var region = ""
        /// The profile whose credentials are used; empty for the environment's.
        var profile = ""
        /// Requests with content at the same time; each holds 8 MiB at most.
        var parallelParts = 8
        /// Data that is kept for later training jobs, in 10^9 bytes, beside what is in use.
        var cacheGigabytes = 20

        /// Checks what types do not.
        func check() throws(SettingsError) {
            guard endpoint.isEmpty || URL(string: endpoint)?.host() != nil else {
                throw SettingsError("s3.endpoint '\(endpoint)' must be like http://HOST:PORT")
            }
            guard parallelParts >= 1 else {
                throw SettingsError("s3.parallelParts \(parallelParts) must be at least 1")
            }
            guard (0...1_000_000).contains(cacheGigabytes) else {
                throw SettingsError(
                    "s3.cacheGigabytes \(cacheGigabytes) must be from 0 to 1000000")
            }
        }
    }

    /// What opens the `s3://` addresses of local training jobs; `nil` where they are not opened.
    ///
    /// What the settings leave open is found where Amazon's own programs look for it, when S3 is
    /// first needed.
    func transfer(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> (any DataTransfer)? {
        let isNamed = !s3.endpoint.isEmpty || environment["AWS_ENDPOINT_URL_S3"]?.isEmpty == false
        guard s3.enabled || isNamed else { return nil }
        let configuration = AWSConfiguration(
            environment: environment,
            overrides: AWSConfiguration.Overrides(
                profile: s3.profile.isEmpty ? nil : s3.profile,
                region: s3.region.isEmpty ? nil : s3.region, standardRegion: region,
                endpoint: s3.endpoint.isEmpty ? nil : URL(string: s3.endpoint)))
        let partsAtOnce = s3.parallelParts
        return DeferredTransfer {
            let client = S3Client(
                try await configuration.client(for: .s3),
                endpoint: S3Endpoint(try await configuration.endpoint(of: .s3)))
            return S3Transfer(client, partsAtOnce: partsAtOnce)
        }
    }
}
