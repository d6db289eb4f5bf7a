import ArgumentParser
import Foundation
import Orchestration
import Strategies

/// Suggests hyperparameters to any program: the ask-and-tell protocol on standard input and output.
///
/// Exits with 0 when the conversation is closed or its input ends, and with 2 when the header is
/// refused.
struct SuggestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suggest",
        abstract: "Suggest hyperparameters to another program, over JSON lines.",
        discussion: """
            The first line names the search space and the strategy, every other one is a request:

              {"space":[{"name":"lr","type":"continuous","min":1e-5,"max":1,"scaling":"log"},
                        {"name":"k","type":"integer","min":1,"max":100},
                        {"name":"m","type":"categorical","values":["a","b"]}],
               "strategy":"Random","objective":"Minimize","seed":1}       (in one line)
              {"op":"ask","n":2}
              {"op":"tell","id":0,"value":0.25}
              {"op":"tell","id":1,"value":0.9,"step":3}
              {"op":"inject","observations":[{"values":{...},"value":0.5}]}
              {"op":"close"}
            """)

    func run() throws {
        guard let header = readLine() else { return }
        var session: AskTellSession
        do {
            session = try AskTellSession(header: header) { try $0.strategy() }
        } catch {
            Self.say(AskTellSession.refusal(error))
            throw ExitCode(2)
        }
        Self.say(AskTellSession.greeting)
        while let line = readLine() {
            guard let answer = session.answer(line) else { return }
            Self.say(answer)
        }
    }

    private static func say(_ line: String) {
        print(line)
        // The other side waits for the line, which a pipe would keep.
        fflush(nil)
    }
}
