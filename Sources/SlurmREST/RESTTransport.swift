import Tuning

/// Carries requests to slurmrestd.
protocol RESTTransport: Sendable {
    /// Sends a request, and returns the whole answer.
    ///
    /// - Throws: `SlurmError` when there is none; `CancellationError`.
    func send(_ request: RESTRequest) async throws -> RESTAnswer
}

/// What slurmrestd is asked.
struct RESTRequest: Hashable, Sendable {
    var method = "GET"
    /// The path, and the query if there is one.
    let target: String
    var headers: [String: String] = [:]
    var body: JSONValue?
}

/// What it answers.
struct RESTAnswer: Hashable, Sendable {
    let status: Int
    /// The body; `nil` where it is not JSON.
    let json: JSONValue?

    var isSuccess: Bool { (200..<300).contains(status) && problems.isEmpty }

    /// Whether it does not know us, or does not want us.
    var isOfStranger: Bool { status == 401 || status == 403 }

    /// What is wrong, in Slurm's words, each once.
    var complaint: String {
        guard json != nil else { return "it answered with status \(status)" }
        let names = ["error", "description", "string", "message"]
        let said = problems.flatMap { problem in names.map { problem[$0] } }
        let words = ([json?["job_submit_user_msg"]] + said).compactMap { $0?.string }
            .filter { !$0.isEmpty }
        let each = words.enumerated().filter { !words.prefix($0.offset).contains($0.element) }
        return each.isEmpty
            ? "it answered with status \(status)"
            : each.map(\.element).joined(separator: "; ")
    }

    /// The errors; the number 0 is that of none.
    private var problems: [JSONValue] {
        let errors = (json?["errors"]?.array ?? []).filter { $0["error_number"]?.integer != 0 }
        // What became of each signal, in newer versions.
        let signals = (json?["status"]?.array ?? []).compactMap { $0["error"] }
        return errors + signals.filter { ($0["code"]?.integer ?? 0) != 0 }
    }
}
