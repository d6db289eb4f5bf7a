import Testing
import Tuning

@testable import Orchestration

@Suite("Ask and tell")
struct AskTellSessionTests {
    @Test("Configurations have fresh ids and values of the right JSON kinds")
    func asking() throws {
        let session = try Conversation()
        let configurations = try #require(session.json(#"{"op":"ask","n":50}"#)["configs"]?.array)
        #expect(configurations.map { $0["id"]?.integer } == Array(0..<50))
        let categories: [JSONValue] = ["a/b", "ü", 3, true]
        for configuration in configurations {
            let values = try #require(configuration["values"]?.object)
            #expect(values.keys.sorted() == ["k", "lr", "m"])
            guard case .integer(let k)? = values["k"] else {
                Issue.record("k is no JSON integer: \(values)")
                continue
            }
            #expect((1...100).contains(k))
            let rate = try #require(values["lr"]?.number)
            #expect(1e-5 <= rate && rate <= 1)
            #expect(categories.contains(try #require(values["m"])))
        }
        let next = try session.json(#"{"op":"ask"}"#)["configs"]?.array
        #expect(next?.map { $0["id"]?.integer } == [50])
    }

    @Test("Slashes and letters beyond ASCII are written as they are")
    func verbatim() throws {
        let session = try Conversation()
        let answer = try #require(session.answer(#"{"op":"ask","n":50}"#))
        #expect(answer.contains(#""m":"a/b""#))
        #expect(answer.contains(#""m":"ü""#))
    }

    @Test("The same seed gives the same configurations, asked one by one or together")
    func seeds() throws {
        let together = try Conversation()
        let single = try Conversation()
        let other = try Conversation(mixedHeader.replacing(#""seed":1"#, with: #""seed":2"#))
        let three = try together.json(#"{"op":"ask","n":3}"#)["configs"]?.array
        let ones = try (0..<3).map { _ in
            try single.json(#"{"op":"ask"}"#)["configs"]?.array?.first
        }
        #expect(three == ones)
        #expect(try other.json(#"{"op":"ask","n":3}"#)["configs"]?.array != three)
    }

    @Test("A final value becomes the events of a training job that reported once")
    func finalValue() throws {
        let session = try Conversation()
        _ = session.answer(#"{"op":"ask"}"#)
        #expect(session.answer(#"{"op":"tell","id":0,"value":0.25}"#) == #"{"ok":true}"#)
        #expect(session.changes.map(\.kind) == ["created", "started", "reported 1", "completed"])
        #expect(session.changes.last == .finished(.completed(Cost(0.25))))
        #expect(session.events.map(\.time) == session.events.map(\.time).sorted())
    }

    @Test("With Maximize the strategy sees costs of the other sign")
    func maximize() throws {
        let session = try Conversation(mixedHeader.replacing("Minimize", with: "Maximize"))
        _ = session.answer(#"{"op":"ask"}"#)
        _ = session.answer(#"{"op":"tell","id":0,"value":0.25}"#)
        #expect(session.changes.last == .finished(.completed(Cost(-0.25))))
    }

    @Test("Null is a failure")
    func failure() throws {
        let session = try Conversation()
        _ = session.answer(#"{"op":"ask"}"#)
        #expect(session.answer(#"{"op":"tell","id":0,"value":null}"#) == #"{"ok":true}"#)
        guard case .finished(.failed(let failure))? = session.changes.last else {
            Issue.record("\(session.changes)")
            return
        }
        #expect(failure.cause == .algorithm)
    }

    @Test("Values on the way have their steps as resources, then a final value ends the trial")
    func steps() throws {
        let session = try Conversation()
        _ = session.answer(#"{"op":"ask"}"#)
        let proceed = #"{"stop":false}"#
        #expect(session.answer(#"{"op":"tell","id":0,"value":0.9,"step":1}"#) == proceed)
        #expect(session.answer(#"{"op":"tell","id":0,"value":null,"step":2}"#) == proceed)
        #expect(session.answer(#"{"op":"tell","id":0,"value":0.4,"step":5}"#) == proceed)
        #expect(session.answer(#"{"op":"tell","id":0,"value":0.4}"#) == #"{"ok":true}"#)
        #expect(
            session.changes.map(\.kind) == [
                "created", "started", "reported 1", "reported 2", "reported 5", "completed",
            ])
        guard case .reported(let reports, _) = session.changes[3] else { return }
        #expect(reports.first?.isObjective == true)
        #expect(reports.first?.cost == nil)
    }

    @Test("After a stop nothing is told but, perhaps, a last value without effect")
    func stop() throws {
        let session = try Conversation(verdicts: [0: [.proceed, .stop]])
        _ = session.answer(#"{"op":"ask"}"#)
        #expect(try session.json(#"{"op":"tell","id":0,"value":3,"step":1}"#) == ["stop": false])
        #expect(try session.json(#"{"op":"tell","id":0,"value":3,"step":2}"#) == ["stop": true])
        let changes = session.changes
        #expect(changes.last == .finished(.stopped(.earlyStopping, Cost(3))))
        #expect(changes.dropLast().last == .stopRequested(.earlyStopping))
        let late = try session.json(#"{"op":"tell","id":0,"value":3,"step":3}"#)
        #expect(late["error"]?.string?.contains("was stopped") == true)
        #expect(session.answer(#"{"op":"tell","id":0,"value":3}"#) == #"{"ok":true}"#)
        #expect(session.changes == changes)
    }

    @Test("A paused trial comes back from a later ask and goes on from its last step")
    func pause() throws {
        let session = try Conversation(steps: [.start, .resume(0)], verdicts: [0: [.pause]])
        let first = try session.json(#"{"op":"ask"}"#)["configs"]?.array?.first
        let pause = try session.json(#"{"op":"tell","id":0,"value":3,"step":1}"#)
        #expect(pause == ["stop": false, "pause": true])
        let early = try session.json(#"{"op":"tell","id":0,"value":3,"step":2}"#)
        #expect(early["error"]?.string?.contains("paused") == true)
        let again = try session.json(#"{"op":"ask"}"#)["configs"]?.array?.first
        #expect(again?["id"] == 0)
        #expect(again?["resume"] == true)
        #expect(again?["values"] == first?["values"])
        #expect(try session.json(#"{"op":"tell","id":0,"value":2,"step":2}"#) == ["stop": false])
        #expect(
            session.changes.map(\.kind) == [
                "created", "started", "reported 1", "paused", "started", "reported 2",
            ])
        guard case .started(let attempt, _) = session.changes[4] else { return }
        #expect(attempt == 2)
    }

    @Test("A paused trial may be told its last value")
    func finishWhilePaused() throws {
        let session = try Conversation(verdicts: [0: [.pause]])
        _ = session.answer(#"{"op":"ask"}"#)
        _ = session.answer(#"{"op":"tell","id":0,"value":3,"step":1}"#)
        #expect(session.answer(#"{"op":"tell","id":0,"value":3}"#) == #"{"ok":true}"#)
        #expect(session.changes.last == .finished(.completed(Cost(3))))
    }

    @Test("A strategy that waits or has nothing left gives what there is")
    func fewer() throws {
        let waiting = try Conversation(steps: [.start, .wait])
        #expect(try waiting.json(#"{"op":"ask","n":3}"#)["configs"]?.array?.count == 1)
        #expect(try waiting.json(#"{"op":"ask","n":3}"#) == ["configs": []])
        let exhausted = try Conversation(steps: [.exhausted])
        #expect(try exhausted.json(#"{"op":"ask"}"#) == ["configs": [], "exhausted": true])
    }

    @Test("A strategy that fails says so, and hands out what it had chosen before")
    func strategyFails() throws {
        let session = try Conversation(steps: [.start, .fail])
        #expect(try session.json(#"{"op":"ask","n":3}"#)["configs"]?.array?.count == 1)
        let error = try session.json(#"{"op":"ask","n":3}"#)["error"]?.string
        #expect(error == "The strategy has no suggestion: the script says so")
    }

    @Test("Results from elsewhere are finished trials, whose ids are not used again")
    func inject() throws {
        let session = try Conversation()
        let line = #"""
            {"op":"inject","observations":[\#
            {"values":{"lr":0.5,"k":3,"m":"a/b"},"value":0.5},\#
            {"values":{"lr":1,"k":100,"m":true},"value":null}]}
            """#
        #expect(session.answer(line) == #"{"ok":true}"#)
        #expect(
            session.changes.map(\.kind) == [
                "created", "started", "reported 1", "completed", "created", "started", "failed",
            ])
        guard case .created(let hyperparameters, let decision, _) = session.changes[0] else {
            return
        }
        #expect(hyperparameters.values == ["lr": "0.5", "k": "3", "m": "a/b"])
        #expect(decision.rule == "injected")
        let next = try session.json(#"{"op":"ask"}"#)["configs"]?.array?.first
        #expect(next?["id"] == 2)
    }

    @Test("Close ends the conversation")
    func close() throws {
        let session = try Conversation()
        #expect(session.answer(#"{"op":"close"}"#) == nil)
    }
}

extension TrialEvent.Change {
    /// The change in a word, with the resource of a report.
    fileprivate var kind: String {
        switch self {
        case .created: "created"
        case .started: "started"
        case .entered: "entered"
        case .reported(let reports, _): "reported \(reports.last?.resource.units ?? 0)"
        case .stopRequested: "stop requested"
        case .attemptFailed: "attempt failed"
        case .paused: "paused"
        case .finished(.completed): "completed"
        case .finished(.stopped): "stopped"
        case .finished(.failed): "failed"
        }
    }
}
