import AWSClient
import Foundation
import SageMakerAPI
import Testing

/// What S3 signs differs from what other services sign: the path is taken as it is, neither encoded
/// again nor cleaned of dots and slashes, and the hash of the body is a header of its own.
@Suite("Signatures for S3")
struct StorageSignatureTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let method, address, region, time: String
        let headers: [String: String]
        let body: String
        let token: String?
        let signature: String

        var testDescription: String { "\(method) \(address)" }
    }

    @Test("A request is sent as it is, with the signature that botocore gives it", arguments: rows)
    func signature(row: Row) async throws {
        let network = ScriptedTransport { _, _ in HTTPAnswer(status: 200) }
        let time = try #require(SigningTime(row.time)).date
        let client = SignedClient(
            network,
            credentials: FixedCredentials(
                AccessKey(
                    id: "AKIDEXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                    sessionToken: row.token)),
            region: row.region, service: "s3", now: { time })
        let request = HTTPRequest(
            row.method, try #require(URL(string: row.address)),
            headers: row.headers.map { HTTPHeader($0.key, $0.value) }, body: Array(row.body.utf8))
        _ = try await client.send(request)
        let sent = try #require(network.requests.first)
        #expect(sent.url.absoluteString == row.address)
        #expect(sent.header("authorization")?.hasSuffix("Signature=\(row.signature)") == true)
        #expect(sent.header("x-amz-content-sha256") == Array(row.body.utf8).sha256)
        #expect(sent.header("x-amz-date") == row.time)
        #expect(sent.header("x-amz-security-token") == row.token)
    }
}
