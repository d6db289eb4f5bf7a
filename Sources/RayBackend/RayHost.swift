import Backends
import Foundation
import Tuning

/// A Ray cluster, as what runs programs.
struct RayHost: ProgramHost {
    let configuration: RayBackend.Configuration
    let cluster: RayCluster
    let roster: ProgramRoster<RayJob>
    let streams = LogStreams()

    init(_ configuration: RayBackend.Configuration, _ cluster: RayCluster) {
        self.configuration = configuration
        self.cluster = cluster
        roster = ProgramRoster(
            .init(ageMax: .seconds(1), intervalMin: .seconds(1), durationsMin: 4)
        ) { try await cluster.jobs() }
    }

    var settings: HostingSettings { configuration.hosting }

    /// The list of all jobs answers most looks.
    var lookIntervals: ClosedRange<Duration> { .milliseconds(100) ... .seconds(1) }

    var bringsResults: Bool { configuration.isDirectoryShared }

    func trainingProgram(of attempt: Attempt) throws(TrainingFailure) -> TrainingProgram? {
        try TrainingProgram(attempt, images: configuration.images, storage: settings.storage)
    }

    func program(
        of attempt: Attempt, in training: TrainingDirectory
    ) throws(TrainingFailure) -> any HostedProgram {
        if let problem = configuration.sharingProblem(with: attempt.definition) {
            throw TrainingFailure(.algorithm, "ClientError: \(problem)")
        }
        return RayProgram(of: attempt, in: training, host: self)
    }

    func ping() async throws { try await cluster.version() }
}
