import Foundation

/// Says who sent a request, by its signature.
package struct SignatureVerifier: Sendable {
    /// The name that requests to SageMaker are signed for.
    package static let service = "sagemaker"
    /// How far a client's clock may be off, either way.
    package static let skewMax = Duration.seconds(300)
    /// The headers that must be signed wherever they are sent, with the names AWS gives them.
    private static let headersToSign = [
        "host": "Host", "x-amz-date": "X-Amz-Date", "x-amz-target": "X-Amz-Target",
    ]

    private let now: @Sendable () -> Date

    /// Takes the clock that requests are held against.
    package init(now: @escaping @Sendable () -> Date = { Date() }) {
        self.now = now
    }

    /// Reads who a request says it is from, and checks everything but its signature.
    ///
    /// A request can thus be refused before its body is read.
    ///
    /// - Parameter key: Finds an access key by its name.
    /// - Throws: `MissingAuthenticationTokenException`, `IncompleteSignatureException`,
    ///   `InvalidSignatureException`, `UnrecognizedClientException`.
    package func claim(
        of request: SignableRequest, key: (_ id: String) -> AccessKey?
    ) throws(APIError) -> SignatureClaim {
        let headers = request.values(of: "authorization")
        guard !Self.isPresigned(request) else {
            throw .incomplete(
                "Requests with a signature in their query are not accepted; send it in the "
                    + "Authorization header.")
        }
        guard let header = headers.first else { throw .missingAuthentication }
        guard headers.count == 1 else {
            throw .incomplete("There must be one Authorization header, not \(headers.count).")
        }
        let authorization = try SignedAuthorization(header)
        try Self.checkSignedHeaders(authorization.signedHeaders, of: request)
        let time = try Self.time(of: request)
        try checkTime(time)
        try Self.checkScope(authorization, at: time)
        guard request.values(of: "x-amz-security-token").isEmpty,
            let key = key(authorization.keyID)
        else { throw .unrecognizedClient }
        return SignatureClaim(key: key, request: request, authorization: authorization, time: time)
    }

    private static func isPresigned(_ request: SignableRequest) -> Bool {
        request.query.split(separator: "&").contains { pair in
            ["x-amz-algorithm", "x-amz-credential", "x-amz-signature"]
                .contains(pair.prefix { $0 != "=" }.lowercased())
        }
    }

    private static func checkSignedHeaders(
        _ names: [String], of request: SignableRequest
    ) throws(APIError) {
        let missing = headersToSign.filter { name, _ in
            !names.contains(name) && (name != "x-amz-target" || !request.values(of: name).isEmpty)
        }
        let messages = missing.values.sorted().map { name in
            let either = name == "Host" ? "'Host' or ':authority'" : "'\(name)'"
            return "\(either) must be a 'SignedHeader' in the AWS Authorization."
        }
        guard messages.isEmpty else {
            throw .invalidSignature(messages.joined(separator: " "))
        }
    }

    private static func time(of request: SignableRequest) throws(APIError) -> SigningTime {
        let texts = request.values(of: "x-amz-date")
        guard !texts.isEmpty else {
            throw .incomplete(
                "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' "
                    + "header.")
        }
        let text = texts.joined(separator: ",")
        guard let time = SigningTime(text) else {
            throw .incomplete("Date must be in ISO-8601 'basic format'. Got '\(text)'.")
        }
        return time
    }

    private func checkTime(_ time: SigningTime) throws(APIError) {
        let now = SigningTime(now())
        let seconds = TimeInterval(Self.skewMax.components.seconds)
        let earliest = SigningTime(now.date - seconds)
        let latest = SigningTime(now.date + seconds)
        guard time.date >= earliest.date else {
            throw .invalidSignature(
                "Signature expired: \(time.text) is now earlier than \(earliest.text) "
                    + "(\(now.text) - 5 min.)")
        }
        guard time.date <= latest.date else {
            throw .invalidSignature(
                "Signature not yet current: \(time.text) is still later than \(latest.text) "
                    + "(\(now.text) + 5 min.)")
        }
    }

    private static func checkScope(
        _ authorization: SignedAuthorization, at time: SigningTime
    ) throws(APIError) {
        let scope = authorization.scope
        guard scope.day == time.day else {
            throw .invalidSignature(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date "
                    + "from HTTP: '\(scope.day)' != '\(time.day)', from '\(time.text)'.")
        }
        guard scope.service == service else {
            throw .invalidSignature(
                "Credential should be scoped to correct service: '\(service)'. ")
        }
        guard authorization.terminator == CredentialScope.terminator else {
            throw .invalidSignature(
                "Credential should be scoped with a valid terminator: "
                    + "'\(CredentialScope.terminator)', not '\(authorization.terminator)'. ")
        }
    }
}

/// What a request says about its sender, before its body is known.
package struct SignatureClaim: Sendable {
    /// The key that the request says it is signed with.
    package let key: AccessKey
    private let request: SignableRequest
    private let authorization: SignedAuthorization
    private let time: SigningTime

    init(
        key: AccessKey, request: SignableRequest, authorization: SignedAuthorization,
        time: SigningTime
    ) {
        self.key = key
        self.request = request
        self.authorization = authorization
        self.time = time
    }

    /// Checks that the key's secret signed the request with this body.
    ///
    /// - Throws: `InvalidSignatureException`.
    package func check(body: [UInt8]) throws(APIError) {
        let bodyHash = body.sha256
        let announced = request.values(of: "x-amz-content-sha256")
        guard announced.allSatisfy({ $0 == bodyHash }) else { throw .signatureMismatch }
        let string = StringToSign(
            time: time, scope: authorization.scope,
            canonicalRequest: request.canonicalText(
                signedHeaders: authorization.signedHeaders, bodyHash: bodyHash))
        guard string.isSignature(authorization.signature, secret: key.secret) else {
            throw .signatureMismatch
        }
    }
}
