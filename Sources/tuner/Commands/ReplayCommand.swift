import ArgumentParser
import Foundation
import Orchestration
import Strategies
import Tuning

/// Derives every suggestion of a tuning job again and compares.
///
/// Exits with 0 when all come out the same and with 1 when one does not.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Derive every suggestion of a tuning job again, and compare.",
        discussion: """
            Suggestions are functions of the tuning job's seed and of what was stored before them. \
            A difference means that the strategies have changed since, that the store has been \
            changed by hand, or that the job ran on a processor with instructions this one does \
            not have.
            """)

    @Argument(help: "The tuning job.") var name: String
    @Option(help: "The data directory.") var data: String?
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let assembly = try Assembly(reading: try DataDirectory(data))
        guard
            let replay = try await assembly.orchestrator.replay(
                name,
                setting: { decision, derive in
                    try decision.inItsSetting(derive)
                })
        else {
            throw CommandFailure("there is no tuning job '\(name)'")
        }
        print(json ? Self.report(replay).prettyText : Self.summary(replay))
        if replay.firstDifference != nil { throw ExitCode(1) }
    }

    private static func summary(_ replay: Replay) -> String {
        guard let difference = replay.firstDifference else {
            return "\(replay.sameCount) suggestions, all the same"
        }
        let stored = difference.storedDecision
        var lines = [
            "\(replay.sameCount) suggestions the same, then training job "
                + "\(difference.trial + 1) differs",
            "stored   \(difference.stored.text), by \(stored.rule)",
        ]
        switch difference.derived {
        case .start(let hyperparameters, _, let decision):
            lines.append("derived  \(hyperparameters.text), by \(decision.rule)")
        case .resume(let trial, _): lines.append("derived  resume training job \(trial + 1)")
        case .wait: lines.append("derived  nothing before something happens")
        case .exhausted: lines.append("derived  nothing any more")
        }
        return lines.joined(separator: "\n")
    }

    private static func report(_ replay: Replay) -> JSONValue {
        var report: [String: JSONValue] = ["same": .integer(replay.sameCount)]
        if let difference = replay.firstDifference {
            var first: [String: JSONValue] = [
                "trainingJob": .integer(difference.trial + 1),
                "stored": difference.stored.json,
                "storedRule": .string(difference.storedDecision.rule),
            ]
            if case .start(let hyperparameters, _, let decision) = difference.derived {
                first["derived"] = hyperparameters.json
                first["derivedRule"] = .string(decision.rule)
            }
            report["firstDifference"] = .object(first)
        }
        return .object(report)
    }
}

extension Hyperparameters {
    fileprivate var text: String {
        values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }

    fileprivate var json: JSONValue { .object(values.mapValues { .string($0) }) }
}
