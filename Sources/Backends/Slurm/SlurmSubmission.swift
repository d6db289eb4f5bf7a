import Foundation
import Tuning

/// A job for Slurm.
package struct SlurmSubmission: Sendable {
    /// The attempt.
    let attempt: Attempt
    /// Its files.
    let files: AttemptDirectory
    /// By what the job is found again.
    package let comment: String
    /// The resources on each node.
    package let instance: SlurmInstance
    /// How many nodes.
    package let nodeCount: Int
    /// What a program has to end after it was told to.
    let gracePeriod: Duration
    /// Whether Slurm may put the job back into the queue.
    package let allowsRequeue: Bool
    /// What the script has in its environment.
    package var environment: [String: String] = [:]

    /// The options of `sbatch`, and the script at their end.
    var arguments: [String] {
        let options: [(String, String)] = [
            ("partition", instance.partition), ("account", instance.account),
            ("qos", instance.qos), ("constraint", instance.constraint),
            ("cpus-per-task", instance.cpus > 0 ? "\(instance.cpus)" : ""),
            ("mem", instance.memory),
            ("gres", gres.joined(separator: ",")),
        ]
        var words = options.filter { !$0.1.isEmpty }.map { "--\($0.0)=\($0.1)" }
        words += ["--nodes=\(nodeCount)", "--ntasks-per-node=1", "--time=\(minutes)"]
        words += instance.options
        // What the options of the settings must not change.
        words += ["--parsable", "--export=ALL", allowsRequeue ? "--requeue" : "--no-requeue"]
        words += ["--job-name=\(name)", "--comment=\(comment)", "--chdir=\(directory)"]
        words += ["--output=\(log)", "--open-mode=append"]
        words += ["--input=/dev/null", "\(directory)/job.sh"]
        return words
    }

    /// The attempt's name, for people who look at the queue.
    package var name: String { "tuner-\(attempt.id.trainingJob)-\(attempt.id.number)" }

    /// The time limit, so that Slurm ends what nobody else has.
    package var minutes: Int {
        let wanted =
            attempt.definition.stoppingCondition.runtimeMax - attempt.earlierRuntime + gracePeriod
        let limit = min(instance.timeLimit ?? wanted, wanted)
        let spare = limit < wanted ? 0 : 1
        return max(1, Int((limit / .seconds(60)).rounded(.up)) + spare)
    }

    /// The GPUs of each node, as Slurm names such resources.
    package var gres: [String] { instance.gpus.split(separator: ",").map { "gpu:\($0)" } }

    /// Where the script runs.
    package var directory: String { files.path }

    /// Where Slurm writes what it has to say; it replaces nothing in it.
    package var log: String { "\(directory.replacing("%", with: "%%"))/slurm.log" }

    /// The text of the script.
    ///
    /// - Throws: `SlurmError` when it cannot be read.
    package var script: String {
        get throws {
            let path = "\(directory)/job.sh"
            guard let text = contents(of: path) else {
                throw SlurmError("'\(path)' cannot be read")
            }
            return text
        }
    }
}
