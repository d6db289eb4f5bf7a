/// What it means that Slurm did not take a job.
enum SlurmRefusal: Hashable {
    /// The same job will be taken later: the queue is full.
    case queueIsFull
    /// Slurm could not be asked.
    case unreachable
    /// The job will never be taken.
    case wrong

    /// What it says of limits on how many jobs may be there at once.
    private static let limits = [
        "SubmitJob", "MaxJobCount", "temporarily unable to accept job",
        "Resource temporarily unavailable",
    ]
    /// What it says of any limit, of whose names some versions keep silent.
    private static let anyLimit = "job submit limit"

    /// What Slurm says when its parts do not come together.
    private static let troubles = [
        "Unable to contact slurm controller", "Socket timed out", "Connection refused",
        "Connection timed out", "Connection reset", "Zero Bytes were transmitted",
        "Communication connection failure", "Message receive failure", "Message send failure",
        "controller not responding", "Unable to establish", "failed to fetch config",
        "Invalid authentication credential", "Protocol authentication error",
        "authentication plugin", "Munge", "munge", "No route to host", "Unexpected message",
        "Insane message length", "in standby mode", "Slurm backup controller",
        "Unable to process configuration", "cannot stat file", "Could not establish",
        "I/O error writing script", "Error writing to the state", "Unspecified error",
        "Please retry", "try again",
    ]

    /// Reads what it says about it.
    init(_ complaint: String) {
        let says = { (words: [String]) in words.contains { complaint.contains($0) } }
        let namesLimit = complaint.contains(/\b(QOS|Assoc)[A-Z]/)
        if says(Self.limits) || says([Self.anyLimit]) && !namesLimit {
            self = .queueIsFull
        } else if says(Self.troubles) || complaint.isEmpty {
            self = .unreachable
        } else {
            self = .wrong
        }
    }
}
