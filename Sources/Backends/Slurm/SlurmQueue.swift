import Foundation
import Tuning

/// All jobs of this user, asked for at once and shared by all who want to know of one.
///
/// Slurm is asked only while somebody wants to know, and no more often than a given interval.
actor SlurmQueue {
    /// The jobs at a moment.
    struct Snapshot: Sendable {
        /// When Slurm was asked.
        let time: ContinuousClock.Instant
        /// The jobs by number.
        let jobs: [String: SlurmJob]
        /// The numbers of the jobs with a comment, in order.
        let numbers: [String: [String]]

        init(_ jobs: [SlurmJob], at time: ContinuousClock.Instant) {
            self.time = time
            self.jobs = Dictionary(jobs.map { ($0.id, $0) }) { first, _ in first }
            numbers = Dictionary(grouping: jobs.filter { !$0.comment.isEmpty }, by: \.comment)
                .mapValues { $0.map(\.id).sorted { (Int($0) ?? 0) < (Int($1) ?? 0) } }
        }

        /// A job with a number, unless it is another's.
        func job(_ id: String, with comment: String) -> SlurmJob? {
            isForeign(id, to: comment) ? nil : jobs[id]
        }

        /// Whether a number is another job's by now: a controller that has lost its records counts
        /// from where they end.
        func isForeign(_ id: String, to comment: String) -> Bool {
            jobs[id].map { !$0.comment.isEmpty && $0.comment != comment } ?? false
        }
    }

    private let controller: any SlurmController
    /// The least time between an answer and the next question.
    private let interval: Duration
    /// How long an answer is used while the next is on its way.
    private let ageMax: Duration
    private var last: Snapshot?
    private var lastAnswer: ContinuousClock.Instant?
    /// The question on its way, and who waits for its answer.
    private var question: Task<Void, Never>?
    private var waiting: [UUID: CheckedContinuation<Snapshot, any Error>] = [:]

    init(_ controller: any SlurmController, interval: Duration = .seconds(1)) {
        self.controller = controller
        self.interval = interval
        ageMax = max(.seconds(5), interval * 3)
    }

    /// The jobs, as they were not long ago.
    ///
    /// - Throws: `SlurmError` when Slurm does not tell; `CancellationError`.
    func snapshot() async throws -> Snapshot {
        try Task.checkCancellation()
        if let last, ContinuousClock.now - last.time < ageMax {
            if ContinuousClock.now - last.time >= interval { ask() }
            return last
        }
        let id = UUID()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                guard !Task.isCancelled else {
                    return continuation.resume(throwing: CancellationError())
                }
                waiting[id] = continuation
                ask()
            }
        } onCancel: {
            Task { await self.forget(id) }
        }
    }

    private func forget(_ id: UUID) {
        waiting.removeValue(forKey: id)?.resume(throwing: CancellationError())
    }

    /// Asks Slurm, unless it is being asked, as soon as it may be asked again.
    ///
    /// The task serves all who wait, so it is nobody's child; it ends with the answer.
    private func ask() {
        guard question == nil else { return }
        question = Task {
            let result: Result<Snapshot, any Error>
            do {
                if let lastAnswer {
                    try await Task.sleep(until: lastAnswer + interval, clock: .continuous)
                }
                let time = ContinuousClock.now
                result = .success(Snapshot(try await controller.jobs(), at: time))
            } catch {
                result = .failure(error)
            }
            lastAnswer = .now
            question = nil
            if case .success(let snapshot) = result { last = snapshot }
            let answered = waiting.values
            waiting = [:]
            for continuation in answered { continuation.resume(with: result) }
        }
    }
}
