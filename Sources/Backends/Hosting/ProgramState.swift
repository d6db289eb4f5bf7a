import Foundation
import Tuning

/// Where an attempt's program stands.
package enum ProgramState: Hashable, Codable, Sendable {
    /// The engine knows nothing of it, and nothing says that it ever did.
    case notStarted
    /// The engine has it, but does not run it yet or at the moment; why, for people.
    case waiting(String?)
    /// It runs.
    case running(since: Date)
    /// It is over.
    case ended(ProgramExit, since: Date?)
    /// It was started, and nobody will ever know how it ended; why, for people.
    case lost(String)
}

/// How a program ended.
package enum ProgramExit: Hashable, Codable, Sendable {
    /// By itself, with this code as a shell counts it: above 128 for a signal.
    case code(Int)
    /// For a reason that the engine gives, such as no memory or a lost machine.
    ///
    /// Of cause `.internal`, it may be tried again as another attempt.
    case failure(TrainingFailure)
    /// Because the engine ended it, as it was told or for a limit of its own.
    case stopped(StopReason)
}
