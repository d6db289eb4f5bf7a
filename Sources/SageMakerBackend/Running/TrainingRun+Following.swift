import Foundation
import SageMakerAPI
import Tuning

extension TrainingRun {
    /// How long a job that was just launched may go without a look.
    private static let firstLookDelay = Duration.seconds(1)

    /// Follows a job to its end.
    func follow(_ reading: MetricReading, _ launch: Launch) async throws -> Outcome {
        let isNew = if case .started = launch { true } else { false }
        let name = reading.job
        let follower = line.follow(name, firstLookIn: isNew ? Self.firstLookDelay : .zero)
        defer { line.unfollow(name, follower) }
        var course = JobCourse(self, reading, isNew: isNew)
        while true {
            let line = line
            let next =
                course.haltTime == nil
                ? try await ServiceLine.first(session.stop) {
                    try await line.look(at: name, for: follower)
                } : (nil, try await line.look(at: name, for: follower))
            if let reason = next.stop {
                try await course.halt(.stop(reason))
            } else if let look = next.value, let outcome = try await course.take(look) {
                return outcome
            }
        }
    }
}
