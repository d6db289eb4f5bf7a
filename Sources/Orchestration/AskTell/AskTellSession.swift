import Foundation
import Tuning

/// One conversation of the ask-and-tell protocol: lines in, lines out, no clock and no I/O.
///
/// The client runs the trials. What it tells becomes the events that a tuning job's scheduler would
/// record, so a strategy cannot know the difference. A line that is refused changes nothing.
package struct AskTellSession: Sendable {
    /// The answer to a header.
    package static let greeting = #"{"ready":true}"#

    /// The most configurations one line may ask for.
    static let askCountMax = 10_000

    let header: AskTellHeader
    private(set) var strategy: any SearchStrategy
    private var eventCount = 0
    /// How many trials there have been: the next one's ID.
    private(set) var trialCount = 0
    /// The trials about which something may still be told.
    var openTrials: [Trial.ID: OpenTrial] = [:]

    /// A trial about which something may still be told.
    struct OpenTrial: Hashable, Sendable {
        enum State: Hashable, Sendable {
            case running
            case paused
            /// Stopped by its verdict; a client may still tell how it ended.
            case stopped
        }

        let hyperparameters: Hyperparameters
        var state = State.running
        var attempt = 1
        var step = 0
    }

    /// Begins with the header.
    ///
    /// - Throws: `AskTellError` when the header is not as the protocol says, its strategy is not
    ///   there, or its space does not suit it.
    package init(
        header line: String, strategies: StrategyProvider
    ) throws(AskTellError) {
        header = try AskTellHeader(Self.object(line))
        do {
            strategy = try strategies(header.task)
        } catch let error as SearchSpaceError {
            throw .searchSpace(error)
        } catch {
            throw .strategy(reason: "\(error)")
        }
    }

    /// Answers a line; `nil` closes the conversation.
    package mutating func answer(_ line: String) -> String? {
        do {
            let request = try Self.object(line)
            guard let operation = request["op"]?.string else {
                throw AskTellError.member("op", expected: "ask, tell, inject or close")
            }
            switch operation {
            case "ask": return try ask(request).encodedText
            case "tell": return try tell(request).encodedText
            case "inject": return try inject(request).encodedText
            case "close": return nil
            default: throw AskTellError.unknownOperation(operation)
            }
        } catch {
            return Self.refusal(error)
        }
    }

    /// The line that refuses another one.
    package static func refusal(_ error: any Error) -> String {
        JSONValue.object(["error": .string("\(error)")]).encodedText
    }
}

// MARK: - Asking

extension AskTellSession {
    private mutating func ask(_ request: JSONValue) throws(AskTellError) -> JSONValue {
        let count = request["n"] == nil ? 1 : request["n"]?.integer ?? 0
        guard (1...Self.askCountMax).contains(count) else {
            throw .member("n", expected: "a whole number from 1 to \(Self.askCountMax)")
        }
        let eventCount = eventCount
        var configurations: [JSONValue] = []
        while configurations.count < count {
            var random = SeededGenerator(seed: header.seed, ordinal: trialCount)
            let suggestion: Suggestion
            do {
                suggestion = try strategy.suggestion(ordinal: trialCount, using: &random)
            } catch {
                // What has been handed out must reach the client; the next line asks again.
                guard configurations.isEmpty else { break }
                throw .strategy(reason: "\(error)")
            }
            switch suggestion {
            case .start(let hyperparameters, let extent, var decision):
                decision.eventCount = eventCount
                let trial = begin(hyperparameters, extent, decision)
                configurations.append([
                    "id": .integer(trial), "values": header.space.json(of: hyperparameters),
                ])
            case .resume(let trial, let extent):
                configurations.append(resume(trial, extent))
            case .wait:
                return ["configs": .array(configurations)]
            case .exhausted:
                return ["configs": .array(configurations), "exhausted": true]
            }
        }
        return ["configs": .array(configurations)]
    }

    /// Creates and starts a trial.
    mutating func begin(
        _ hyperparameters: Hyperparameters, _ extent: TrainingExtent, _ decision: Decision
    ) -> Trial.ID {
        let trial = trialCount
        trialCount += 1
        openTrials[trial] = OpenTrial(hyperparameters: hyperparameters)
        record(.created(hyperparameters, decision, definition: 0), of: trial)
        record(.started(attempt: 1, extent), of: trial)
        return trial
    }

    private mutating func resume(_ trial: Trial.ID, _ extent: TrainingExtent) -> JSONValue {
        guard var open = openTrials[trial], open.state == .paused else {
            preconditionFailure("trial \(trial) was resumed, but is not paused")
        }
        open.state = .running
        open.attempt += 1
        openTrials[trial] = open
        record(.started(attempt: open.attempt, extent), of: trial)
        return [
            "id": .integer(trial), "resume": true,
            "values": header.space.json(of: open.hyperparameters),
        ]
    }
}

// MARK: - Events and lines

extension AskTellSession {
    /// Lets the strategy learn a fact. Nothing depends on its time: the n-th comes at second n.
    mutating func record(_ change: TrialEvent.Change, of trial: Trial.ID) {
        eventCount += 1
        let time = Self.time(ofEvent: eventCount)
        strategy.observe(TrialEvent(trial: trial, time: time, change: change))
    }

    /// A report of a value, as a backend would have seen it printed.
    func report(_ value: Double, step: Int) -> MetricReport {
        let sample = MetricSample(
            time: Self.time(ofEvent: eventCount + 1), values: [AskTellHeader.metric: value])
        return MetricReport(sample, objective: header.objective, after: Resource(step - 1))
    }

    private static func time(ofEvent number: Int) -> Date {
        Date(timeIntervalSince1970: Double(number))
    }

    private static func object(_ line: String) throws(AskTellError) -> JSONValue {
        guard let json = try? JSONValue(parsing: line), json.object != nil else {
            throw .notAnObject
        }
        return json
    }
}
