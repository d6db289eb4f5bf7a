import Foundation
import Testing

@testable import SageMakerAPI

@Suite("Signature verifier")
struct SignatureVerifierTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)
    private static let body = Array(#"{"TrainingJobName":"a"}"#.utf8)

    private static func request(_ headers: [SignableRequest.Header] = []) -> SignableRequest {
        SignableRequest(
            method: "POST", path: "/",
            headers: headers + [
                .init("Host", "127.0.0.1:8080"),
                .init("X-Amz-Target", "SageMaker.DescribeTrainingJob"),
                .init("Content-Type", "application/x-amz-json-1.1"),
            ])
    }

    private static func signed(
        at date: Date = now, key: AccessKey = exampleKey, service: String = "sagemaker",
        headers: [SignableRequest.Header] = []
    ) -> SignableRequest {
        Signer(key: key, region: "us-east-1", service: service)
            .signed(request(headers), body: body, at: date)
    }

    /// The error that a request ends with, as `CODE: MESSAGE`; `nil` when it is accepted.
    private static func refusal(
        of request: SignableRequest, body: [UInt8] = body
    ) -> String? {
        do throws(APIError) {
            let verifier = SignatureVerifier { now }
            let claim = try verifier.claim(of: request) { id in
                id == exampleKey.id ? exampleKey : nil
            }
            #expect(claim.key == exampleKey)
            try claim.check(body: body)
            return nil
        } catch {
            #expect(error.status == 400)
            return "\(error.code): \(error.message)"
        }
    }

    /// The signed request with its Authorization header rewritten.
    private static func rewritten(_ edit: (String) -> String) -> SignableRequest {
        var request = signed()
        request.headers = request.headers.map {
            $0.name == "authorization" ? .init($0.name, edit($0.value)) : $0
        }
        return request
    }

    @Test("A signed request is its key's")
    func accepted() {
        #expect(Self.refusal(of: Self.signed()) == nil)
        let hash = SignableRequest.Header("X-Amz-Content-SHA256", Self.body.sha256)
        #expect(Self.refusal(of: Self.signed(headers: [hash])) == nil)
    }

    @Test("A clock may be five minutes off and no more", arguments: [-300, 300])
    func skew(seconds: TimeInterval) {
        #expect(Self.refusal(of: Self.signed(at: Self.now + seconds)) == nil)
    }

    @Test("A signature of another time says by how much it is off")
    func expired() {
        #expect(
            Self.refusal(of: Self.signed(at: Self.now - 301))
                == "InvalidSignatureException: Signature expired: 20270115T075459Z is now earlier "
                + "than 20270115T075500Z (20270115T080000Z - 5 min.)")
        #expect(
            Self.refusal(of: Self.signed(at: Self.now + 301))
                == "InvalidSignatureException: Signature not yet current: 20270115T080501Z is "
                + "still later than 20270115T080500Z (20270115T080000Z + 5 min.)")
    }

    private static let mismatch =
        "InvalidSignatureException: The request signature we calculated does not match the "
        + "signature you provided. Check your AWS Secret Access Key and signing method. Consult "
        + "the service documentation for details."

    @Test("What was changed after signing does not match")
    func tampered() {
        #expect(Self.refusal(of: Self.signed(), body: Self.body + [0x20]) == Self.mismatch)
        for (name, value) in [
            ("x-amz-target", "SageMaker.DeleteTrainingJob"), ("host", "127.0.0.1:8081"),
            ("content-type", "text/plain"),
        ] {
            var request = Self.signed()
            request.headers = request.headers.map { $0.name == name ? .init(name, value) : $0 }
            #expect(Self.refusal(of: request) == Self.mismatch, "\(name)")
            var doubled = Self.signed()
            doubled.headers.append(.init(name, value))
            #expect(Self.refusal(of: doubled) == Self.mismatch, "doubled \(name)")
        }
        var query = Self.signed()
        query.query = "a=b"
        #expect(Self.refusal(of: query) == Self.mismatch)
    }

    @Test("A body hash that is not the body's does not match, signed or not")
    func bodyHash() {
        for value in ["UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "", [0].sha256] {
            let header = SignableRequest.Header("x-amz-content-sha256", value)
            #expect(Self.refusal(of: Self.signed(headers: [header])) == Self.mismatch)
            var unsigned = Self.signed()
            unsigned.headers.append(header)
            #expect(Self.refusal(of: unsigned) == Self.mismatch)
        }
    }

    @Test(
        "A signature that is none does not match",
        arguments: [
            "0", "zz", String(repeating: "0", count: 64), String(repeating: "f", count: 9_000),
        ]
    )
    func wrongSignature(signature: String) {
        let request = Self.rewritten { header in
            header.prefix(upTo: header.firstRange(of: "Signature=")?.upperBound ?? header.endIndex)
                + signature
        }
        #expect(Self.refusal(of: request) == Self.mismatch)
    }

    @Test("The secret of another key does not match, and an unknown key is not recognised")
    func otherKeys() {
        let wrong = AccessKey(id: exampleKey.id, secret: "wrong")
        #expect(Self.refusal(of: Self.signed(key: wrong)) == Self.mismatch)
        let unknown = AccessKey(id: "AKIAUNKNOWN", secret: exampleKey.secret)
        let temporary = AccessKey(
            id: exampleKey.id, secret: exampleKey.secret, sessionToken: "token")
        for key in [unknown, temporary] {
            #expect(
                Self.refusal(of: Self.signed(key: key))
                    == "UnrecognizedClientException: The security token included in the request "
                    + "is invalid.")
        }
    }

    @Test("A signature for another service, day or protocol is refused")
    func scope() {
        #expect(
            Self.refusal(of: Self.signed(service: "s3"))
                == "InvalidSignatureException: Credential should be scoped to correct service: "
                + "'sagemaker'. ")
        #expect(
            Self.refusal(of: Self.rewritten { $0.replacing("20270115", with: "20270114") })?
                .contains("'20270114' != '20270115', from '20270115T080000Z'") == true)
        #expect(
            Self.refusal(of: Self.rewritten { $0.replacing("aws4_request", with: "aws5_request") })?
                .contains("valid terminator: 'aws4_request', not 'aws5_request'") == true)
    }

    struct Header: Sendable {
        let value: String
        let refusal: String
    }

    @Test(
        "A header that lacks something says what",
        arguments: [
            Header(value: "", refusal: "MissingAuthenticationTokenException: Missing Auth"),
            Header(
                value: "Basic dTpw",
                refusal: "IncompleteSignatureException: 'Basic' not a valid key=value pair"),
            Header(
                value: "AWS4-HMAC-SHA256",
                refusal: "IncompleteSignatureException: 'AWS4-HMAC-SHA256' not a valid key=value"),
            Header(
                value: "AWS4-HMAC-SHA512 Credential=a",
                refusal: "IncompleteSignatureException: Unsupported AWS 'algorithm': "
                    + "'AWS4-HMAC-SHA512'."),
            Header(
                value: "AWS4-HMAC-SHA256 Credential=a/b/c/d/e",
                refusal: "IncompleteSignatureException: Authorization header requires 'Signature' "
                    + "parameter. Authorization header requires 'SignedHeaders' parameter. "
                    + "Authorization=AWS4-HMAC-SHA256 Credential=a/b/c/d/e"),
            Header(
                value: "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=00",
                refusal: "IncompleteSignatureException: Credential must have exactly 5 "),
            Header(
                value: "AWS4-HMAC-SHA256 Credential=a, Credential=b",
                refusal: "IncompleteSignatureException: Authorization header has 'Credential' twi"),
            Header(
                value: "AWS4-HMAC-SHA256 =,,Credential",
                refusal: "IncompleteSignatureException: 'Credential' not a valid key=value pair"),
        ])
    func incomplete(header: Header) {
        #expect(
            Self.refusal(of: Self.rewritten { _ in header.value })?
                .hasPrefix(header.refusal) == true)
    }

    @Test(
        "Host, date and target must be signed", arguments: ["host", "x-amz-date", "x-amz-target"])
    func unsignedHeaders(name: String) {
        let request = Self.rewritten {
            $0.replacing("\(name);", with: "").replacing(";\(name)", with: "")
        }
        #expect(Self.refusal(of: request)?.contains("must be a 'SignedHeader'") == true)
    }

    @Test("Requests without a signature, with two, or with one in the query are refused")
    func otherForms() {
        #expect(
            Self.refusal(of: Self.request())
                == "MissingAuthenticationTokenException: Missing Authentication Token")
        var doubled = Self.signed()
        doubled.headers += Self.signed().headers.filter { $0.name == "authorization" }
        #expect(Self.refusal(of: doubled)?.hasPrefix("IncompleteSignatureException") == true)
        for query in ["X-Amz-Signature=00", "x-amz-algorithm=a&b=c", "a=b&X-Amz-Credential"] {
            var presigned = Self.signed()
            presigned.query = query
            #expect(Self.refusal(of: presigned)?.hasPrefix("IncompleteSignatureException") == true)
        }
    }

    @Test(
        "A date must be written as signatures write it",
        arguments: ["", "20270115T080000", "2027-01-15T08:00:00Z", "20270115T246060Z", "now"])
    func dates(text: String) {
        var request = Self.signed()
        request.headers = request.headers.map {
            $0.name == "x-amz-date" ? .init($0.name, text) : $0
        }
        #expect(
            Self.refusal(of: request)
                == "IncompleteSignatureException: Date must be in ISO-8601 'basic format'. "
                + "Got '\(text)'.")
    }

    @Test("A key that is printed or dumped keeps its secret")
    func secrecy() {
        var dumped = ""
        dump(exampleKey, to: &dumped)
        for text in [dumped, "\(exampleKey)", String(reflecting: exampleKey), "\([exampleKey])"] {
            #expect(text.contains(exampleKey.id) && !text.contains(exampleKey.secret))
        }
    }
}
