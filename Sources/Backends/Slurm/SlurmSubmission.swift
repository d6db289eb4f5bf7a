import Foundation
import Tuning

/// What `sbatch` is asked for.
struct SlurmSubmission {
    /// The attempt.
    let attempt: Attempt
    /// Its files.
    let files: AttemptDirectory
    /// By what the job is found again.
    let comment: String
    /// The resources on each node.
    let instance: SlurmInstance
    /// How many nodes.
    let nodeCount: Int
    /// What a program has to end after it was told to.
    let gracePeriod: Duration
    /// Whether Slurm may put the job back into the queue.
    let allowsRequeue: Bool

    /// The options, and the script at their end.
    var arguments: [String] {
        let options: [(String, String)] = [
            ("partition", instance.partition), ("account", instance.account),
            ("qos", instance.qos), ("constraint", instance.constraint),
            ("cpus-per-task", instance.cpus > 0 ? "\(instance.cpus)" : ""),
            ("mem", instance.memory),
            ("gres", instance.gpus.isEmpty ? "" : Self.gres(instance.gpus)),
        ]
        var words = options.filter { !$0.1.isEmpty }.map { "--\($0.0)=\($0.1)" }
        words += ["--nodes=\(nodeCount)", "--ntasks-per-node=1", "--time=\(minutes)"]
        words += instance.options
        // What the options of the settings must not change.
        words += ["--parsable", "--export=ALL", allowsRequeue ? "--requeue" : "--no-requeue"]
        words += ["--job-name=\(name)", "--comment=\(comment)", "--chdir=\(files.path)"]
        words += ["--output=\(Self.literal(files.path))/slurm.log", "--open-mode=append"]
        words += ["--input=/dev/null", "\(files.path)/job.sh"]
        return words
    }

    /// The attempt's name, for people who look at the queue.
    private var name: String { "tuner-\(attempt.id.trainingJob)-\(attempt.id.number)" }

    /// The time limit, so that Slurm ends what nobody else has.
    private var minutes: Int {
        let wanted =
            attempt.definition.stoppingCondition.runtimeMax - attempt.earlierRuntime + gracePeriod
        let limit = min(instance.timeLimit ?? wanted, wanted)
        let spare = limit < wanted ? 0 : 1
        return max(1, Int((limit / .seconds(60)).rounded(.up)) + spare)
    }

    private static func gres(_ gpus: String) -> String {
        gpus.split(separator: ",").map { "gpu:\($0)" }.joined(separator: ",")
    }

    /// A path in which Slurm replaces nothing.
    private static func literal(_ path: String) -> String { path.replacing("%", with: "%%") }
}
