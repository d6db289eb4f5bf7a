import Foundation
import Testing

@testable import AWSClient

@Suite("Addresses of services, as botocore finds them")
struct BotocoreEndpointTests {
    struct Row: Sendable {
        let environment: [String: String]
        let config: String
        /// Those of SageMaker, S3 and STS; `nil` where something is wrong.
        let endpoints: [String?]
    }

    @Test("An address is the one that botocore finds in the same surroundings", arguments: rows)
    func endpoints(row: Row) async throws {
        let configuration = try Home(config: row.config).configuration(row.environment)
        for (service, expected) in zip([AWSService.sageMaker, .s3, .sts], row.endpoints) {
            let found = try? await configuration.endpoint(of: service)
            #expect(found?.absoluteString == expected, "\(service)")
        }
    }
}
