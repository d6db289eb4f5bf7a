import Foundation
import Testing
import Tuning

@testable import Orchestration

/// The header of most tests: a parameter of each kind.
let mixedHeader = """
    {"space":[{"name":"lr","type":"continuous","min":1e-5,"max":1,"scaling":"log"},\
    {"name":"k","type":"integer","min":1,"max":100},\
    {"name":"m","type":"categorical","values":["a/b","ü",3,true]}],\
    "strategy":"Random","objective":"Minimize","seed":1,"budget":100,"parallel":1}
    """

/// A session with a scripted strategy, behind a reference so that an expectation may talk to it.
final class Conversation {
    private var session: AskTellSession

    init(
        _ header: String = mixedHeader, steps: [ScriptedSearch.Step] = [],
        verdicts: [Trial.ID: [Verdict]] = [:]
    ) throws(AskTellError) {
        session = try AskTellSession(header: header) {
            ScriptedSearch($0.space, steps: steps, verdicts: verdicts)
        }
    }

    func answer(_ line: String) -> String? { session.answer(line) }

    /// The answer, which is one line of JSON.
    func json(_ line: String) throws -> JSONValue {
        let answer = try #require(self.answer(line))
        #expect(!answer.contains("\n"))
        return try JSONValue(parsing: answer)
    }

    /// What the strategy has observed.
    var events: [TrialEvent] { (session.trials.strategy as? ScriptedSearch)?.events ?? [] }
    var changes: [TrialEvent.Change] { events.map(\.change) }
}
