import Tuning

/// One conversation of the ask-and-tell protocol: lines in, lines out, no clock and no I/O.
///
/// The client runs the trials. A line that is refused changes nothing.
package struct AskTellSession: Sendable {
    /// The answer to a header.
    package static let greeting = #"{"ready":true}"#

    /// The most configurations one line may ask for.
    static let askCountMax = 10_000

    let header: AskTellHeader
    var trials: AskedTrials

    /// Begins with the header.
    ///
    /// - Throws: `AskTellError` when the header is not as the protocol says, its strategy is not
    ///   there, or its space does not suit it.
    package init(
        header line: String, strategies: StrategyProvider
    ) throws(AskTellError) {
        header = try AskTellHeader(Self.object(line))
        trials = try AskedTrials(header.task, objective: header.objective, strategies: strategies)
    }

    /// Answers a line; `nil` closes the conversation.
    package mutating func answer(_ line: String) -> String? {
        // Nothing of a conversation is stored.
        defer { _ = trials.takeEvents() }
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

    private static func object(_ line: String) throws(AskTellError) -> JSONValue {
        guard let json = try? JSONValue(parsing: line), json.object != nil else {
            throw .notAnObject
        }
        return json
    }
}

// MARK: - Asking

extension AskTellSession {
    private mutating func ask(_ request: JSONValue) throws(AskTellError) -> JSONValue {
        let count = request["n"] == nil ? 1 : request["n"]?.integer ?? 0
        guard (1...Self.askCountMax).contains(count) else {
            throw .member("n", expected: "a whole number from 1 to \(Self.askCountMax)")
        }
        let eventCount = trials.eventCount
        var configurations: [JSONValue] = []
        while configurations.count < count {
            let answer: AskedTrials.Answer
            do {
                answer = try trials.ask(seeing: eventCount)
            } catch {
                // What has been handed out must reach the client; the next line asks again.
                guard configurations.isEmpty else { break }
                throw error
            }
            switch answer {
            case .start(let trial):
                configurations.append(["id": .integer(trial), "values": values(of: trial)])
            case .resume(let trial):
                configurations.append([
                    "id": .integer(trial), "resume": true, "values": values(of: trial),
                ])
            case .wait:
                return ["configs": .array(configurations)]
            case .exhausted:
                return ["configs": .array(configurations), "exhausted": true]
            }
        }
        return ["configs": .array(configurations)]
    }

    private func values(of trial: Trial.ID) -> JSONValue {
        trials.openTrials[trial].map { header.space.json(of: $0.hyperparameters) } ?? [:]
    }
}
