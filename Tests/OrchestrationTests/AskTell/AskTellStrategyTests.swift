import Foundation
import Strategies
import Testing
import Tuning

@testable import Orchestration

@Suite("Ask and tell with the strategies there are")
struct AskTellStrategyTests {
    private static func configurations(
        strategy: String, lines: [String]
    ) throws -> [JSONValue] {
        let header = """
            {"space":[{"name":"a","type":"continuous","min":0.01,"max":1,"scaling":"log","levels":3},\
            {"name":"b","type":"categorical","values":["x","y"]}],\
            "strategy":"\(strategy)","seed":3}
            """
        var session = try AskTellSession(header: header) { try $0.strategy() }
        var configurations: [JSONValue] = []
        for line in lines {
            let answer = session.answer(line)
            let text = try #require(answer)
            let json = try JSONValue(parsing: text)
            #expect(json["error"] == nil)
            configurations += json["configs"]?.array?.compactMap { $0["values"] } ?? []
        }
        return configurations
    }

    @Test("A grid hands out every combination once, however it is asked")
    func grid() throws {
        let ask = #"{"op":"ask","n":2}"#
        let found = try Self.configurations(
            strategy: "Grid", lines: [ask, ask, ask, #"{"op":"ask","n":5}"#])
        #expect(found.count == 6)
        #expect(Set(found).count == 6)
        let levels = found.compactMap { $0["a"]?.number }.map { ($0 * 1e9).rounded() / 1e9 }
        #expect(Set(levels) == [0.01, 0.1, 1])
    }

    @Test("A grid does not hand out what was injected")
    func injectedIntoGrid() throws {
        let observation = #"{"values":{"a":0.01,"b":"y"},"value":1}"#
        let found = try Self.configurations(
            strategy: "Grid",
            lines: [
                #"{"op":"inject","observations":[\#(observation)]}"#, #"{"op":"ask","n":9}"#,
            ])
        #expect(found.count == 5)
        #expect(!found.contains(["a": 0.01, "b": "y"]))
    }

    @Test("Sampling strategies never repeat themselves", arguments: ["Random", "Sobol"])
    func sampling(strategy: String) throws {
        let found = try Self.configurations(
            strategy: strategy, lines: [#"{"op":"ask","n":200}"#, #"{"op":"ask","n":50}"#])
        #expect(found.count == 250)
        #expect(Set(found).count == 250)
    }
}
