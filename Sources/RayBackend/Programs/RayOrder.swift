import Backends
import Foundation
import Tuning

/// What the cluster is told to make a job of.
struct RayOrder {
    /// Holds the script that the entry point runs.
    private static let scriptVariable = "TUNER_RAY_SCRIPT"
    /// How long a job has between SIGTERM and SIGKILL, in seconds, as Ray reads it.
    private static let graceVariable = "RAY_JOB_STOP_WAIT_TIME_S"
    /// What the job runs. Ray writes it into the job's log, in the midst of what the program
    /// writes, so it holds nothing that a metric's regular expression could be meant for.
    static let entryPoint = #"eval "$(printf %s "$TUNER_RAY_SCRIPT" | base64 -d)""#

    let id: String
    let order: ProgramOrder
    /// The training job's directory, as the program sees it.
    let directory: TrainingDirectory
    /// The package of the source; `nil` for none.
    let package: String?
    let configuration: RayBackend.Configuration

    /// The request's body.
    var body: JSONValue {
        let attempt = order.attempt
        let resources = configuration.resources(of: attempt)
        var members: [String: JSONValue] = [
            "submission_id": .string(id),
            "entrypoint": .string(Self.entryPoint),
            "runtime_env": .object(runtimeEnvironment(resources)),
            "metadata": [
                "tuner.attempt": .string(attempt.id.description),
                "tuner.command": .string(arguments.shellQuoted),
            ],
            "entrypoint_num_cpus": .number(resources.cpus),
            "entrypoint_num_gpus": .number(resources.gpus),
        ]
        if let bytes = resources.memoryBytes { members["entrypoint_memory"] = .integer(bytes) }
        if !resources.custom.isEmpty {
            members["entrypoint_resources"] = .object(resources.custom.mapValues { .number($0) })
        }
        return .object(members)
    }

    private var arguments: [String] {
        guard let program = order.program else {
            preconditionFailure("attempt \(order.attempt.id) has no program")
        }
        return program.arguments(with: order.attempt.hyperparameters)
    }

    private func runtimeEnvironment(_ resources: RayResources) -> [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        if let package { members["working_dir"] = .string("gcs://\(package)") }
        if let requirements { members["pip"] = .array(requirements.map { .string($0) }) }
        members.merge(configuration.runtimeEnvironment) { _, given in given }
        let (plain, others) = separated(variables(resources))
        var environment = plain
        environment[Self.scriptVariable] = Data(script(others).utf8).base64EncodedString()
        members["env_vars"] = .object(environment.mapValues { .string($0) })
        return members
    }

    private func variables(_ resources: RayResources) -> [String: String] {
        let given = configuration.runtimeEnvironment["env_vars"]?.object ?? [:]
        var variables = ContainerEnvironment(
            attempt: order.attempt, directory: directory, channels: order.channels,
            script: order.program?.script, gpu: nil, gpuCount: Int(resources.gpus.rounded(.up)),
            processorCount: max(1, Int(resources.cpus))
        ).variables(inherited: given.compactMapValues(\.string))
        let grace = Int((configuration.hosting.gracePeriod / .seconds(1)).rounded(.up))
        variables[Self.graceVariable] = variables[Self.graceVariable] ?? "\(grace)"
        return variables
    }

    /// Ray replaces what looks like a variable in values, and a shell drops those whose names it
    /// could not write; these go round both.
    private func separated(
        _ variables: [String: String]
    ) -> (plain: [String: String], others: [String: String]) {
        let isPlain = { (variable: (key: String, value: String)) in
            !variable.value.contains("$")
                && variable.key.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil
        }
        return (variables.filter(isPlain), variables.filter { !isPlain($0) })
    }

    private func script(_ variables: [String: String]) -> String {
        let assignments = variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return RayScript(
            directory: directory, files: order.files,
            source: order.program?.script == nil ? nil : order.training.code,
            hasWorkingDirectory: package != nil
                || configuration.runtimeEnvironment["working_dir"] != nil,
            words: assignments.isEmpty ? arguments : ["/usr/bin/env"] + assignments + arguments
        ).text(isShared: configuration.isDirectoryShared)
    }

    /// The packages that the source asks for; `nil` for none, and where the settings know better.
    private var requirements: [String]? {
        let others = ["pip", "uv", "conda", "py_executable"]
        guard order.program?.script != nil,
            !others.contains(where: { configuration.runtimeEnvironment[$0] != nil }),
            let text = contents(of: order.training.code + "/requirements.txt")
        else { return nil }
        let lines = text.split(whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty && !$0.hasPrefix("#") }
        return lines.isEmpty ? nil : lines
    }
}
