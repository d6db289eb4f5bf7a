import Foundation

/// Measures how fast tuner is: `swift run -c release Speed [NAME ...]`.
///
/// Every benchmark checks what it computed; a wrong result ends the run.
@main
enum Speed {
    static let benchmarks: [(name: String, run: @Sendable () async throws -> Void)] = [
        ("jobs", { try await JobThroughput().run() }),
        ("recovery", { try await RecoveryTime().run() }),
        ("decisions", { try await DecisionTime().run() }),
        ("suggestions", { try await SuggestionTime().run() }),
    ]

    static func main() async throws {
        let asked = CommandLine.arguments.dropFirst()
        for name in asked where !benchmarks.contains(where: { $0.name == name }) {
            let names = benchmarks.map(\.name).joined(separator: ", ")
            print("There is no benchmark '\(name)'; there are \(names).")
            exit(2)
        }
        for benchmark in benchmarks where asked.isEmpty || asked.contains(benchmark.name) {
            try await benchmark.run()
        }
    }
}
