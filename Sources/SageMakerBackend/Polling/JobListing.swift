import Foundation
import Tuning

/// Reads the list of jobs that have changed, round after round, a page at a time.
///
/// All times in requests are the service's own, so a wrong clock here hides nothing.
struct JobListing: Sendable {
    /// How long to wait between two rounds.
    static let interval = Duration.seconds(2)
    /// How long to wait after a denied or refused round.
    static let pauseAfterRefusal = Duration.seconds(300)
    /// Jobs on a page: as many as the service gives.
    static let pageLength = 100
    /// Pages in a round; what is beyond them is noticed by looking at the jobs themselves.
    static let roundPageCountMax = 50
    /// Times are in whole seconds, and lists a little behind: so many seconds are read twice.
    private static let overlapSeconds = 3.0

    /// A job on a page.
    struct Summary: Hashable, Sendable {
        let name: String
        let status: String
        let lastModified: Double?
    }

    private(set) var nextTime: Duration = .zero
    private(set) var isUnderWay = false
    /// Whether rounds come to their end, so that changes are noticed.
    private(set) var isWorking = true
    private var token: String?
    private var pageCount = 0
    /// The time up to which all changes have been read.
    private var watermark: Double?
    private var roundLatest: Double?
    private var roundStart: Double?

    /// Takes in the time of a job's last change, before the first round.
    mutating func begin(at lastModified: Double) {
        if roundLatest == nil, watermark == nil {
            roundStart = min(roundStart ?? lastModified, lastModified)
        }
    }

    /// Makes the request for the next page.
    ///
    /// - Parameter names: The names of the jobs that matter.
    mutating func request(names: some Collection<String>) -> JSONValue {
        isUnderWay = true
        var members: [String: JSONValue] = ["MaxResults": .integer(Self.pageLength)]
        if let start = watermark ?? roundStart {
            members["LastModifiedTimeAfter"] = .integer(Int(start - Self.overlapSeconds))
        }
        let common = Self.commonPrefix(names)
        if common.count >= 3 { members["NameContains"] = .string(common) }
        members["NextToken"] = token.map { .string($0) }
        return .object(members)
    }

    /// Takes in a page; gives the jobs on it.
    mutating func take(_ answer: JSONValue, at now: Duration) -> [Summary] {
        isUnderWay = false
        isWorking = true
        let summaries = (answer["TrainingJobSummaries"]?.array ?? []).compactMap(Summary.init)
        for time in summaries.compactMap(\.lastModified) {
            roundLatest = max(roundLatest ?? time, time)
        }
        pageCount += 1
        token = answer["NextToken"]?.string
        if token == nil || pageCount >= Self.roundPageCountMax {
            watermark = roundLatest ?? watermark
            token = nil
            pageCount = 0
            nextTime = now + Self.interval
        } else {
            nextTime = now
        }
        return summaries
    }

    /// Takes in that a page could not be had; it is asked for again later.
    ///
    /// - Parameter isRefused: Whether asking again soon makes no sense.
    mutating func fail(isRefused: Bool, at now: Duration) {
        isUnderWay = false
        if isRefused {
            isWorking = false
            token = nil
            pageCount = 0
        }
        nextTime = now + (isRefused ? Self.pauseAfterRefusal : Self.interval)
    }

    /// The beginning that all names share, without a hyphen at its end.
    private static func commonPrefix(_ names: some Collection<String>) -> String {
        guard var prefix = names.first?[...] else { return "" }
        for name in names where !name.hasPrefix(prefix) {
            prefix = prefix.commonPrefix(with: name)[...]
            if prefix.isEmpty { break }
        }
        while prefix.last == "-" { prefix.removeLast() }
        return String(prefix)
    }
}

extension JobListing.Summary {
    fileprivate init?(_ value: JSONValue) {
        guard let name = value["TrainingJobName"]?.string,
            let status = value["TrainingJobStatus"]?.string
        else { return nil }
        self.init(
            name: name,
            status: status + "/" + (value["SecondaryStatus"]?.string ?? ""),
            lastModified: value["LastModifiedTime"]?.seconds)
    }
}
