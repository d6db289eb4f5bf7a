/// One attempt's program, wherever it runs: a process, a container, the job of a cluster.
///
/// It is made anew whenever a run of the attempt begins, so whatever has to outlive the daemon is
/// in the engine or in the attempt's files. Every call may be repeated.
///
/// An engine that does not answer is no news of the program: a call then throws, whatever it
/// likes, and is repeated after a while, longer each time. Only a `TrainingFailure` ends the
/// attempt, and a `FileError` of `start`, `forbidStart` and `settle`, unless the disk is full.
package protocol HostedProgram: Sendable {
    /// Whether the engine may forget how the program ended, so that it has to be kept in the
    /// attempt's files.
    var forgetsItsEnd: Bool { get }

    /// Where the program stands now.
    ///
    /// Asked often, so an engine is to be asked for all of its programs at once. A program that is
    /// still in its way to the engine after `start` has returned is waiting.
    ///
    /// - Throws: `TrainingFailure` when it has become known that it can never be started.
    nonisolated(nonsending) func state() async throws -> ProgramState

    /// Starts the program; returns once the engine has it for good.
    ///
    /// Started twice, by two daemons at once even, it runs once. A program that reads `stop` in
    /// the attempt's files before it begins need not begin. Cancelled when a stop is asked for:
    /// it may then have been started all the same.
    ///
    /// - Throws: `TrainingFailure` when it cannot be started; `FileError`.
    nonisolated(nonsending) func start(_ order: ProgramOrder) async throws

    /// Keeps a program from ever being started, after the reason has been recorded as the
    /// attempt's halt.
    ///
    /// - Returns: Whether it is certain not to have been started.
    nonisolated(nonsending) func forbidStart() async throws -> Bool

    /// Asks the program to end, or kills it.
    ///
    /// - Returns: Whether it was told; else it is tried again at the next look.
    nonisolated(nonsending) func end(isForced: Bool) async throws -> Bool

    /// Brings the program's output into the attempt's logs until it is cancelled; for engines that
    /// do not write it there.
    func followOutput() async

    /// Sees to it that nothing of an ended or lost program runs on, and that its logs are whole.
    nonisolated(nonsending) func settle() async throws

    /// Frees what the engine keeps of a program whose end has been recorded; what fails is logged.
    nonisolated(nonsending) func remove() async

    /// Frees what this daemon keeps, at the end of a run, be the program over or not.
    func release()
}

extension HostedProgram {
    /// Most engines forget.
    package var forgetsItsEnd: Bool { true }

    /// The engine writes where it should.
    package func followOutput() async {}

    /// The engine's word is enough.
    package nonisolated(nonsending) func settle() async throws {}

    /// Engines forget by themselves.
    package nonisolated(nonsending) func remove() async {}

    /// There is nothing to free.
    package func release() {}
}
