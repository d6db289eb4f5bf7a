import ArgumentParser
import Foundation
import Tuning

/// Lists tuning jobs.
struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List tuning jobs, the latest first.")

    @OptionGroup var access: JobAccess
    @Option(help: "The most jobs to list.") var limit = 100

    func run() async throws {
        let jobs = try await access.all(
            "ListHyperParameterTuningJobs", ["SortBy": "CreationTime", "SortOrder": "Descending"],
            member: "HyperParameterTuningJobSummaries", limit: limit)
        if access.json { return print(JSONValue.array(jobs).prettyText) }
        var table = Table(header: ["NAME", "STATUS", "STRATEGY", "DONE", "FAILED", "CREATED"])
        for job in jobs {
            let counters = job["TrainingJobStatusCounters"]
            let failed = ["RetryableError", "NonRetryableError"]
                .reduce(0) { $0 + (counters?[$1]?.integer ?? 0) }
            let done = ["Completed", "Stopped"].reduce(failed) {
                $0 + (counters?[$1]?.integer ?? 0)
            }
            table.rows.append([
                job["HyperParameterTuningJobName"]?.text ?? "",
                job["HyperParameterTuningJobStatus"]?.text ?? "", job["Strategy"]?.text ?? "",
                "\(done)", "\(failed)", job["CreationTime"]?.timeText ?? "",
            ])
        }
        print(table.text)
    }
}

/// Lists the training jobs of a tuning job.
struct TrainingJobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "training-jobs", abstract: "List the training jobs of a tuning job.")

    @Argument(help: "The tuning job.") var name: String
    @OptionGroup var access: JobAccess
    @Option(help: "The most jobs to list.") var limit = 1000
    @Flag(help: "The best first; leaves out training jobs without a value.") var best = false

    func run() async throws {
        var request: [String: JSONValue] = [
            "HyperParameterTuningJobName": .string(name),
            "SortBy": best ? "FinalObjectiveMetricValue" : "CreationTime",
        ]
        if best {
            let job = try await access.call(
                "DescribeHyperParameterTuningJob", ["HyperParameterTuningJobName": .string(name)])
            let isMaximum = job.objectiveType == "Maximize"
            request["SortOrder"] = isMaximum ? "Descending" : "Ascending"
        }
        let jobs = try await access.all(
            "ListTrainingJobsForHyperParameterTuningJob", request, member: "TrainingJobSummaries",
            limit: limit)
        if access.json { return print(JSONValue.array(jobs).prettyText) }
        var table = Table(header: ["NAME", "STATUS", "VALUE", "HYPERPARAMETERS"])
        for job in jobs {
            let metric = job["FinalHyperParameterTuningJobObjectiveMetric"]
            table.rows.append([
                job["TrainingJobName"]?.text ?? "", job["TrainingJobStatus"]?.text ?? "",
                metric?["Value"]?.text ?? "-",
                job["TunedHyperParameters"]?.hyperparameterText ?? "",
            ])
        }
        print(table.text)
    }
}
