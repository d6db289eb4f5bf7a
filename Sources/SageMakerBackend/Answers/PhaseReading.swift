import Foundation
import Tuning

/// Tells the phases that a job has come to since the last look.
struct PhaseReading: Sendable {
    /// A phase that a job has come to.
    struct Entry: Hashable, Sendable {
        let phase: TrainingPhase
        let time: Date
        let message: String?
    }

    private var readCount = 0
    private var last: TrainingPhase?
    /// What came before is known, unless it is the phase that it is in.
    private var knownUntil: Date?
    private var isAttached: Bool

    /// Begins to read a job.
    ///
    /// - Parameters:
    ///   - isAttached: Whether its first phases may have been reported before.
    ///   - knownUntil: Up to when they surely have been.
    init(isAttached: Bool, knownUntil: Date? = nil) {
        self.isAttached = isAttached
        self.knownUntil = knownUntil
    }

    /// Takes in a look and gives what is new, in order.
    mutating func entries(_ description: TrainingJobDescription) -> [Entry] {
        var entries = description.transitions.map { transition in
            TrainingPhase(secondaryStatus: transition.status).map {
                Entry(phase: $0, time: transition.startTime, message: transition.message)
            }
        }
        // A service may tell the present phase and no history.
        if entries.isEmpty {
            let phase = TrainingPhase(secondaryStatus: description.secondaryStatus)
            let seconds = description.lastModified ?? 0
            guard let phase, phase != last else { return [] }
            last = phase
            return [Entry(phase: phase, time: Date(timeIntervalSince1970: seconds), message: nil)]
        }
        let count = entries.count
        if isAttached {
            isAttached = false
            entries.removeFirst(firstUnknown(entries))
        } else {
            entries.removeFirst(min(readCount, count))
        }
        readCount = count
        return entries.compactMap { $0 }
    }

    /// The place of the first phase that has to be told on attaching: the last that was entered
    /// before the time known, and where none is, the start of training, or else the present.
    private func firstUnknown(_ entries: [Entry?]) -> Int {
        if let knownUntil {
            return entries.lastIndex { $0.map { $0.time <= knownUntil } ?? false } ?? 0
        }
        return entries.firstIndex { $0?.phase == .training }
            ?? entries.lastIndex { $0 != nil } ?? 0
    }
}

extension TrainingPhase {
    /// What a secondary status of the service means; `nil` for an end and for what is no phase.
    init?(secondaryStatus: String) {
        switch secondaryStatus {
        case "Pending": self = .pending
        case "Starting", "Restarting", "LaunchingMLInstances", "PreparingTrainingStack":
            self = .starting
        case "Downloading", "DownloadingTrainingImage": self = .downloading
        case "Training": self = .training
        case "Interrupted": self = .interrupted
        case "Uploading": self = .uploading
        default: return nil
        }
    }
}
