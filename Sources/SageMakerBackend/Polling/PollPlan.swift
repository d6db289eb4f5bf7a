import Tuning

/// Which job to look at next.
///
/// A job is followed by whoever runs its attempt, and is looked at only while all of its followers
/// wait for news, so that no look is missed by any of them.
struct PollPlan: Sendable {
    /// Looks that may be under way at once.
    static let lookCountMax = 16

    /// A job that is followed.
    private struct Job: Sendable {
        var pace: LookPace
        var dueTime: Duration
        var isChanged = false
        var isUnderWay = false
        var followerCount = 0
        var waiterCount = 0
        /// What it last was, by a look; the listing is held against it.
        var status: String?
        var lastModified: Double?
        /// What the listing last said; the same again is no news.
        var listed: JobListing.Summary?

        /// What has changed first, then what is longest due.
        var rank: Duration { isChanged ? .zero : dueTime }

        var isWaitedFor: Bool { waiterCount > 0 && waiterCount == followerCount && !isUnderWay }
    }

    private var jobs: [String: Job] = [:]
    private(set) var listing = JobListing()
    private var lookCount = 0

    /// Whether anybody waits for a look.
    var hasWaiters: Bool { jobs.values.contains { $0.waiterCount > 0 } }

    // MARK: Followers

    /// Takes in a follower of a job.
    mutating func follow(_ name: String, firstLookIn delay: Duration, at now: Duration) {
        var job = jobs[name] ?? Job(pace: LookPace(at: now), dueTime: now + delay)
        job.followerCount += 1
        jobs[name] = job
    }

    /// Takes in that a follower has left.
    mutating func unfollow(_ name: String) {
        guard var job = jobs[name] else { return }
        job.followerCount -= 1
        jobs[name] = job.followerCount > 0 ? job : nil
        // What changes until somebody follows a job again is nobody's concern.
        if jobs.isEmpty { listing = JobListing() }
    }

    /// Takes in how many of a job's followers wait for a look now.
    mutating func setWaiters(_ count: Int, of name: String) {
        jobs[name]?.waiterCount = count
    }

    /// Has a job looked at soon: something is about to happen to it.
    mutating func expectChange(of name: String, at now: Duration) {
        guard var job = jobs[name] else { return }
        job.dueTime = min(job.dueTime, now + LookPace.intervalMin)
        jobs[name] = job
    }

    // MARK: Looks

    /// What to ask next.
    enum Step: Hashable, Sendable {
        case look(String)
        case list
    }

    /// What to ask now; `nil` when nothing is due.
    func step(at now: Duration) -> Step? {
        if listing.nextTime <= now, isListingUseful { return .list }
        guard lookCount < Self.lookCountMax else { return nil }
        let due = jobs.lazy.filter { _, job in
            job.isWaitedFor && (job.isChanged || job.dueTime <= now)
        }
        return due.min { ($0.value.rank, $0.key) < ($1.value.rank, $1.key) }.map { .look($0.key) }
    }

    /// When something will be due; `nil` when only an answer or a follower can bring that.
    var nextTime: Duration? {
        let looks =
            lookCount < Self.lookCountMax
            ? jobs.values.filter(\.isWaitedFor).map(\.dueTime).min() : nil
        return [looks, isListingUseful ? listing.nextTime : nil].compactMap { $0 }.min()
    }

    /// A listing is of use once there is a job whose state is known.
    private var isListingUseful: Bool {
        !listing.isUnderWay && jobs.values.contains { $0.status != nil && $0.isWaitedFor }
    }

    /// Notes that a step is under way.
    ///
    /// - Returns: The request for the listing.
    mutating func begin(_ step: Step) -> JSONValue? {
        switch step {
        case .list: return listing.request(names: jobs.keys)
        case .look(let name):
            jobs[name]?.isUnderWay = true
            jobs[name]?.isChanged = false
            lookCount += 1
            return nil
        }
    }

    /// Takes in a look; `nil` for one that failed or found no job.
    mutating func end(
        lookAt name: String, _ description: TrainingJobDescription?, at now: Duration
    ) {
        lookCount -= 1
        guard var job = jobs[name] else { return }
        job.isUnderWay = false
        if let description {
            if let time = description.lastModified { listing.begin(at: time) }
            job.status = description.status.rawValue + "/" + description.secondaryStatus
            job.lastModified = description.lastModified
            let look = LookPace.Look(
                phase: description.secondaryStatus,
                metricSeconds: description.metrics.map(\.seconds).max(),
                isStopping: description.status == .stopping)
            job.dueTime = job.pace.nextTime(
                after: look, isListed: listing.isWorking, at: now)
        } else {
            job.dueTime = now + LookPace.youngIntervalMax
        }
        jobs[name] = job
    }

    /// Takes in a page of the listing: what has changed is looked at first.
    mutating func end(listing answer: JSONValue, at now: Duration) {
        for summary in listing.take(answer, at: now) {
            guard var job = jobs[summary.name], let status = job.status, summary != job.listed
            else { continue }
            job.listed = summary
            let isLater = (summary.lastModified ?? 0) >= (job.lastModified ?? 0)
            let isOther = summary.status != status || summary.lastModified != job.lastModified
            job.isChanged = job.isChanged || isLater && isOther
            jobs[summary.name] = job
        }
    }

    /// Takes in that a page of the listing could not be had.
    mutating func failListing(isRefused: Bool, at now: Duration) {
        listing.fail(isRefused: isRefused, at: now)
    }
}
