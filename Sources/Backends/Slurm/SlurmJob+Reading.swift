import Foundation
import Tuning

// MARK: - squeue --json

extension SlurmJob {
    /// Reads what `squeue --json` writes, as any version of Slurm writes it.
    ///
    /// A number may be an object with a `number`, a state a list of words.
    ///
    /// - Returns: Nothing when it is not what was expected.
    static func jobs(json: String) -> [SlurmJob]? {
        (try? JSONValue(parsing: json)).flatMap(jobs)
    }

    /// Reads what slurmrestd tells of jobs, which is the same.
    package static func jobs(_ answer: JSONValue) -> [SlurmJob]? {
        answer["jobs"]?.array?.compactMap(SlurmJob.init)
    }

    private init?(_ json: JSONValue) {
        guard let id = Self.number(json["job_id"]) else { return nil }
        let words =
            json["job_state"]?.string.map { [$0] }
            ?? json["job_state"]?.array?.compactMap(\.string)
        guard let words, !words.isEmpty else { return nil }
        self.init(id: "\(id)", state: SlurmState(words))
        let reason = json["state_reason"]?.string ?? ""
        self.reason = reason == "None" ? "" : reason
        restartCount = Self.number(json["restart_cnt"])
        comment = json["comment"]?.string ?? json["comment"]?["job"]?.string ?? ""
        exitCode = Self.exitCode(json["exit_code"])
    }

    private static func number(_ json: JSONValue?) -> Int? {
        json?.integer ?? json?["number"]?.integer
    }

    /// The exit code: in older versions the status that `wait` gives, in newer ones an object.
    private static func exitCode(_ json: JSONValue?) -> Int? {
        if let status = json?.integer {
            return status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
        }
        let signal = json?["signal"]
        if let signal = number(signal?["id"]) ?? number(signal?["signal_id"]), signal > 0 {
            return 128 + signal
        }
        return number(json?["return_code"])
    }
}

// MARK: - squeue --Format

extension SlurmJob {
    private static let columns: [(name: String, width: Int)] = [
        ("JobID", 24), ("State", 24), ("RestartCnt", 12), ("Reason", 48), ("Comment", 128),
    ]

    /// What `squeue` gets as its `--Format`.
    static let tableFormat = columns.map { "\($0.name):\($0.width)" }.joined(separator: ",")

    /// Reads what `squeue` writes in that format, without its heading.
    static func jobs(table: String) -> [SlurmJob] {
        table.split(whereSeparator: \.isNewline).compactMap { line in
            var rest = line[...]
            let cells = columns.map { column in
                defer { rest = rest.dropFirst(column.width) }
                return rest.prefix(column.width).trimmingCharacters(in: .whitespaces)
            }
            guard Int(cells[0]) != nil, !cells[1].isEmpty else { return nil }
            return SlurmJob(
                id: cells[0], state: SlurmState([cells[1]]),
                reason: cells[3] == "None" ? "" : cells[3], restartCount: Int(cells[2]),
                comment: cells[4] == "(null)" ? "" : cells[4])
        }
    }
}

// MARK: - scontrol, sacct

extension SlurmJob {
    /// Reads what `scontrol --oneliner show job` writes of one job.
    init?(scontrol text: String) {
        var fields: [Substring: Substring] = [:]
        for word in text.split(whereSeparator: \.isWhitespace) {
            guard let sign = word.firstIndex(of: "=") else { continue }
            let name = word[..<sign]
            // A comment may hold what looks like a field.
            if fields[name] == nil { fields[name] = word[word.index(after: sign)...] }
        }
        guard let id = fields["JobId"], let state = fields["JobState"] else { return nil }
        let reason = fields["Reason"].map(String.init) ?? ""
        self.init(
            id: String(id), state: SlurmState([String(state)]),
            reason: reason == "None" ? "" : reason, exitCode: Self.exitCode(fields["ExitCode"]),
            restartCount: fields["Restarts"].flatMap { Int($0) },
            comment: fields["Comment"].map(String.init) ?? "")
    }

    /// Reads what `sacct --parsable2 --format=JobID,State,ExitCode` writes of one job.
    init?(sacct text: String) {
        let line = text.split(whereSeparator: \.isNewline).last ?? ""
        let cells = line.split(separator: "|", omittingEmptySubsequences: false)
        guard cells.count == 3, !cells[0].isEmpty else { return nil }
        self.init(
            id: String(cells[0]), state: SlurmState([String(cells[1])]),
            exitCode: Self.exitCode(cells[2]))
    }

    /// `CODE:SIGNAL`, as a shell counts it.
    private static func exitCode(_ text: Substring?) -> Int? {
        let numbers = (text ?? "").split(separator: ":").compactMap { Int($0) }
        guard numbers.count == 2 else { return nil }
        return numbers[1] > 0 ? 128 + numbers[1] : numbers[0]
    }
}
