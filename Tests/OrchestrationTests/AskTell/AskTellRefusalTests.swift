import Synchronization
import Testing
import Tuning

@testable import Orchestration

@Suite("What ask and tell refuses")
struct AskTellRefusalTests {
    struct Row: Sendable {
        let line: String
        let message: String
    }

    static let badLines = [
        Row(line: "", message: "The line is not a JSON object."),
        Row(line: "{", message: "The line is not a JSON object."),
        Row(line: "[1]", message: "The line is not a JSON object."),
        Row(
            line: #"{"op":"tell","id":0,"value":NaN}"#, message: "The line is not a JSON object."),
        Row(line: "{}", message: "Member 'op' must be ask, tell, inject or close."),
        Row(
            line: #"{"op":"dance"}"#,
            message: "Operation 'dance' is unknown; use ask, tell, inject or close."),
        Row(
            line: #"{"op":"ask","n":0}"#,
            message: "Member 'n' must be a whole number from 1 to 10000."),
        Row(
            line: #"{"op":"ask","n":10001}"#,
            message: "Member 'n' must be a whole number from 1 to 10000."),
        Row(
            line: #"{"op":"ask","n":"1"}"#,
            message: "Member 'n' must be a whole number from 1 to 10000."),
        Row(
            line: #"{"op":"tell","id":"0","value":1}"#,
            message: "Member 'id' must be the id of a configuration that was handed out."),
        Row(
            line: #"{"op":"tell","id":3,"value":1}"#,
            message: "Configuration 3 was never handed out."),
        Row(
            line: #"{"op":"tell","id":-1,"value":1}"#,
            message: "Configuration -1 was never handed out."),
        Row(
            line: #"{"op":"tell","id":1,"value":1}"#,
            message: "Configuration 1 is over; nothing more can be told about it."),
        Row(
            line: #"{"op":"tell","id":0}"#,
            message: "Member 'value' must be a number, or null if the training failed."),
        Row(
            line: #"{"op":"tell","id":0,"value":"0.5"}"#,
            message: "Member 'value' must be a number, or null if the training failed."),
        Row(
            line: #"{"op":"tell","id":0,"value":1,"step":0}"#,
            message: "Member 'step' must be a whole number from 1."),
        Row(
            line: #"{"op":"tell","id":0,"value":1,"step":1.5}"#,
            message: "Member 'step' must be a whole number from 1."),
        Row(
            line: #"{"op":"tell","id":0,"value":1,"step":4}"#,
            message: "Configuration 0: step 4 must be above the last one, 4."),
        Row(
            line: #"{"op":"inject"}"#,
            message: "Member 'observations' must be an array of values and their results."),
        Row(
            line: inject(#""k":3,"m":"ü""#),
            message: "Parameter 'lr' has no value; give every parameter of the search space one."),
        Row(
            line: inject(#""lr":2,"k":3,"m":"ü""#),
            message: "Parameter 'lr': value '2' must be a number from 1e-05 to 1.0."),
        Row(
            line: inject(#""lr":0.1,"k":101,"m":"ü""#),
            message: "Parameter 'k': value '101' must be a whole number from 1 to 100."),
        Row(
            line: inject(#""lr":0.1,"k":2.5,"m":"ü""#),
            message: "Parameter 'k': value '2.5' must be a whole number from 1 to 100."),
        Row(
            line: inject(#""lr":"0.1","k":2,"m":"ü""#),
            message: "Member 'observations[1].values.lr' must be a number from 1e-05 to 1.0."),
        Row(
            line: inject(#""lr":0.1,"k":2,"m":"3""#),
            message: "Member 'observations[1].values.m' must be one of a/b, ü, 3, true."),
        Row(
            line: inject(#""lr":0.1,"k":2,"m":"ü","x":1"#),
            message: "Parameter 'x' is not in the search space."),
        Row(
            line: inject(#""lr":0.1,"k":[],"m":"ü""#),
            message: "Member 'observations[1].values.k' must be a text, a number or a truth value."
        ),
    ]

    /// A good observation, then one with these values.
    private static func inject(_ values: String) -> String {
        #"{"op":"inject","observations":[{"values":{"lr":0.5,"k":3,"m":3},"value":1},"#
            + #"{"values":{\#(values)},"value":1}]}"#
    }

    @Test("A bad line is refused in words and changes nothing", arguments: badLines)
    func badLine(row: Row) throws {
        let session = try Conversation()
        _ = session.answer(#"{"op":"ask","n":2}"#)
        _ = session.answer(#"{"op":"tell","id":0,"value":1,"step":4}"#)
        _ = session.answer(#"{"op":"tell","id":1,"value":1}"#)
        let events = session.events
        let answer = try session.json(row.line)
        #expect(answer == ["error": .string(row.message)])
        #expect(session.events == events)
        let next = try session.json(#"{"op":"ask"}"#)["configs"]?.array?.first
        #expect(next?["id"] == 2)
    }

    static let badHeaders = [
        Row(line: "no", message: "The line is not a JSON object."),
        Row(line: "{}", message: "Member 'space' must be an array of parameters."),
        Row(
            line: header(strategy: nil),
            message: "Member 'strategy' must be Bayesian, Hyperband, Random, Sobol or Grid."),
        Row(
            line: header(strategy: "Psychic"),
            message: "Strategy 'Psychic' is unknown; use Bayesian, Hyperband, Random, Sobol or "
                + "Grid."),
        Row(
            line: header(rest: #","max_step":20001"#),
            message: "Member 'max_resource' must be at most 20000."),
        Row(
            line: header(rest: #","max_resource":9,"min_resource":10"#),
            message: "Member 'min_resource' must be at most 9, the greatest resource."),
        Row(
            line: header(rest: #","max_step":9,"checkpoints":1"#),
            message: "Member 'checkpoints' must be true or false."),
        Row(
            line: header(strategy: "Hyperband"),
            message: "Member 'max_step' must be the last step of a full training."),
        Row(
            line: header(rest: #","objective":"Best""#),
            message: "Member 'objective' must be Minimize or Maximize."),
        Row(
            line: header(rest: #","seed":-1"#),
            message: "Member 'seed' must be a whole number from 0."),
        Row(
            line: header(rest: #","budget":0"#),
            message: "Member 'budget' must be a whole number from 1."),
        Row(
            line: header(space: #"{"type":"integer","min":1,"max":2}"#),
            message: "Member 'space[0].name' must be a text that is not empty."),
        Row(
            line: header(space: #"{"name":"a","type":"complex"}"#),
            message: "Member 'space[0].type' must be continuous, integer or categorical."),
        Row(
            line: header(space: #"{"name":"a","type":"continuous","max":2}"#),
            message: "Member 'space[0].min' must be a number."),
        Row(
            line: header(space: #"{"name":"a","type":"integer","min":1,"max":2.5}"#),
            message: "Member 'space[0].max' must be a whole number."),
        Row(
            line: header(
                space: #"{"name":"a","type":"integer","min":1,"max":2,"scaling":"cubic"}"#),
            message: "Member 'space[0].scaling' must be linear, log, reverselog or auto."),
        Row(
            line: header(
                space: #"{"name":"a","type":"integer","min":1,"max":2,"levels":0}"#),
            message: "Member 'space[0].levels' must be a whole number from 1."),
        Row(
            line: header(space: #"{"name":"a","type":"continuous","min":3,"max":2}"#),
            message: "Parameter 'a': MinValue 3.0 must not be greater than MaxValue 2.0."),
        Row(
            line: header(space: #"{"name":"a","type":"categorical","values":[[]]}"#),
            message:
                "Member 'space[0].values' must be an array of texts, numbers or truth values."),
        Row(
            line: header(space: #"{"name":"a","type":"categorical","values":[1,"1"]}"#),
            message: "Parameter 'a': value '1' is given twice."),
    ]

    private static func header(
        space: String = #"{"name":"a","type":"integer","min":1,"max":2}"#,
        strategy: String? = "Random", rest: String = ""
    ) -> String {
        let strategy = strategy.map { #","strategy":"\#($0)""# } ?? ""
        return #"{"space":[\#(space)]\#(strategy)\#(rest)}"#
    }

    @Test("A bad header is refused in words", arguments: badHeaders)
    func badHeader(row: Row) {
        let error = #expect(throws: AskTellError.self) { _ = try Conversation(row.line) }
        #expect(error?.description == row.message)
    }

    @Test("A strategy that refuses the space has the last word")
    func refusedByStrategy() throws {
        let error = #expect(throws: AskTellError.self) {
            _ = try AskTellSession(header: mixedHeader) { _ in
                throw SearchSpaceError.levelsMissing("lr")
            }
        }
        #expect(error == .searchSpace(.levelsMissing("lr")))
    }

    @Test("What the header says reaches the provider of strategies")
    func plan() throws {
        let seen = Mutex<StrategyTask?>(nil)
        let space = """
            {"name":"a","type":"continuous","min":0,"max":0.9,"scaling":"reverselog","levels":4},\
            {"name":"b","type":"integer","min":1,"max":1000,"scaling":"auto"}
            """
        let header = Self.header(
            space: space, strategy: "Grid", rest: #","seed":7,"budget":9,"parallel":3"#)
        _ = try AskTellSession(header: header) { task in
            seen.withLock { $0 = task }
            return ScriptedSearch(task.space)
        }
        let task = try #require(seen.withLock { $0 })
        #expect(task.seed == 7 && task.trialCountMax == 9 && task.parallelCountMax == 3)
        #expect(task.priors.isEmpty)
        #expect(task.plan == .fullTraining(.grid(GridLevels(byName: ["a": 4]))))
        #expect(
            task.space.parameters == [
                try .continuous("a", min: "0", max: "0.9", scaling: .reverseLogarithmic),
                try .integer("b", min: "1", max: "1000", scaling: .auto),
            ])
    }
}
