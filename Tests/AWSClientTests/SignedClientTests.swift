import AWSClient
import Foundation
import SageMakerAPI
import Synchronization
import Testing

@Suite("A signed client")
struct SignedClientTests {
    private static let key = AccessKey(id: "AKID", secret: "first")

    @Test("Takes over the service's time when its own is refused")
    func skew() async throws {
        let service = ScriptedTransport { request, count in
            guard count == 1 else { return HTTPAnswer(status: 200) }
            return HTTPAnswer(
                status: 403, headers: [HTTPHeader("Date", "Sun, 06 Nov 1994 08:49:37 GMT")],
                body: Array("<Error><Code>RequestTimeTooSkewed</Code></Error>".utf8))
        }
        let client = SignedClient(
            service, credentials: FixedCredentials(Self.key), region: "us-east-1", service: "s3",
            now: { Date(timeIntervalSince1970: 0) })
        let answer = try await client.send(HTTPRequest("GET", URL(string: "http://h/a%20b?x=1")!))
        #expect(answer.status == 200)
        #expect(
            service.requests.map { $0.header("x-amz-date") } == [
                "19700101T000000Z", "19941106T084937Z",
            ])
    }

    @Test("Signs again with another key when the first has expired, and tries twice at most")
    func expiredKey() async throws {
        let keys = RotatingCredentials()
        let service = ScriptedTransport { _, _ in
            HTTPAnswer(status: 400, body: Array(#"{"__type":"ExpiredTokenException"}"#.utf8))
        }
        let client = SignedClient(
            service, credentials: keys, region: "us-east-1", service: "sagemaker")
        let answer = try await client.send(HTTPRequest("POST", URL(string: "http://h/")!))
        #expect(answer.status == 400)
        #expect(
            service.requests.map { $0.header("authorization")?.contains("Credential=KEY0/") }
                == [true, false])
    }
}

/// Hands out another key after each that was refused.
private final class RotatingCredentials: CredentialProvider {
    private let count = Mutex(0)

    func credentials() async throws -> Credentials {
        Credentials(key: AccessKey(id: "KEY\(count.withLock { $0 })", secret: "secret"))
    }

    func forget(_ key: AccessKey) async { count.withLock { $0 += 1 } }
}
