import Foundation
import Tuning

/// What the files in `input/config` say.
struct ContainerConfiguration {
    /// All hyperparameters; every value is a text.
    let hyperparameters: JSONValue
    /// The channels, by name.
    let inputData: JSONValue
    /// The hosts.
    let resources: JSONValue

    /// Describes an attempt.
    init(attempt: Attempt, channels: [TrainingChannel], hosts: ContainerHosts = .single) {
        hyperparameters = .object(attempt.hyperparameters.mapValues { .string($0) })
        inputData = .object(
            Dictionary(channels.map { ($0.name, $0.configuration) }) { first, _ in first })
        resources = [
            "current_host": .string(hosts.current),
            "hosts": .array(hosts.names.map { .string($0) }),
            "network_interface_name": .string(hosts.networkInterface),
        ]
    }
}
