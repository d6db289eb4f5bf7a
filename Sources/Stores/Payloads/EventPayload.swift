import Foundation
import Tuning

/// An event as a row of the log holds it.
struct EventPayload {
    /// What kinds of events there are; the names are stored.
    enum Kind: String {
        case created
        case started
        case entered
        case reported
        case stopRequested
        case attemptFailed
        case paused
        case finished
        case tuningJobStopRequested
        case tuningJobConverged
        case tuningJobFinished
    }

    /// The trial; `nil` for an event of the tuning job itself.
    let trial: Trial.ID?
    /// When it happened.
    let time: Date
    /// What happened.
    let kind: Kind
    /// What else is to be known about it.
    let members: [String: JSONValue]

    /// Takes an event apart.
    init(_ event: TuningEvent) {
        time = event.time
        switch event {
        case .trial(let event):
            trial = event.trial
            (kind, members) = Self.parts(of: event.change)
        case .stopRequested:
            (trial, kind, members) = (nil, .tuningJobStopRequested, [:])
        case .converged:
            (trial, kind, members) = (nil, .tuningJobConverged, [:])
        case .finished(let outcome, _):
            (trial, kind, members) = (nil, .tuningJobFinished, outcome.members)
        }
    }

    private static func parts(of change: TrialEvent.Change) -> (Kind, [String: JSONValue]) {
        switch change {
        case .created(let tuned, let decision, let definition):
            return (
                .created,
                [
                    "tuned": .object(tuned.values.mapValues(JSONValue.string)),
                    "decision": .object(decision.members), "definition": .integer(definition),
                ]
            )
        case .started(let attempt, let extent):
            var members: [String: JSONValue] = ["attempt": .integer(attempt)]
            if case .upTo(let resource) = extent { members["upTo"] = .integer(resource.units) }
            return (.started, members)
        case .entered(let phase, let message):
            var members: [String: JSONValue] = ["phase": .string(phase.rawValue)]
            if let message { members["message"] = .string(message) }
            return (.entered, members)
        case .reported(let reports, let mark):
            let reports = reports.map { JSONValue.object($0.members) }
            return (.reported, ["reports": .array(reports), "mark": .string(mark.text)])
        case .stopRequested(let reason, let message):
            var members: [String: JSONValue] = ["reason": .string(reason.rawValue)]
            if let message { members["message"] = .string(message) }
            return (.stopRequested, members)
        case .attemptFailed(let failure):
            return (.attemptFailed, failure.members)
        case .paused(let checkpoint):
            return (.paused, ["location": .string(checkpoint.location)])
        case .finished(let outcome):
            return (.finished, outcome.members)
        }
    }
}

// MARK: - Reading

extension TuningEvent {
    /// Puts an event together again from a row of the log.
    init(kind: String, trial: Trial.ID?, time: Date, payload: String) throws {
        guard let kind = EventPayload.Kind(rawValue: kind) else {
            throw PayloadError("an event has the unknown kind '\(kind)'")
        }
        let members = try JSONValue(parsing: payload)
        switch (kind, trial) {
        case (.tuningJobStopRequested, _):
            self = .stopRequested(time)
        case (.tuningJobConverged, _):
            self = .converged(time)
        case (.tuningJobFinished, _):
            self = .finished(try TuningJob.Outcome(members), time)
        case (_, let trial?):
            let change = try TrialEvent.Change(kind, members)
            self = .trial(TrialEvent(trial: trial, time: time, change: change))
        case (_, nil):
            throw PayloadError("an event of kind '\(kind.rawValue)' names no trial")
        }
    }
}

extension TrialEvent.Change {
    fileprivate init(_ kind: EventPayload.Kind, _ members: JSONValue) throws {
        switch kind {
        case .created:
            self = .created(
                Hyperparameters(checked: try members.required("tuned").texts()),
                try Decision(members.required("decision")),
                definition: try members.count("definition"))
        case .started:
            let extent: TrainingExtent =
                members["upTo"] == nil ? .toTheEnd : .upTo(Resource(try members.count("upTo")))
            self = .started(attempt: try members.count("attempt"), extent)
        case .entered:
            self = .entered(try members.choice("phase"), message: members["message"]?.string)
        case .reported:
            let reports = try members.required("reports").array ?? []
            self = .reported(
                try reports.map(MetricReport.init), ReportMark(try members.text("mark")))
        case .stopRequested:
            self = .stopRequested(
                try members.choice("reason"), message: members["message"]?.string)
        case .attemptFailed:
            self = .attemptFailed(try TrainingFailure(members))
        case .paused:
            self = .paused(Checkpoint(location: try members.text("location")))
        case .finished:
            self = .finished(try Trial.Outcome(members))
        case .tuningJobStopRequested, .tuningJobConverged, .tuningJobFinished:
            throw PayloadError("'\(kind.rawValue)' is no event of a trial")
        }
    }
}
