import AWSClient
import Foundation
import SageMakerAPI
import Tuning

extension Settings {
    /// What opens the `s3://` addresses of local training jobs; `nil` where they are not opened.
    func transfer(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> (any DataTransfer)? {
        let endpoint = s3.endpoint.isEmpty ? environment["AWS_ENDPOINT_URL_S3"] ?? "" : s3.endpoint
        guard s3.enabled || !endpoint.isEmpty else { return nil }
        let settings = self
        return DeferredTransfer {
            let region =
                settings.s3.region.isEmpty
                ? environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] ?? settings.region
                : settings.s3.region
            let standard = "https://s3.\(region).amazonaws.com"
            guard let address = URL(string: endpoint.isEmpty ? standard : endpoint),
                address.host() != nil
            else { throw SettingsError("the endpoint of S3, '\(endpoint)', is no address") }
            guard let id = environment["AWS_ACCESS_KEY_ID"],
                let secret = environment["AWS_SECRET_ACCESS_KEY"]
            else { throw CredentialError("there is no AWS_ACCESS_KEY_ID in the environment") }
            let key = AccessKey(
                id: id, secret: secret, sessionToken: environment["AWS_SESSION_TOKEN"])
            let client = SignedClient(
                try NetworkTransport(), credentials: FixedCredentials(key), region: region,
                service: "s3")
            return S3Transfer(
                S3Client(client, endpoint: S3Endpoint(address)),
                partsAtOnce: settings.s3.parallelParts)
        }
    }
}
