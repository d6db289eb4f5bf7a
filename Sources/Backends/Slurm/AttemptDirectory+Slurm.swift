import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The files by which an attempt and its jobs in Slurm know of each other:
///
///     submission   the comment of all jobs for the attempt; there before the first is submitted
///     job          the number of a job that was submitted
///     job.sh, program.sh
///     claim        a link to the number of the one job that runs the attempt, or to `nobody`
///     start        that job, how often it was requeued, and its first node
///     exit         how the program ended, and how long its logs are
///     slurm.log    what Slurm itself says
///
/// A link is made at once with what it leads to, even over NFS, and no other takes its place. So a
/// job that Slurm has put back into the queue knows its claim, and the others know that it is not
/// theirs. `start` and `exit` are replaced when a job runs again.
extension AttemptDirectory {
    /// Who runs the attempt.
    enum SlurmClaim: Hashable {
        case job(String)
        case nobody
    }

    /// What the job recorded when it began.
    struct SlurmStart: Hashable {
        let restartCount: Int
        let time: Date
    }

    /// What the job recorded when the program had ended.
    struct SlurmExit: Hashable {
        /// As a shell counts it.
        let code: Int
        /// How long the logs are.
        let outputBytes: Int
        let errorBytes: Int
        /// Whether the program did perhaps not end by itself, but was ended by Slurm.
        let isDoubtful: Bool
    }

    var slurmClaim: SlurmClaim? {
        var buffer = [CChar](repeating: 0, count: 256)
        let count = readlink(path + "/claim", &buffer, buffer.count)
        guard count > 0 else { return nil }
        let text = String(
            decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return text == "nobody" ? .nobody : .job(text)
    }

    /// Claims it for nobody, unless somebody has claimed it.
    ///
    /// - Returns: Whether it is nobody's.
    func claimForNobody() throws(FileError) -> Bool {
        guard symlink("nobody", path + "/claim") != 0 else { return true }
        guard errno == EEXIST else { throw FileError("make the link", path + "/claim") }
        return slurmClaim == .nobody
    }

    var slurmStart: SlurmStart? {
        guard let words = words(of: "start"), words.count >= 2, let count = Int(words[1]),
            let time = modificationTime(of: path + "/start")
        else { return nil }
        return SlurmStart(restartCount: count, time: min(time, Date()))
    }

    var slurmExit: SlurmExit? {
        let numbers = (words(of: "exit") ?? []).compactMap { Int($0) }
        guard numbers.count == 4 else { return nil }
        return SlurmExit(
            code: numbers[0], outputBytes: numbers[1], errorBytes: numbers[2],
            isDoubtful: numbers[3] != 0)
    }

    /// The comment of the attempt's jobs; `nil` where none was ever submitted.
    var slurmSubmission: String? { words(of: "submission")?.first }

    /// The same, made if it is not there.
    func makeSlurmSubmission() throws(FileError) -> String {
        let comment = "tuner:\(UUID().uuidString)"
        try writeDurably(comment, to: path + "/submission", replaces: false)
        return slurmSubmission ?? comment
    }

    /// The number of a job that was submitted.
    var slurmJob: String? { words(of: "job")?.first }

    func recordSlurmJob(_ id: String) throws(FileError) {
        try writeDurably(id, to: path + "/job", replaces: false)
    }

    /// Makes a network file system look for files that are new.
    func refresh() {
        if let directory = opendir(path) { closedir(directory) }
    }

    private func words(of name: String) -> [String]? {
        guard let text = contents(of: "\(path)/\(name)") else { return nil }
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        return words.isEmpty ? nil : words
    }
}
