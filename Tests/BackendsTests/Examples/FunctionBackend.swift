import Foundation
import Synchronization
import Tuning

/// Runs training jobs by calling a function of this process.
///
/// After a crash a function runs again from its beginning, and what it reports is passed over until
/// it has come as far as before.
final class FunctionBackend: TrainingBackend {
    /// Trains with these hyperparameters, all as texts, and reports the metric on its way.
    typealias Function =
        @Sendable ([Parameter.Name: String], _ report: @Sendable (Double) -> Void) async throws ->
        Void

    let slotCount: Int
    private let metric: MetricName
    private let function: Function
    private let courses = Mutex<[Attempt.ID: FunctionCourse]>([:])

    init(slotCount: Int, metric: MetricName, function: @escaping Function) {
        self.slotCount = slotCount
        self.metric = metric
        self.function = function
    }

    func run(_ attempt: Attempt, in session: AttemptSession) async throws -> Attempt.End {
        let course = courses.withLock { courses in
            let course = courses[attempt.id] ?? FunctionCourse()
            courses[attempt.id] = course
            return course
        }
        if let reason = session.stop.reason { course.stop(reason) }
        course.start { [function] report in try await function(attempt.hyperparameters, report) }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                if let reason = await session.stop.wait() { course.stop(reason) }
            }
            defer { group.cancelAll() }
            return try await follow(course, in: session)
        }
    }

    /// Reports what the course comes to, from the mark of the session on.
    private func follow(
        _ course: FunctionCourse, in session: AttemptSession
    ) async throws -> Attempt.End {
        _ = try await session.report(.entered(.training, at: Date(), message: nil))
        var count = session.mark.flatMap { Int($0.text) } ?? 0
        for await _ in course.changes() {
            while let step = course.step(after: count) {
                guard case .reported(let value, let time) = step else { break }
                count += 1
                let sample = MetricSample(time: time, values: [metric: value])
                let verdict = try await session.report(.measured([sample], ReportMark("\(count)")))
                // It keeps no checkpoints, so that a pause is a stop.
                if verdict != .proceed { course.stop(.earlyStopping) }
            }
            if case .ended(let end) = course.step(after: count) { return end }
        }
        throw CancellationError()
    }
}

/// What has become of one attempt, and the task that it is; outlives those who look.
final class FunctionCourse: Sendable {
    enum Step {
        case reported(Double, Date)
        case ended(Attempt.End)
    }

    private struct State {
        var reports: [(value: Double, time: Date)] = []
        var end: Attempt.End?
        var stop: StopReason?
        var task: Task<Void, Never>?
        var watchers: [AsyncStream<Void>.Continuation] = []
    }

    private let state = Mutex(State())

    /// Starts the work; once, and not at all where a stop was asked for before.
    func start(
        _ work: @escaping @Sendable (@Sendable (Double) -> Void) async throws -> Void
    ) {
        state.withLock { state in
            guard state.task == nil, state.end == nil else { return }
            state.task = Task { [self] in
                do {
                    try await work { value in
                        change { $0.reports.append((value, Date())) }
                    }
                    change { $0.end = $0.stop.map(Attempt.End.stopped) ?? .completed }
                } catch {
                    let failure = TrainingFailure(.algorithm, "\(error)")
                    change { $0.end = $0.stop.map(Attempt.End.stopped) ?? .failed(failure) }
                }
            }
        }
    }

    /// Asks for a stop; only the first reason counts.
    func stop(_ reason: StopReason) {
        change { state in
            guard state.stop == nil, state.end == nil else { return }
            state.stop = reason
            if state.task == nil { state.end = .stopped(reason) }
            state.task?.cancel()
        }
    }

    /// What came after so many reports; `nil` when nothing has yet.
    func step(after count: Int) -> Step? {
        state.withLock { state in
            if count < state.reports.count {
                return .reported(state.reports[count].value, state.reports[count].time)
            }
            return state.end.map(Step.ended)
        }
    }

    /// Yields at once, and after every change; ends when the task that waits is cancelled.
    func changes() -> AsyncStream<Void> {
        let (stream, watcher) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        state.withLock { $0.watchers.append(watcher) }
        watcher.yield()
        return stream
    }

    private func change(_ edit: (inout State) -> Void) {
        let watchers = state.withLock { state in
            edit(&state)
            return state.watchers
        }
        for watcher in watchers { watcher.yield() }
    }
}
