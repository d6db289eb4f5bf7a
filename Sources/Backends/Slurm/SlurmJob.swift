/// A job as Slurm describes it.
package struct SlurmJob: Hashable, Sendable {
    /// Its number.
    package var id: String
    /// What it does.
    package var state: SlurmState
    /// Why it does not run, or why it ended, in Slurm's words; empty where there is nothing to say.
    package var reason = ""
    /// The code its script exited with, as a shell counts it; `nil` where it is not told.
    package var exitCode: Int?
    /// How often it was put back into the queue; `nil` where it is not told.
    package var restartCount: Int?
    /// What it was submitted with to be found again.
    package var comment = ""
}

/// The state of a job, as far as it makes a difference here.
package enum SlurmState: Hashable, Sendable {
    /// In the queue, for the first time or again.
    case waiting
    /// Held up on its nodes.
    case suspended
    /// On its nodes, or about to be.
    case active
    /// Leaving its nodes, for good or for the queue.
    case leaving
    case completed
    case failed
    case timedOut
    case pastDeadline
    case outOfMemory
    case cancelled
    /// Ended by Slurm, for what the job could not help; as Slurm calls it.
    case lost(String)

    /// Whether nothing follows.
    var isFinal: Bool {
        switch self {
        case .waiting, .suspended, .active, .leaving: false
        default: true
        }
    }

    /// Reads the words that Slurm has for a state: one, or with flags behind it.
    ///
    /// A word that is not known is that of a state to come: nothing is concluded from it.
    init(_ words: [String]) {
        // Flags first: a job that ended may be on its way back into the queue.
        for word in words {
            switch word {
            case "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "SPECIAL_EXIT", "CONFIGURING",
                "RESV_DEL_HOLD":
                self = .waiting
                return
            default: continue
            }
        }
        if words.contains("COMPLETING") {
            self = .leaving
            return
        }
        let isActive = ["SIGNALING", "STAGE_OUT", "RESIZING", "STOPPED"]
            .contains { words.contains($0) }
        guard !isActive, let word = words.first else {
            self = .active
            return
        }
        switch word.split(separator: " ").first.map(String.init) ?? "" {
        case "PENDING": self = .waiting
        case "SUSPENDED": self = .suspended
        case "COMPLETED": self = .completed
        case "FAILED": self = .failed
        case "TIMEOUT": self = .timedOut
        case "DEADLINE": self = .pastDeadline
        case "OUT_OF_MEMORY": self = .outOfMemory
        case "CANCELLED": self = .cancelled
        case "NODE_FAIL", "BOOT_FAIL", "PREEMPTED", "REVOKED", "LAUNCH_FAILED",
            "RECONFIG_FAIL":
            self = .lost(word)
        default: self = .active
        }
    }
}
