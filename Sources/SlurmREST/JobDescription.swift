import Backends
import Foundation
import Tuning

/// A job as slurmrestd is told of it.
struct JobDescription {
    let submission: SlurmSubmission
    let version: RESTVersion

    /// The body of the request that submits it.
    ///
    /// - Throws: `SlurmError` when the script cannot be read.
    func body() throws -> JSONValue {
        var job: [String: JSONValue] = [
            "name": .string(submission.name), "comment": .string(submission.comment),
            "current_working_directory": .string(submission.directory),
            "standard_output": .string(submission.log), "standard_input": "/dev/null",
            "tasks_per_node": 1,
        ]
        let instance = submission.instance
        let texts = [
            ("partition", instance.partition), ("account", instance.account),
            ("qos", instance.qos), ("constraints", instance.constraint),
        ]
        for (name, text) in texts where !text.isEmpty { job[name] = .string(text) }
        if instance.cpus > 0 { job["cpus_per_task"] = .integer(instance.cpus) }
        job.merge(version.takesOptions ? options : members) { _, new in new }
        return ["script": .string(try submission.script), "job": .object(job)]
    }

    /// The environment, with what `sbatch` puts there and slurmrestd does not.
    private var environment: [String: String] {
        var all = submission.environment
        all["SLURM_SUBMIT_DIR"] = submission.directory
        all["SLURM_NTASKS"] = "\(submission.nodeCount)"
        all["SLURM_NPROCS"] = all["SLURM_NTASKS"]
        all["SLURM_NTASKS_PER_NODE"] = "1"
        if submission.instance.cpus > 0 {
            all["SLURM_CPUS_PER_TASK"] = "\(submission.instance.cpus)"
        }
        return all
    }

    /// What differs where values are those of the options of `sbatch`.
    private var options: [String: JSONValue] {
        var options: [String: JSONValue] = [
            // A list of two numbers, as the specification has it, is ignored by 22.05.
            "nodes": .string("\(submission.nodeCount)"),
            "time_limit": .integer(submission.minutes), "open_mode": "append",
            "environment": .object(environment.mapValues { .string($0) }),
            // That it is there counts, whatever its value.
            submission.allowsRequeue ? "requeue" : "no_requeue": true,
        ]
        let instance = submission.instance
        if !instance.memory.isEmpty { options["memory_per_node"] = .string(instance.memory) }
        if !submission.gres.isEmpty {
            options["gres"] = .string(submission.gres.joined(separator: ","))
        }
        return options
    }

    /// What differs where values are those that Slurm keeps of a job.
    private var members: [String: JSONValue] {
        let count = submission.nodeCount
        let environment = environment.map { "\($0.key)=\($0.value)" }.sorted()
        var members: [String: JSONValue] = [
            "minimum_nodes": .integer(count), "maximum_nodes": .integer(count),
            "tasks": .integer(count), "time_limit": Self.number(submission.minutes),
            "open_mode": ["APPEND"], "requeue": .bool(submission.allowsRequeue),
            "environment": .array(environment.map { .string($0) }),
        ]
        let instance = submission.instance
        if instance.cpus > 0 {
            members["minimum_cpus"] = .integer(count * instance.cpus)
            members["minimum_cpus_per_node"] = .integer(instance.cpus)
        }
        if let mebibytes = Self.mebibytes(instance.memory) {
            members["memory_per_node"] = Self.number(mebibytes)
        }
        if !submission.gres.isEmpty {
            let resources = submission.gres.map { version.resourcePrefix + $0 }
            members["tres_per_node"] = .string(resources.joined(separator: ","))
        }
        return members
    }

    private static func number(_ number: Int) -> JSONValue {
        ["set": true, "infinite": false, "number": .integer(number)]
    }
}

// MARK: - Memory

extension JobDescription {
    /// An amount of memory such as `16G`, in mebibytes, rounded up; `nil` for what is none.
    static func mebibytes(_ text: String) -> Int? {
        let kibibytes = ["K": 1, "M": 1 << 10, "G": 1 << 20, "T": 1 << 30]
        let unit = kibibytes[text.suffix(1).uppercased()]
        guard let amount = Int(unit == nil ? text : String(text.dropLast())), amount >= 0 else {
            return nil
        }
        let (product, overflows) = amount.multipliedReportingOverflow(by: unit ?? 1 << 10)
        return overflows ? nil : product / 1024 + (product % 1024 > 0 ? 1 : 0)
    }
}

extension SlurmInstance {
    /// What of it slurmrestd cannot be told; `nil` when there is nothing.
    package var problemWithREST: String? {
        if !options.isEmpty {
            return "options are those of sbatch, which slurmrestd does not take; leave them out,"
                + " or rest"
        }
        guard memory.isEmpty || JobDescription.mebibytes(memory) != nil else {
            return "memory '\(memory)' must be a whole number and K, M, G or T, such as 16G"
        }
        return nil
    }
}
