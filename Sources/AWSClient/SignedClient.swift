import Foundation
import SageMakerAPI
import Synchronization

/// Sends signed requests to one service.
///
/// Signs by the service's clock where this machine's is wrong, and with new credentials where the
/// old ones have expired: either costs one more try. Everything else is for the caller to judge.
package final class SignedClient: Sendable {
    private let transport: any HTTPTransport
    private let credentials: (any CredentialProvider)?
    private let region: String
    private let service: String
    private let now: @Sendable () -> Date
    /// How far the service's clock is ahead of this machine's, in seconds.
    private let skew = Mutex(0.0)

    /// Sends requests to a service.
    ///
    /// - Parameters:
    ///   - credentials: What requests are signed with; they go out unsigned without.
    ///   - service: Its name in signatures, such as `sagemaker`.
    package init(
        _ transport: any HTTPTransport, credentials: (any CredentialProvider)?, region: String,
        service: String, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.transport = transport
        self.credentials = credentials
        self.region = region
        self.service = service
        self.now = now
    }

    /// Signs and sends a request.
    ///
    /// - Returns: The answer, whatever its status.
    /// - Throws: `TransportError`, `CredentialError`, `CancellationError`.
    package func send(_ request: HTTPRequest) async throws -> HTTPAnswer {
        guard let credentials else { return try await transport.send(request) }
        var hasCorrectedSkew = false
        var hasForgottenKey = false
        while true {
            let key = try await credentials.credentials().key
            let answer = try await transport.send(signed(request, with: key))
            guard !answer.isSuccess else { return answer }
            if !hasCorrectedSkew, correctSkew(by: answer) {
                hasCorrectedSkew = true
            } else if !hasForgottenKey, answer.refusesKey {
                hasForgottenKey = true
                await credentials.forget(key)
            } else {
                return answer
            }
        }
    }

    private func signed(_ request: HTTPRequest, with key: AccessKey) -> HTTPRequest {
        let hash = request.body.sha256
        var headers = request.headers.map { SignableRequest.Header($0.name, $0.value) }
        headers.append(.init("host", request.url.hostHeader))
        let isStorage = service == "s3"
        if isStorage { headers.append(.init("x-amz-content-sha256", hash)) }
        let address = URLComponents(url: request.url, resolvingAgainstBaseURL: false)
        let signable = SignableRequest(
            method: request.method, path: address?.percentEncodedPath ?? "/",
            query: address?.percentEncodedQuery ?? "", headers: headers,
            encodesPath: !isStorage)
        let date = now().addingTimeInterval(skew.withLock { $0 })
        let signed = Signer(key: key, region: region, service: service)
            .signed(signable, bodyHash: hash, at: date)
        var result = request
        // The transport writes the host.
        result.headers = signed.headers.filter { $0.name != "host" }
            .map { HTTPHeader($0.name, $0.value) }
        return result
    }

    /// Learns the service's time from an answer that refuses this machine's; whether it is another.
    private func correctSkew(by answer: HTTPAnswer) -> Bool {
        guard answer.refusesTime, let text = answer[header: "date"],
            let date = try? Date(text, strategy: Self.headerTime)
        else { return false }
        let ahead = date.timeIntervalSince(now())
        return skew.withLock { skew in
            defer { skew = ahead }
            return abs(ahead - skew) > 1
        }
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`.
    private static let headerTime = Date.ParseStrategy(
        format: """
            \(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \
            \(year: .defaultDigits) \(hour: hour):\(minute: .twoDigits):\(second: .twoDigits) GMT
            """,
        locale: Locale(identifier: "en_US_POSIX"), timeZone: .gmt)

    private static let hour = Date.FormatStyle.Symbol.VerbatimHour.twoDigits(
        clock: .twentyFourHour, hourCycle: .zeroBased)
}

extension HTTPAnswer {
    /// Whether it says that the request's time is too far from the service's.
    fileprivate var refusesTime: Bool {
        mentions(["RequestTimeTooSkewed", "RequestExpired", "SignatureDoesNotMatch"])
            || mentions(["InvalidSignatureException"])
                && mentions(["Signature expired", "Signature not yet current"])
    }

    /// Whether it says that the key is not, or no longer, taken.
    fileprivate var refusesKey: Bool {
        mentions([
            "ExpiredToken", "UnrecognizedClientException", "InvalidClientTokenId",
            "InvalidAccessKeyId",
        ])
    }

    private func mentions(_ codes: [String]) -> Bool {
        guard (400..<404).contains(status) else { return false }
        let text = String(decoding: body.prefix(4096), as: UTF8.self)
        return codes.contains { text.contains($0) }
    }
}

extension URL {
    /// The host as a client writes it: with its port, unless that is the scheme's own.
    package var hostHeader: String {
        let standardPort = scheme == "https" ? 443 : 80
        let name = host(percentEncoded: true) ?? ""
        let bracketed = name.contains(":") && !name.hasPrefix("[") ? "[\(name)]" : name
        return bracketed + (port.flatMap { $0 == standardPort ? nil : ":\($0)" } ?? "")
    }

    /// Whether this machine is meant.
    package var isLoopback: Bool {
        let name = host()?.lowercased() ?? ""
        return name == "localhost" || name.hasPrefix("127.") || ["::1", "[::1]"].contains(name)
    }
}
