import Foundation
import Tuning

/// A table of training jobs.
struct TrainingJobTableView {
    let rows: [TrainingJobView]
    let isEmpty: Bool
    /// The columns that can be sorted by; `nil` where none can.
    let columns: ColumnView?
    let isSortable: Bool
    /// The metric and which way is better.
    let objective: String?
    /// Where the table is as it is now; `nil` where it does not change by itself.
    let liveURL: String?
    let pager: PagerView?
    let hasValues: Bool
    let hasTuningJobs: Bool
    let hasHyperparameters: Bool

    init(
        rows: [TrainingJobView], columns: ColumnView?, objective: String?, liveURL: String?,
        pager: PagerView?
    ) {
        self.rows = rows
        isEmpty = rows.isEmpty
        self.columns = columns
        isSortable = columns != nil
        self.objective = objective
        self.liveURL = liveURL
        self.pager = pager
        hasValues = objective != nil || rows.contains { $0.value != nil }
        hasTuningJobs = rows.contains { $0.tuningJob != nil }
        hasHyperparameters = rows.contains { !$0.hyperparameters.isEmpty }
    }
}

/// The columns of a table that can be sorted by.
struct ColumnView {
    /// A column and the link that sorts by it, or turns its order round.
    struct Column {
        let url: String
        /// What `aria-sort` says.
        let order: String
        /// An arrow where it is sorted by.
        let arrow: String
    }

    let number: Column
    let name: Column
    let status: Column
    let value: Column

    static func all(
        path: String, fields: [(String, String?)], query: TrainingJobQuery, anchor: String
    ) -> ColumnView {
        func column(_ key: TrainingJobQuery.SortKey) -> Column {
            let isSorted = query.sortKey == key
            let isAscending = query.order == .ascending
            let next: Tuning.SortOrder = isSorted && !isAscending ? .ascending : .descending
            let sort = [("sort", key.rawValue), ("order", next.rawValue)]
            return Column(
                url: DashboardPath.query(path, fields + sort) + "#\(anchor)",
                order: isSorted ? (isAscending ? "ascending" : "descending") : "none",
                arrow: isSorted ? (isAscending ? "▲" : "▼") : "")
        }
        return ColumnView(
            number: column(.creationTime), name: column(.name), status: column(.status),
            value: column(.objectiveValue))
    }
}

/// The page of all training jobs.
struct TrainingJobsView {
    let frame: FrameView
    let name: String
    let isOwn: Bool
    let statuses: [OptionView]
    let table: TrainingJobTableView
}

/// The page of one training job.
struct TrainingJobPageView {
    let frame: FrameView
    let job: TrainingJobSummaryView
    let decision: DecisionView?
    let hyperparameters: [FactView]
    let log: LogView?
    let definition: String
    /// What was changed of the definition.
    let amendment: String?
}

/// What a training job printed lately.
struct LogView {
    let text: String
    let mark: String
    /// Where the rest follows.
    let url: String
    let isCut: Bool
    let isRunning: Bool

    init(_ piece: TrainingLogPiece, _ job: TrainingJob) {
        text = piece.text
        mark = piece.mark
        url = "/api\(DashboardPath.trainingJob(job.name))/logs"
        isCut = !piece.isStart
        isRunning = !job.status.isFinished
    }
}

/// The head of a training job's page.
struct TrainingJobSummaryView {
    /// A stay in a status.
    struct Stay {
        let status: String
        let message: String
        let start: TimeView
        let duration: String
    }

    let name: String
    let url: String
    let liveURL: String
    let status: StatusView
    let tuningJob: FactView?
    let isBest: Bool
    let objective: String?
    let value: String?
    let facts: [FactView]
    let metrics: [FactView]
    let stays: [Stay]
    let failure: String?
    let stop: String?
    /// How its objective went.
    let curve: String?
    let isRunning: Bool
    let mayStop: Bool

    init(
        _ job: TrainingJob, _ specification: TuningJobSpecification, tuningJob: TuningJob?,
        curve: String?, mayStop: Bool, now: Date
    ) {
        let objective = specification.definitions[job.definition].objective
        name = job.name
        url = DashboardPath.trainingJob(job.name)
        liveURL = "\(url)/fragments/summary"
        status = StatusView(job)
        self.tuningJob =
            specification.kind == .tuning
            ? FactView(
                name: "Tuning job", value: specification.name,
                url: tuningJob.map { DashboardPath.tuningJob($0.name) }) : nil
        isBest = specification.kind == .tuning && tuningJob?.best?.ordinal == job.id.ordinal
        self.objective = objective?.label
        value = job.objectiveValue(objective)?.shortText
        facts = Self.facts(of: job, specification, now: now)
        metrics = job.finalMetrics.sorted { $0.key < $1.key }.map {
            FactView(
                name: $0.key, value: $0.value.value.shortText,
                note: TimeView($0.value.time, now: now).text)
        }
        stays = job.transitions.map { transition in
            let end = transition.endTime ?? (job.status.isFinished ? nil : now)
            let duration = end.map { Duration.seconds($0.timeIntervalSince(transition.startTime)) }
            return Stay(
                status: transition.status.rawValue, message: transition.message,
                start: TimeView(transition.startTime, now: now),
                duration: duration?.shortText ?? "")
        }
        failure = job.failure?.reason
        stop = job.stopMessage ?? job.stopReason?.text
        self.curve = curve
        isRunning = !job.status.isFinished
        self.mayStop = mayStop
    }

    private static func facts(
        of job: TrainingJob, _ specification: TuningJobSpecification, now: Date
    ) -> [FactView] {
        var facts: [FactView] = []
        if specification.kind == .tuning {
            facts.append(FactView(name: "Number", value: "#\(job.id.ordinal + 1)"))
        }
        facts.append(FactView(name: "Created", value: TimeView(job.creationTime, now: now).text))
        if job.startTime != nil {
            facts.append(FactView(name: "Trained for", value: job.runtime(at: now).shortText))
        }
        facts.append(FactView(name: "Attempts", value: "\(job.attempt)"))
        facts.append(FactView(name: "Reports of the objective", value: "\(job.resource.units)"))
        facts.append(
            FactView(name: "Image", value: specification.definitions[job.definition].image))
        facts.append(FactView(name: "ARN", value: specification.arn(ofTrainingJob: job.name)))
        return facts
    }
}

extension StopReason {
    /// Why it was stopped, for people.
    fileprivate var text: String {
        switch self {
        case .requested: "Somebody asked for it."
        case .tuningJobEnded: "Its tuning job was stopped, or is over."
        case .interrupted: "The command that ran it was interrupted."
        case .earlyStopping: "It was not promising enough."
        case .runtimeExceeded: "It ran as long as it may."
        case .waitTimeExceeded: "It waited and ran together as long as it may."
        case .pendingTimeExceeded: "It waited for its start as long as it may."
        }
    }
}
