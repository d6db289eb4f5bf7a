import Crypto
import Foundation
import Tuning

/// Who is told how jobs ended, and of which jobs and ends.
package struct NotificationTarget: Hashable, Sendable {
    /// How they are told.
    package enum Destination: Hashable, Sendable {
        /// By a POST request.
        case webhook(URL)
        /// By a program, which no shell runs; the first word is the program.
        case command([String])
    }

    /// How they are told.
    package let destination: Destination
    /// The ends they want to hear of; all are finished.
    package let statuses: Set<TuningJob.Status>
    /// The kinds of jobs they want to hear of.
    package let kinds: Set<TuningJobSpecification.Kind>
    /// What requests are signed with; `nil` leaves them unsigned.
    package let secret: WebhookSecret?
    /// More headers of requests, by name.
    package let headers: [String: String]
    /// How long one try may take.
    package let timeout: Duration
    /// How many tries there are.
    package let attemptCountMax: Int
    /// What tells this target apart from the others, also in a later process.
    let key: String

    init(
        destination: Destination, statuses: Set<TuningJob.Status>,
        kinds: Set<TuningJobSpecification.Kind>, secret: WebhookSecret?,
        headers: [String: String], timeout: Duration, attemptCountMax: Int
    ) {
        self.destination = destination
        self.statuses = statuses
        self.kinds = kinds
        self.secret = secret
        self.headers = headers
        self.timeout = timeout
        self.attemptCountMax = attemptCountMax
        let text =
            switch destination {
            case .webhook(let url): "url \(url.absoluteString)"
            case .command(let words): "command \(words)"
            }
        key = Self.digest(text)
    }

    /// Whether the end of a job is to be told.
    ///
    /// - Parameter status: Where it stands; nothing is told of one that is not over.
    func wants(_ kind: TuningJobSpecification.Kind, _ status: TuningJob.Status) -> Bool {
        kinds.contains(kind) && statuses.contains(status)
    }

    /// The name of telling a job's end here: the same at every try, of every process.
    func deliveryID(of job: TuningJob.ID) -> String {
        "msg_" + Self.digest("\(key) \(job.rawValue)")
    }

    /// Enough of a digest that no two are the same, in hexadecimal digits.
    private static func digest(_ text: String) -> String {
        SHA256.hash(data: Data(text.utf8)).prefix(16)
            .map { String(UInt16($0) + 0x100, radix: 16).dropFirst() }.joined()
    }
}

extension NotificationTarget: CustomStringConvertible {
    /// Whom, for the log: addresses often hold secrets in their paths, and commands anywhere.
    package var description: String {
        switch destination {
        case .webhook(let url): "\(url.scheme ?? "")://\(url.host() ?? "")"
        case .command(let words): words.first ?? ""
        }
    }
}
