import Foundation

/// The operations of S3 that transfers are made of, each tried again while it fails for a passing
/// reason.
///
/// - SeeAlso: *Amazon Simple Storage Service API Reference*, version 2006-03-01.
package struct S3Client: Sendable {
    /// How long to wait for one answer: eight megabytes come through even a slow line in it.
    private static let answerTimeout = Duration.seconds(300)
    /// The same, for what is not worth waiting for.
    private static let shortTimeout = Duration.seconds(10)

    private let client: SignedClient
    private let endpoint: S3Endpoint
    private let backoff: Backoff
    private var patience: Duration
    private var timeout = Self.answerTimeout

    /// Sends requests to an endpoint.
    ///
    /// - Parameters:
    ///   - client: What signs for the service `s3` and sends.
    ///   - backoff: The waits between tries.
    ///   - patience: For how long a request is tried again after it has first failed.
    package init(
        _ client: SignedClient, endpoint: S3Endpoint, backoff: Backoff = Backoff(),
        patience: Duration = .seconds(900)
    ) {
        self.client = client
        self.endpoint = endpoint
        self.backoff = backoff
        self.patience = patience
    }

    /// The same, but each request is tried once and for a short time.
    var impatient: S3Client {
        var client = self
        client.patience = .zero
        client.timeout = Self.shortTimeout
        return client
    }

    /// One request.
    struct Call {
        var method: String
        var address: S3Address
        /// What is asked about, where that is not the address.
        var subject: S3Address?
        var query: [(name: String, value: String)] = []
        var headers: [HTTPHeader] = []
        var body: [UInt8] = []
    }

    /// Sends a request until its answer is one of success, or a refusal that stays.
    ///
    /// - Parameter isWhole: Whether an answer of success is all that it should be; one that is not
    ///   counts as lost.
    /// - Throws: `S3Error`, `TransportError`, `CredentialError`, `CancellationError`.
    func send(
        _ call: Call, isWhole: (HTTPAnswer) -> Bool = { _ in true }
    ) async throws -> HTTPAnswer {
        let request = HTTPRequest(
            call.method, endpoint.url(of: call.address, query: call.query), headers: call.headers,
            body: call.body, timeout: timeout)
        var failureCount = 0
        var firstFailure: ContinuousClock.Instant?
        while true {
            let problem: any Error
            do {
                return try await answer(
                    to: request, about: call.subject ?? call.address, isWhole: isWhole)
            } catch let error as TransportError where error.kind != .tooLong {
                problem = error
            } catch let error as S3Error where error.isPassing {
                problem = error
            }
            failureCount += 1
            let now = ContinuousClock.now
            if now - (firstFailure ?? now) >= patience { throw problem }
            firstFailure = firstFailure ?? now
            var random = SystemRandomNumberGenerator()
            try await Task.sleep(for: backoff.delay(after: failureCount, using: &random))
        }
    }

    private func answer(
        to request: HTTPRequest, about address: S3Address, isWhole: (HTTPAnswer) -> Bool
    ) async throws -> HTTPAnswer {
        let answer = try await client.send(request)
        // A few operations find out that they fail after they have said that they succeed.
        let isLateRefusal =
            answer.isSuccess && request.method == "POST"
            && (try? XMLElement(parsing: answer.body))?.name == "Error"
        guard answer.isSuccess, !isLateRefusal else { throw S3Error(answer, to: address) }
        guard isWhole(answer) else {
            throw TransportError(.lost, "the answer is not whole: \(answer.body.count) bytes")
        }
        return answer
    }
}
