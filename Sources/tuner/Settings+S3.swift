import AWSClient
import Foundation
import Tuning

extension Settings {
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
