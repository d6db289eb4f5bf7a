import Foundation
import Testing

@testable import SageMakerAPI

/// The credentials of the published examples.
let exampleKey = AccessKey(id: "AKIDEXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")

/// Source: the test suite of Signature Version 4 in the AWS General Reference, by its names.
@Suite("Published signatures")
struct PublishedVectorTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let name: String
        var method = "GET"
        var query = ""
        var headers: [(String, String)] = []
        var body = ""
        let signature: String

        var testDescription: String { name }
    }

    private static let unreserved =
        "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

    @Test(
        "A request has the signature that AWS published for it",
        arguments: [
            Row(
                name: "get-vanilla",
                signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
            Row(
                name: "get-vanilla-empty-query-key", query: "Param1=value1",
                signature: "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb"),
            Row(
                name: "get-vanilla-query-order-key-case", query: "Param2=value2&Param1=value1",
                signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
            Row(
                name: "get-vanilla-query-order-value", query: "Param1=value2&Param1=value1",
                signature: "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694"),
            Row(
                name: "get-vanilla-query-unreserved", query: "\(unreserved)=\(unreserved)",
                signature: "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"),
            Row(
                name: "get-vanilla-utf8-query", query: "%E1%88%B4=bar",
                signature: "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"),
            Row(
                name: "get-vanilla-utf8-query, not encoded", query: "\u{1234}=bar",
                signature: "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"),
            Row(
                name: "get-header-key-duplicate",
                headers: [
                    ("My-Header1", "value2"), ("My-Header1", "value2"), ("My-Header1", "value1"),
                ],
                signature: "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"),
            Row(
                name: "get-header-value-order",
                headers: [
                    ("My-Header1", "value4"), ("My-Header1", "value1"), ("My-Header1", "value3"),
                    ("My-Header1", "value2"),
                ],
                signature: "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"),
            Row(
                name: "get-header-value-trim",
                headers: [("My-Header1", " value1"), ("My-Header2", " \"a   b   c\"")],
                signature: "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"),
            Row(
                name: "post-vanilla", method: "POST",
                signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
            Row(
                name: "post-vanilla-empty-query-value", method: "POST", query: "Param1=value1",
                signature: "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"),
            Row(
                name: "post-header-key-sort", method: "POST", headers: [("My-Header1", "value1")],
                signature: "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"),
            Row(
                name: "post-header-value-case", method: "POST",
                headers: [("My-Header1", "VALUE1")],
                signature: "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"),
            Row(
                name: "post-x-www-form-urlencoded", method: "POST",
                headers: [("Content-Type", "application/x-www-form-urlencoded")],
                body: "Param1=value1",
                signature: "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"),
            Row(
                name: "post-x-www-form-urlencoded-parameters", method: "POST",
                headers: [("Content-Type", "application/x-www-form-urlencoded; charset=utf8")],
                body: "Param1=value1",
                signature: "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe"),
        ])
    func published(row: Row) throws {
        let headers = [("Host", "example.amazonaws.com")] + row.headers
        let request = SignableRequest(
            method: row.method, path: "/", query: row.query,
            headers: headers.map { .init($0.0, $0.1) })
        let time = try #require(SigningTime("20150830T123600Z"))
        let signed = Signer(key: exampleKey, region: "us-east-1", service: "service")
            .signed(request, body: Array(row.body.utf8), at: time.date)
        #expect(signed.signature == row.signature)
    }

    @Test("The canonical request is the published one")
    func canonicalRequest() {
        let request = SignableRequest(
            method: "GET", path: "/",
            headers: [
                .init("Host", "example.amazonaws.com"), .init("X-Amz-Date", "20150830T123600Z"),
            ])
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        let text = request.canonicalText(
            signedHeaders: ["host", "x-amz-date"], bodyHash: [UInt8]().sha256)
        #expect(
            text
                == "GET\n/\n\nhost:example.amazonaws.com\nx-amz-date:20150830T123600Z\n\n"
                + "host;x-amz-date\n\(empty)")
        // The hash of it, from the published string to sign.
        #expect(
            Array(text.utf8).sha256
                == "bb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63")
    }
}

/// Requests to SageMaker as boto3 signs them.
@Suite("Signatures of botocore")
struct BotocoreSignatureTests {
    struct Row: Sendable {
        let region, time: String
        let headers: [(String, String)]
        let body: String
        let token: String?
        let signature: String
    }

    @Test("A request has the signature that botocore makes", arguments: rows)
    func recomputed(row: Row) throws {
        let key = AccessKey(
            id: exampleKey.id, secret: exampleKey.secret, sessionToken: row.token)
        let request = SignableRequest(
            method: "POST", path: "/", headers: row.headers.map { .init($0.0, $0.1) })
        let time = try #require(SigningTime(row.time))
        let signed = Signer(key: key, region: row.region)
            .signed(request, body: Array(row.body.utf8), at: time.date)
        #expect(signed.signature == row.signature)
    }
}

extension SignableRequest {
    /// What the Authorization header ends with.
    fileprivate var signature: String {
        let header = values(of: "authorization").first ?? ""
        return header.split(separator: "=").last.map(String.init) ?? ""
    }
}
