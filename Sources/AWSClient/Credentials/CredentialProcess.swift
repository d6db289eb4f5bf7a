import Foundation
import SageMakerAPI
import Subprocess
import Tuning

/// Credentials that a program prints.
struct CredentialProcess: CredentialSource {
    /// The longest output that is read.
    static let outputBytesMax = 1 << 20

    private let command: String
    private let place: String
    private let timeout: Duration

    /// Runs a command, without a shell.
    ///
    /// - Parameters:
    ///   - place: Where it is written, for people; the command itself may hold secrets.
    ///   - timeout: How long it may run.
    init(_ command: String, from place: String, timeout: Duration = .seconds(60)) {
        self.command = command
        self.place = place
        self.timeout = timeout
    }

    func load() async throws -> Credentials? {
        guard let words = try? ShellWords.split(command), let program = words.first else {
            throw CredentialError(
                "\(place) must be a command; a quote that it opens must be closed")
        }
        let output = try await output(of: program, Array(words.dropFirst()))
        let document = try CredentialDocument(output, from: "the program of \(place)")
        guard document["Version"]?.integer == 1 else {
            throw CredentialError("the program of \(place) must give 1 as 'Version'")
        }
        return try document.credentials(tokenMember: "SessionToken")
    }

    private func output(of program: String, _ arguments: [String]) async throws -> [UInt8] {
        let executable: Executable =
            program.contains("/") ? .path(.init(program)) : .name(program)
        return try await withThrowingTaskGroup(of: [UInt8].self) { group in
            group.addTask {
                let (status, output) = try await run(executable, arguments)
                guard status.isSuccess else {
                    throw CredentialError(
                        "the program of \(place) ended with \(status); run it by hand to see what "
                            + "it says")
                }
                return output
            }
            group.addTask {
                try await Task.sleep(for: timeout)
                throw CredentialError("the program of \(place) has not ended in \(timeout)")
            }
            defer { group.cancelAll() }
            return try await group.next() ?? []
        }
    }

    private func run(
        _ executable: Executable, _ arguments: [String]
    ) async throws -> (status: TerminationStatus, output: [UInt8]) {
        do {
            // Its complaints are not passed on: nobody knows what they hold.
            let result = try await Subprocess.run(
                executable, arguments: Arguments(arguments), input: .none,
                output: .bytes(limit: Self.outputBytesMax), error: .discarded)
            try Task.checkCancellation()
            return (result.terminationStatus, result.standardOutput)
        } catch {
            try Task.checkCancellation()
            throw CredentialError("the program of \(place) cannot be run, or prints too much")
        }
    }
}
