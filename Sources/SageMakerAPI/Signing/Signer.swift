import Foundation

/// Signs requests to SageMaker, or to anything that checks signatures as it does.
package struct Signer: Sendable {
    private let key: AccessKey
    private let region: String
    private let service: String

    /// Signs with a key, for one service in one region.
    package init(
        key: AccessKey, region: String, service: String = SignatureVerifier.service
    ) {
        self.key = key
        self.region = region
        self.service = service
    }

    /// The request with the headers that prove who sends it.
    ///
    /// Every header it has is signed; `host` has to be among them.
    package func signed(
        _ request: SignableRequest, body: [UInt8], at date: Date
    ) -> SignableRequest {
        signed(request, bodyHash: body.sha256, at: date)
    }

    /// The same, for a body whose SHA-256 is known, in hexadecimal.
    package func signed(
        _ request: SignableRequest, bodyHash: String, at date: Date
    ) -> SignableRequest {
        var request = request
        let time = SigningTime(date)
        request.headers.append(.init("x-amz-date", time.text))
        if let token = key.sessionToken {
            request.headers.append(.init("x-amz-security-token", token))
        }
        let names = Set(request.headers.map(\.name)).sorted()
        let scope = CredentialScope(day: time.day, region: region, service: service)
        let signature = StringToSign(
            time: time, scope: scope,
            canonicalRequest: request.canonicalText(signedHeaders: names, bodyHash: bodyHash)
        ).signature(secret: key.secret)
        let value =
            "\(StringToSign.algorithm) Credential=\(key.id)/\(scope.text), "
            + "SignedHeaders=\(names.joined(separator: ";")), Signature=\(signature)"
        request.headers.append(.init("authorization", value))
        return request
    }
}
