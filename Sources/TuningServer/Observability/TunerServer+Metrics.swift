import Foundation
import Hummingbird
import SageMakerAPI
import Tuning

// What Prometheus reads.

extension TunerServer {
    /// Adds `GET /metrics`.
    func addMetrics(_ registry: PrometheusRegistry, to router: Router<ServiceContext>) {
        router.get("/metrics") { request, _ in
            guard try await mayScrape(request) else {
                return Response(
                    status: .unauthorized,
                    headers: [.wwwAuthenticate: "Basic realm=\"tuner\", charset=\"UTF-8\""])
            }
            return Response(
                status: .ok, headers: [.contentType: PrometheusText.contentType],
                body: .init(byteBuffer: ByteBuffer(string: await registry.text())))
        }
    }

    /// Whether a request may read metrics: signed as any other, or with an access key and its
    /// secret as user and password, as Prometheus can send them.
    private func mayScrape(_ request: Request) async throws -> Bool {
        guard let known = access.keys?.current else { return true }
        guard let authorization = request.headers[.authorization] else { return false }
        if let password = BasicCredentials(authorization) {
            // The same work whether or not there is such a key.
            let isSecret = password.isSecret(known[password.user]?.secret ?? "")
            return isSecret && known[password.user] != nil
        }
        guard let claim = try access.claim(of: request) else { return true }
        try access.check(claim, body: try await Self.body(of: request), changesSomething: false)
        return true
    }
}

/// A user and a password in an `Authorization` header.
struct BasicCredentials {
    /// The user.
    let user: String
    private let password: [UInt8]

    /// Reads a header; `nil` for one of another scheme, or a damaged one.
    init?(_ authorization: String) {
        let words = authorization.split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "basic",
            let data = Data(base64Encoded: String(words[1])),
            let colon = data.firstIndex(of: UInt8(ascii: ":")),
            let user = String(bytes: data[..<colon], encoding: .utf8)
        else { return nil }
        self.user = user
        password = Array(data[data.index(after: colon)...])
    }

    /// Whether the password is a secret, in a time that says nothing about the secret's bytes.
    func isSecret(_ secret: String) -> Bool {
        let secret = Array(secret.utf8)
        guard secret.count == password.count else { return false }
        return zip(secret, password).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0 && !secret.isEmpty
    }
}

// MARK: - What is known at the time of a scrape

extension TunerServer {
    /// Has a registry ask for what is not recorded as it happens.
    func collectFigures(for registry: PrometheusRegistry, of dispatcher: OperationDispatcher) {
        registry.collect { await dispatcher.jobSamples() }
        registry.collect { ProcessFigures.samples() }
    }
}

extension OperationDispatcher {
    /// How many jobs there are, and who has the slots.
    func jobSamples() async -> [MetricValue] {
        var samples: [MetricValue] = []
        for (backend, count) in orchestrator.slotCounts.sorted(by: { $0.key < $1.key }) {
            samples.append(MetricValue("tuner_slots", [backend, "used"], Double(count.used)))
            samples.append(MetricValue("tuner_slots", [backend, "free"], Double(count.free)))
        }
        // A store that cannot be read leaves the gauges out, which says more than zeros would.
        guard let counts = try? await reader.jobCounts() else { return samples }
        for status in TuningJob.Status.allCases {
            let count = counts.tuningJobs[status] ?? 0
            samples.append(MetricValue("tuner_jobs", ["tuning", status.rawValue], Double(count)))
        }
        for status in TrainingJob.Status.allCases {
            let count = counts.trainingJobs[status] ?? 0
            samples.append(
                MetricValue("tuner_jobs", ["training", status.rawValue], Double(count)))
        }
        return samples
    }
}
