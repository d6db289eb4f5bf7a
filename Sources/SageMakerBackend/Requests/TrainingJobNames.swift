import Tuning

/// What the training jobs of an attempt are called on the service: always the same, so that a
/// launch that is repeated meets the job it launched before.
enum TrainingJobNames {
    /// The longest name that the service takes.
    static let lengthMax = 63

    /// The name of the job that an attempt runs as.
    ///
    /// The first attempt has the training job's own name, later ones `NAME-2`, `NAME-3`. A further
    /// choice of instances within an attempt adds a letter: `NAME-1b`, `NAME-1c`. A name that
    /// becomes too long is cut, and a hash of the whole tells it from others cut to the same.
    ///
    /// - Parameter choice: The place of the instances in the order of preference, from 0.
    static func name(of attempt: Attempt.ID, choice: Int = 0) -> String {
        precondition((0..<26).contains(choice), "choice \(choice)")
        guard attempt.number > 1 || choice > 0 else { return attempt.trainingJob }
        let letters = choice == 0 ? "" : String(UnicodeScalar(UInt8(97 + choice)))
        let suffix = "-\(attempt.number)\(letters)"
        let whole = attempt.trainingJob + suffix
        guard whole.utf8.count > lengthMax else { return whole }
        let digits = String(UInt32(truncatingIfNeeded: attempt.trainingJob.stableHash), radix: 16)
        let ending = "-\(digits)\(suffix)"
        return attempt.trainingJob.prefix(lengthMax - ending.utf8.count) + ending
    }
}
