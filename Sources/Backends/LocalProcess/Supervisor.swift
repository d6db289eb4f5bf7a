import Foundation
import Logging
import Subprocess
import Synchronization

/// Starts the small shell script that runs a training program and outlives the daemon.
///
/// The script claims the attempt or ends at once, so starting it twice runs the program once. It
/// leads a session, and so a process group, of its own. SIGTERM to the group leaves it alive to
/// record the exit; then it kills what is left of the group, itself included. Nothing of the
/// program's output goes through a pipe, so no end of the daemon disturbs it.
struct Supervisor {
    /// The environment variable by which the processes of an attempt are recognised.
    static let attemptVariable = "TUNER_ATTEMPT"

    /// The attempt's files.
    let attempt: AttemptDirectory
    /// The training job's directory, whose results of an earlier attempt are removed.
    let jobDirectory: String
    /// Where the program runs.
    let workingDirectory: String
    /// The program and its arguments.
    let arguments: [String]
    /// All of the program's environment.
    let environment: [String: String]
    /// The slot it occupies.
    let slot: Int

    /// A supervisor that was started.
    final class Launch: Sendable {
        private let error = Mutex<String?>(nil)

        /// Why it is over without ever having been one; `nil` while that is not known.
        var problem: String? { error.withLock { $0 } }

        fileprivate func end(_ problem: String) { error.withLock { $0 = problem } }
    }

    // A stop is recorded before its signal is sent. So either the subshell sees the record, or it
    // is there already to be ended by the signal: there is no moment in between.
    //
    // What cannot be written because the disk is full is tried again for as long as the attempt's
    // directory is there. The program may have variables of any name; those of the script begin
    // with tuner_, so as not to change them.
    private static let script = """
        tuner_insist() {
            until "$@"; do
                [ -d "$tuner_attempt" ] || kill -KILL 0
                sleep 1
            done
        }
        tuner_claim() {
            mkdir claim && return
            [ -e claim ] && exit 3
            false
        }
        tuner_record() {
            echo "$2" >"$1.new" && mv -f "$1.new" "$1"
        }
        tuner_attempt=$1 tuner_slot=$2 tuner_job=$3 tuner_work=$4
        shift 4
        tuner_path=${PATH-}
        PATH=/usr/bin:/bin
        cd "$tuner_attempt" || exit 3
        tuner_insist tuner_claim
        trap : TERM INT HUP QUIT
        tuner_insist tuner_record pid "$$ $tuner_slot"
        rm -rf "$tuner_job/model" "$tuner_job/output"
        tuner_insist mkdir -p "$tuner_job/model" "$tuner_job/output/data"
        (
            [ -e stop ] && exit 143
            PATH=$tuner_path
            cd "$tuner_work" && exec "$@"
        ) </dev/null >>stdout.log 2>>stderr.log
        tuner_insist tuner_record exit "$?"
        kill -KILL 0
        """

    /// Starts it; returns before it runs.
    ///
    /// The process is reaped by a task that nothing cancels: it is meant to outlive whoever started
    /// it, and ends with the process.
    func launch(logger: Logger) -> Launch {
        let launch = Launch()
        var options = PlatformOptions()
        options.createSession = true
        var variables = environment
        variables[Self.attemptVariable] = attempt.path
        let (shellVariables, otherVariables) = Self.separated(variables)
        var words = ["-c", Self.script, "tuner-supervisor", attempt.path, "\(slot)", jobDirectory]
        words.append(workingDirectory)
        if !otherVariables.isEmpty { words += ["/usr/bin/env"] + otherVariables }
        words += arguments
        let configuration = Configuration(
            executable: .path("/bin/sh"), arguments: Arguments(words),
            environment: .custom(shellVariables), platformOptions: options)
        let path = attempt.path
        Task.detached {
            do {
                let result = try await Subprocess.run(
                    configuration, input: .none, output: .discarded, error: .discarded)
                launch.end("its supervisor ended with \(result.terminationStatus)")
            } catch {
                logger.error("cannot start /bin/sh", metadata: ["path": "\(path)"])
                launch.end("cannot start /bin/sh: \(error)")
            }
        }
        return launch
    }

    /// A shell drops variables whose names it could not write; these go round it.
    private static func separated(
        _ variables: [String: String]
    ) -> (shell: [Environment.Key: String], other: [String]) {
        var shell: [Environment.Key: String] = [:]
        var other: [String] = []
        for (name, value) in variables.sorted(by: { $0.key < $1.key }) {
            let isPlain =
                name.utf8.allSatisfy { $0.isAlphanumeric || $0 == UInt8(ascii: "_") }
                && name.first?.isNumber == false
            if isPlain {
                shell[Environment.Key(stringLiteral: name)] = value
            } else {
                other.append("\(name)=\(value)")
            }
        }
        return (shell, other)
    }
}

extension UInt8 {
    fileprivate var isAlphanumeric: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }
}
