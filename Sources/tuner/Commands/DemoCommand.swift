import ArgumentParser
import Foundation
import Logging
import Tuning

/// Tunes a small neural network on handwritten digits, for real.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Tune a small neural network on handwritten digits, to see it work.")

    @Option(help: "Training jobs to run.") var jobs = 20
    @Option(help: "Training jobs at the same time; by default one a processor.") var parallel: Int?
    @Option(help: "The data directory; by default a temporary one.") var data: String?

    func run() async throws {
        guard jobs >= 1 else { throw CommandFailure("--jobs \(jobs) must be at least 1") }
        let parallel = parallel ?? ProcessInfo.processInfo.activeProcessorCount
        guard parallel >= 1 else {
            throw CommandFailure("--parallel \(parallel) must be at least 1")
        }
        let directory =
            data
            ?? FileManager.default.temporaryDirectory
            .appending(path: "tuner-demo-\(UUID().uuidString.prefix(8))").path
        print(
            """
            Tuning a neural network on 1,797 handwritten digits: \(jobs) training jobs, \
            \(parallel) at a time, each a process of its own.
            Everything is kept in \(directory)
            """)
        fflush(nil)
        let run = ExperimentRun(
            request: try Self.request(jobs: jobs, parallel: parallel), settings: Settings(),
            directory: try DataDirectory(directory), json: false,
            logger: .standardError(level: .error))
        try await run.perform()
        print("Look closer: tuner training-jobs digits --best --data \(directory)")
    }

    private static func request(jobs: Int, parallel: Int) throws -> JSONValue {
        guard let program = Bundle.main.executablePath else {
            throw CommandFailure("cannot find this program's own path")
        }
        return [
            "HyperParameterTuningJobName": "digits",
            "HyperParameterTuningJobConfig": [
                "Strategy": "Random",
                "HyperParameterTuningJobObjective": [
                    "Type": "Maximize", "MetricName": "validation:accuracy",
                ],
                "ResourceLimits": [
                    "MaxNumberOfTrainingJobs": .integer(jobs),
                    "MaxParallelTrainingJobs": .integer(parallel),
                ],
                "ParameterRanges": ranges,
            ],
            "TrainingJobDefinition": [
                "StaticHyperParameters": ["epochs": "8"],
                "AlgorithmSpecification": [
                    "TrainingImage": .string("exec:'\(program)' train-digits"),
                    "TrainingInputMode": "File",
                    "MetricDefinitions": [
                        [
                            "Name": "validation:accuracy",
                            "Regex": "validation:accuracy=([0-9.]+)",
                        ]
                    ],
                ],
                "RoleArn": "arn:aws:iam::123456789012:role/demo",
                "OutputDataConfig": ["S3OutputPath": "s3://demo/output"],
                "ResourceConfig": [
                    "InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1,
                ],
                "StoppingCondition": ["MaxRuntimeInSeconds": 600],
            ],
        ]
    }

    private static let ranges: JSONValue = [
        "ContinuousParameterRanges": [
            [
                "Name": "learning_rate", "MinValue": "0.001", "MaxValue": "1.0",
                "ScalingType": "Logarithmic",
            ],
            ["Name": "momentum", "MinValue": "0.0", "MaxValue": "0.95"],
        ],
        "IntegerParameterRanges": [
            ["Name": "hidden_units", "MinValue": "4", "MaxValue": "64"],
            ["Name": "batch_size", "MinValue": "8", "MaxValue": "128"],
        ],
        "CategoricalParameterRanges": [
            ["Name": "activation", "Values": ["relu", "tanh"]]
        ],
    ]
}
