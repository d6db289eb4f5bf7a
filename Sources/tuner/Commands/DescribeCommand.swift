import ArgumentParser
import Foundation
import Tuning

/// Describes one tuning job, or one training job.
struct DescribeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe", abstract: "Describe a tuning job or a training job.")

    @Argument(help: "The tuning job, or the training job.") var name: String
    @OptionGroup var access: JobAccess

    func run() async throws {
        if let job = try await tuningJob() {
            print(access.json ? job.prettyText : Self.summary(ofTuningJob: job))
        } else {
            let job = try await trainingJob()
            let decision = try await access.decision(ofTrainingJob: name)
            print(
                access.json
                    ? job.adding(decision).prettyText
                    : Self.summary(ofTrainingJob: job, decision))
        }
    }

    /// The tuning job with the name, if there is one.
    private func tuningJob() async throws -> JSONValue? {
        do {
            return try await access.call(
                "DescribeHyperParameterTuningJob", ["HyperParameterTuningJobName": .string(name)])
        } catch let refusal as CommandRefusal where refusal.isAboutName {
            return nil
        }
    }

    private func trainingJob() async throws -> JSONValue {
        do {
            return try await access.call(
                "DescribeTrainingJob", ["TrainingJobName": .string(name)])
        } catch let refusal as CommandRefusal where refusal.isAboutName {
            throw CommandFailure("there is no tuning job and no training job '\(name)'")
        }
    }

    private static func summary(ofTuningJob job: JSONValue) -> String {
        var lines = [
            "Tuning job   \(job["HyperParameterTuningJobName"]?.text ?? "")",
            "Status       \(job["HyperParameterTuningJobStatus"]?.text ?? "")",
            "Strategy     \(job["HyperParameterTuningJobConfig"]?["Strategy"]?.text ?? "")",
            "Created      \(job["CreationTime"]?.timeText ?? "")",
        ]
        if let end = job["HyperParameterTuningEndTime"] {
            lines.append("Ended        \(end.timeText)")
        }
        if let reason = job["FailureReason"]?.text { lines.append("Failed       \(reason)") }
        let counters = job["TrainingJobStatusCounters"]?.object ?? [:]
        let counts = counters.sorted { $0.key < $1.key }
            .filter { $0.value.integer != 0 }
            .map { "\($0.key) \($0.value.text)" }
        lines.append("Training     \(counts.isEmpty ? "none yet" : counts.joined(separator: ", "))")
        if let best = job["BestTrainingJob"] {
            let metric = best["FinalHyperParameterTuningJobObjectiveMetric"]
            lines.append("Best         \(best["TrainingJobName"]?.text ?? "")")
            lines.append(
                "             \(metric?["MetricName"]?.text ?? "") \(metric?["Value"]?.text ?? "")")
            lines.append("             \(best["TunedHyperParameters"]?.hyperparameterText ?? "")")
        }
        if let review = job["EarlyStoppingReview"] { lines += summary(ofReview: review) }
        return lines.joined(separator: "\n")
    }

    private static func summary(ofReview review: JSONValue) -> [String] {
        func text(_ member: String) -> String { review[member]?.text ?? "0" }
        var lines: [String] = []
        if review["StoppedTrainingJobs"]?.integer ?? 0 > 0 {
            lines.append(
                "Stopped      \(text("StoppedTrainingJobs")) early, which saved about "
                    + "\(text("SavedTrainingTimeInSeconds")) s of training")
        }
        if review["MedianRuleWouldStop"]?.integer ?? 0 > 0 {
            lines.append(
                "             the median rule would have stopped \(text("MedianRuleWouldStop")) "
                    + "more and saved \(text("MedianRuleWouldSaveInSeconds")) s")
        }
        if review["StopsBestTrainingJob"] == true {
            lines.append("             the best among them")
        }
        return lines
    }

    private static func summary(
        ofTrainingJob job: JSONValue, _ decision: Decision?
    ) -> String {
        var lines = [
            "Training job \(job["TrainingJobName"]?.text ?? "")",
            "Status       \(job["TrainingJobStatus"]?.text ?? ""), "
                + "\(job["SecondaryStatus"]?.text ?? "")",
            "Created      \(job["CreationTime"]?.timeText ?? "")",
        ]
        if let end = job["TrainingEndTime"] { lines.append("Ended        \(end.timeText)") }
        if let reason = job["FailureReason"]?.text { lines.append("Failed       \(reason)") }
        for (name, value) in (job["HyperParameters"]?.object ?? [:]).sorted(by: { $0.key < $1.key })
        {
            lines.append("             \(name)=\(value.text)")
        }
        for metric in job["FinalMetricDataList"]?.array ?? [] {
            lines.append(
                "Metric       \(metric["MetricName"]?.text ?? "") \(metric["Value"]?.text ?? "")")
        }
        if let decision { lines += decision.lines }
        return lines.joined(separator: "\n")
    }
}

// MARK: - Decisions

extension JSONValue {
    /// The description of a training job with the decision behind it.
    fileprivate func adding(_ decision: Decision?) -> JSONValue {
        guard let decision, var members = object else { return self }
        var own: [String: JSONValue] = [
            "Rule": .string(decision.rule), "EventCount": .integer(decision.eventCount),
        ]
        own["Milliseconds"] = decision.milliseconds.map { .number($0) }
        own["Details"] = decision.details
        members["Decision"] = .object(own)
        return .object(members)
    }
}

extension Decision {
    /// The decision in lines, the details by name.
    fileprivate var lines: [String] {
        let time = milliseconds.map { ", in \(($0 * 10).rounded() / 10) ms" } ?? ""
        let own = "Suggested by \(rule), after \(eventCount) events\(time)"
        return [own]
            + (details?.object ?? [:]).sorted { $0.key < $1.key }.map { name, value in
                "             \(name) \(value.encodedText)"
            }
    }
}
