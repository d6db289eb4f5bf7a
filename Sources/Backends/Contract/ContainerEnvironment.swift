import Foundation
import Tuning

/// The environment the SageMaker training toolkit gives to a training program.
package struct ContainerEnvironment {
    /// What is run.
    let attempt: Attempt
    /// Where, as the program sees it.
    let directory: TrainingDirectory
    /// Its input data.
    let channels: [TrainingChannel]
    /// The program in script mode; `nil` otherwise.
    let script: TrainingScript?
    /// The GPU to use; `nil` where none are given.
    let gpu: String?
    /// How many GPUs the program sees.
    let gpuCount: Int
    /// How many processors it sees.
    let processorCount: Int
    /// The hosts it runs on.
    let hosts: ContainerHosts

    /// Describes what a program is to know of its place.
    ///
    /// - Parameters:
    ///   - directory: As the program sees it.
    ///   - hosts: One unless given.
    package init(
        attempt: Attempt, directory: TrainingDirectory, channels: [TrainingChannel],
        script: TrainingScript?, gpu: String?, gpuCount: Int, processorCount: Int,
        hosts: ContainerHosts = .single
    ) {
        self.attempt = attempt
        self.directory = directory
        self.channels = channels
        self.script = script
        self.gpu = gpu
        self.gpuCount = gpuCount
        self.processorCount = processorCount
        self.hosts = hosts
    }

    /// All variables, on top of the daemon's own and under those of the request.
    package func variables(inherited: [String: String]) -> [String: String] {
        var all = inherited
        all["PYTHONUNBUFFERED"] = all["PYTHONUNBUFFERED"] ?? "1"
        all.merge(toolkitVariables) { _, new in new }
        all["TRAINING_JOB_NAME"] = attempt.id.trainingJob
        all["TRAINING_JOB_ARN"] = attempt.arn
        all["SAGEMAKER_BASE_DIR"] = directory.path
        if let gpu { all["CUDA_VISIBLE_DEVICES"] = gpu }
        for (name, value) in attempt.definition.envelope["Environment"]?.object ?? [:] {
            if let value = value.string { all[name] = value }
        }
        return all.filter { !$0.key.isEmpty && !$0.key.contains("=") && !$0.key.contains("\0") }
    }

    private var userHyperparameters: [(key: String, value: HyperparameterValue)] {
        attempt.hyperparameters.filter { !isReservedHyperparameter($0.key) }
            .map { ($0.key, HyperparameterValue($0.value)) }
            .sorted { $0.key < $1.key }
    }

    private var toolkitVariables: [String: String] {
        let hyperparameters = userHyperparameters
        let configuration = ContainerConfiguration(
            attempt: attempt, channels: channels, hosts: hosts)
        var all = [
            "SM_HPS": object(hyperparameters.map { ($0.key, $0.value.json) }),
            "SM_USER_ARGS": JSONValue.array(
                TrainingScript.arguments(attempt.hyperparameters).map { .string($0) }
            ).encodedText,
            "SM_CHANNELS": JSONValue.array(channels.map(\.name).sorted().map { .string($0) })
                .encodedText,
            "SM_INPUT_DIR": directory.input,
            "SM_INPUT_CONFIG_DIR": directory.configuration,
            "SM_INPUT_DATA_CONFIG": configuration.inputData.encodedText,
            "SM_RESOURCE_CONFIG": configuration.resources.encodedText,
            "SM_OUTPUT_DIR": directory.output,
            "SM_OUTPUT_DATA_DIR": directory.outputData,
            "SM_OUTPUT_INTERMEDIATE_DIR": directory.output + "/intermediate",
            "SM_MODEL_DIR": directory.model,
            "SM_HOSTS": JSONValue.array(hosts.names.map { .string($0) }).encodedText,
            "SM_CURRENT_HOST": hosts.current,
            "SM_NETWORK_INTERFACE_NAME": hosts.networkInterface,
            "SM_NUM_CPUS": "\(processorCount)",
            "SM_NUM_GPUS": "\(gpuCount)",
            "SM_LOG_LEVEL": "20",
            "SM_FRAMEWORK_PARAMS": "{}",
            "SM_TRAINING_ENV": trainingEnvironment(hyperparameters, configuration),
        ]
        for (name, value) in hyperparameters { all["SM_HP_\(name.uppercased())"] = value.text }
        for channel in channels {
            all["SM_CHANNEL_\(channel.name.uppercased())"] = path(of: channel)
        }
        if let script {
            all["SM_MODULE_DIR"] = script.submitDirectory
            all["SM_MODULE_NAME"] = script.moduleName
            all["SM_USER_ENTRY_POINT"] = script.program
        }
        return all
    }

    private func path(of channel: TrainingChannel) -> String {
        "\(directory.inputData)/\(channel.name)"
    }

    private func trainingEnvironment(
        _ hyperparameters: [(key: String, value: HyperparameterValue)],
        _ configuration: ContainerConfiguration
    ) -> String {
        var members: [String: JSONValue] = [
            "additional_framework_parameters": [:],
            "channel_input_dirs": .object(
                Dictionary(channels.map { ($0.name, .string(path(of: $0))) }) { first, _ in first }
            ),
            "current_host": .string(hosts.current),
            "hosts": .array(hosts.names.map { .string($0) }),
            "input_config_dir": .string(directory.configuration),
            "input_data_config": configuration.inputData,
            "input_dir": .string(directory.input),
            "is_master": .bool(hosts.current == hosts.first),
            "job_name": .string(attempt.id.trainingJob),
            "log_level": 20,
            "master_hostname": .string(hosts.first),
            "model_dir": .string(directory.model),
            "network_interface_name": .string(hosts.networkInterface),
            "num_cpus": .integer(processorCount),
            "num_gpus": .integer(gpuCount),
            "output_data_dir": .string(directory.outputData),
            "output_dir": .string(directory.output),
            "output_intermediate_dir": .string(directory.output + "/intermediate"),
            "resource_config": configuration.resources,
        ]
        if let script {
            members["module_dir"] = .string(script.submitDirectory)
            members["module_name"] = .string(script.moduleName)
            members["user_entry_point"] = .string(script.program)
        }
        return object(
            members.map { ($0.key, $0.value.encodedText) }
                + [("hyperparameters", object(hyperparameters.map { ($0.key, $0.value.json) }))])
    }

    /// Members that are JSON already, so that numbers stay as they were written.
    private func object(_ members: [(String, String)]) -> String {
        let list = members.sorted { $0.0 < $1.0 }
            .map { "\(JSONValue.string($0.0).encodedText):\($0.1)" }
        return "{\(list.joined(separator: ","))}"
    }
}
