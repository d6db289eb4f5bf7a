import Foundation
import Tuning

/// What the files in `input/config` say.
struct ContainerConfiguration {
    /// The name of the only host.
    static let host = "algo-1"

    /// All hyperparameters; every value is a text.
    let hyperparameters: JSONValue
    /// The channels, by name.
    let inputData: JSONValue
    /// The hosts.
    let resources: JSONValue

    /// The name of the network interface between the hosts.
    static var networkInterface: String {
        #if canImport(Darwin)
            "lo0"
        #else
            "lo"
        #endif
    }

    /// Describes an attempt.
    init(attempt: Attempt, channels: [TrainingChannel]) {
        hyperparameters = .object(attempt.hyperparameters.mapValues { .string($0) })
        inputData = .object(
            Dictionary(channels.map { ($0.name, $0.configuration) }) { first, _ in first })
        resources = [
            "current_host": .string(Self.host),
            "hosts": [.string(Self.host)],
            "network_interface_name": .string(Self.networkInterface),
        ]
    }
}
