import Foundation
import SageMakerAPI
import Testing
import Tuning

@Suite("Answers")
struct AnswerTests {
    @Test("A tuning job is described with all that is known of it")
    func tuningJob() throws {
        let jobs = try Jobs.three()
        let answer = DescribeHyperParameterTuningJob.answer(
            jobs.state.job, specification: jobs.state.specification, best: jobs.trainingJobs[0],
            now: Jobs.time(10.9))
        #expect(answer["HyperParameterTuningJobName"] == "digits")
        #expect(answer["HyperParameterTuningJobStatus"] == "InProgress")
        #expect(answer["CreationTime"] == .number(1_700_000_000))
        #expect(answer.object?.keys.contains("HyperParameterTuningEndTime") == false)
        #expect(answer["ConsumedResources"] == ["RuntimeInSeconds": 10])
        #expect(
            answer["TrainingJobStatusCounters"] == [
                "Completed": 1, "InProgress": 1, "RetryableError": 0, "NonRetryableError": 1,
                "Stopped": 0,
            ])
        #expect(
            answer["ObjectiveStatusCounters"] == ["Succeeded": 1, "Pending": 1, "Failed": 1])
        let config = answer["HyperParameterTuningJobConfig"]
        #expect(config?["Strategy"] == "Random")
        #expect(config?["TrainingJobEarlyStoppingType"] == "Off")
        let definition = answer["TrainingJobDefinition"]
        #expect(
            definition?["StaticHyperParameters"]
                == ["epochs": "10", "_tuning_objective_metric": "accuracy"])
        #expect(
            definition?["OutputDataConfig"]
                == ["S3OutputPath": "s3://bucket/models", "KmsKeyId": ""])
        #expect(answer["TrainingJobDefinitions"] == nil)
        let best = try #require(answer["BestTrainingJob"])
        #expect(best["TrainingJobStatus"] == "Completed")
        #expect(best["TunedHyperParameters"] == ["lr": "0.01", "depth": "3", "kind": "a"])
        #expect(best["ObjectiveStatus"] == "Succeeded")
        #expect(
            best["FinalHyperParameterTuningJobObjectiveMetric"]
                == ["Type": "Maximize", "MetricName": "accuracy", "Value": .number(0.5)])
        #expect(best["TrainingEndTime"] == .number(1_700_000_003.5))
        #expect(best.object?.keys.contains("TrainingJobDefinitionName") == false)
    }

    @Test("A finished tuning job has used what it had used at its end")
    func finishedTuningJob() throws {
        var jobs = try Jobs.three()
        try jobs.apply(2, at: 11, .finished(.stopped(.tuningJobEnded, nil)))
        try jobs.state.apply(.finished(.failed(reason: "no luck"), Jobs.time(12)))
        let answer = DescribeHyperParameterTuningJob.answer(
            jobs.state.job, specification: jobs.state.specification, best: nil,
            now: Jobs.time(1_000))
        #expect(answer["ConsumedResources"] == ["RuntimeInSeconds": 12])
        #expect(answer["FailureReason"] == "no luck")
        #expect(answer["HyperParameterTuningEndTime"] == .number(1_700_000_012))
    }

    @Test("A training job of a tuning job is described with all that is known of it")
    func trainingJob() throws {
        let jobs = try Jobs.three()
        let job = try #require(jobs.trainingJobs[0])
        let answer = DescribeTrainingJob.answer(job, specification: jobs.state.specification)
        let prefix = "arn:aws:sagemaker:us-east-1:123456789012"
        #expect(answer["TrainingJobArn"] == .string("\(prefix):training-job/\(job.name)"))
        #expect(
            answer["TuningJobArn"] == .string("\(prefix):hyper-parameter-tuning-job/digits"))
        #expect(
            answer["ModelArtifacts"] == [
                "S3ModelArtifacts":
                    .string("s3://bucket/models/\(job.name)/output/model.tar.gz")
            ])
        #expect(
            answer["HyperParameters"] == [
                "epochs": "10", "lr": "0.01", "depth": "3", "kind": "a",
                "_tuning_objective_metric": "accuracy",
            ])
        #expect(answer["SecondaryStatus"] == "Completed")
        #expect(
            answer["SecondaryStatusTransitions"]?.array?.map { $0["Status"] }
                == ["Starting", "Training", "Completed"])
        #expect(
            answer["FinalMetricDataList"] == [
                [
                    "MetricName": "accuracy", "Value": .number(0.5),
                    "Timestamp": .number(1_700_000_002),
                ],
                ["MetricName": "loss", "Value": .number(2), "Timestamp": .number(1_700_000_002)],
            ])
        #expect(answer["TrainingTimeInSeconds"] == 2)
        #expect(answer["BillableTimeInSeconds"] == 2)
        #expect(answer["EnableManagedSpotTraining"] == false)
        #expect(answer["StoppingCondition"] == ["MaxRuntimeInSeconds": 3600])
        #expect(answer["ResourceConfig"] == Requests.definition["ResourceConfig"])
        #expect(answer["RoleArn"] == Requests.definition["RoleArn"])
        #expect(
            answer["AlgorithmSpecification"]?["EnableSageMakerMetricsTimeSeries"] == true)
        #expect(answer["StaticHyperParameters"] == nil)
    }

    @Test("What is not known yet is absent")
    func runningTrainingJob() throws {
        let jobs = try Jobs.three()
        let job = try #require(jobs.trainingJobs[2])
        let answer = DescribeTrainingJob.answer(job, specification: jobs.state.specification)
        let names = try #require(answer.object).keys
        for name in ["TrainingEndTime", "TrainingTimeInSeconds", "FailureReason", "VpcConfig"] {
            #expect(!names.contains(name))
        }
        #expect(answer["TrainingStartTime"] == .number(1_700_000_008))
        let text = String(decoding: answer.encoded, as: UTF8.self)
        #expect(text.contains("\"Value\":\"NaN\""))
    }

    @Test("A training job on its own has no tuning job, and its own limits")
    func singleTrainingJob() throws {
        var jobs = Jobs(try CreateTrainingJob(body: Requests.trainingJob).validated())
        try jobs.train(0, [:], at: 0)
        try jobs.apply(0, at: 1.2, .finished(.completed(nil)))
        let job = try #require(jobs.trainingJobs[0])
        let answer = DescribeTrainingJob.answer(job, specification: jobs.state.specification)
        #expect(answer["TrainingJobName"] == "Single-1")
        #expect(answer["TuningJobArn"] == nil)
        #expect(answer["HyperParameters"] == ["lr": "0.1"])
        #expect(answer["TrainingTimeInSeconds"] == 1)
        #expect(answer["StoppingCondition"] == ["MaxRuntimeInSeconds": 86_400])
        #expect(
            answer["ModelArtifacts"]
                == ["S3ModelArtifacts": "file:///tmp/models/Single-1/output/model.tar.gz"])
    }
}
