import Tuning

/// An engine that runs programs, each from a training job's directory that it can reach.
///
/// `HostedBackend` makes a training backend of it.
package protocol ProgramHost: Sendable {
    /// Where training jobs have their directories, and how they are run.
    var settings: HostingSettings { get }
    /// How long to wait between two looks at a program: the shorter, while something is likely to
    /// happen, and the longer.
    var lookIntervals: ClosedRange<Duration> { get }
    /// Whether a link in a training job's directory leads where it does on this machine; if not,
    /// the data that `TrainingChannel.linkedPath` names has to be mounted there by the host.
    var followsLinks: Bool { get }
    /// Whether what a program leaves behind is in the training job's directory when it is over; if
    /// not, there is nothing to be saved.
    var bringsResults: Bool { get }

    /// What an attempt runs, to be installed in its directory; `nil` where its image knows.
    ///
    /// - Throws: What is wrong with it.
    func trainingProgram(of attempt: Attempt) throws(TrainingFailure) -> TrainingProgram?

    /// The program of an attempt, started or not.
    ///
    /// - Throws: What is wrong with the attempt.
    func program(
        of attempt: Attempt, in training: TrainingDirectory
    ) throws(TrainingFailure) -> any HostedProgram

    /// Asks the engine whether it is there; throws when it does not answer.
    func ping() async throws
}

extension ProgramHost {
    /// Where the file system is this machine's.
    package var followsLinks: Bool { true }

    /// Where the program writes into that directory.
    package var bringsResults: Bool { true }
}
