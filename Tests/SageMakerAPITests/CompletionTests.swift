import SageMakerAPI
import Testing
import Tuning

@Suite("Completion criteria")
struct CompletionCriteriaTests {
    static let path = ["HyperParameterTuningJobConfig", "TuningJobCompletionCriteria"]

    struct Row: Sendable {
        let json: JSONValue
        let criteria: CompletionCriteria
    }

    @Test(
        "Are read, with the target as a cost",
        arguments: [
            Row(json: [:], criteria: CompletionCriteria()),
            // The objective is maximised.
            Row(
                json: ["TargetObjectiveMetricValue": 0.9],
                criteria: CompletionCriteria(targetCost: Cost(-0.9))),
            Row(
                json: [
                    "BestObjectiveNotImproving": ["MaxNumberOfTrainingJobsNotImproving": 3],
                    "ConvergenceDetected": ["CompleteOnConvergence": "Enabled"],
                ],
                criteria: CompletionCriteria(
                    notImprovingCountMax: 3, completesOnConvergence: true)),
            Row(
                json: ["ConvergenceDetected": ["CompleteOnConvergence": "Disabled"]],
                criteria: CompletionCriteria()),
        ])
    func read(row: Row) throws {
        let body = Requests.tuningJob.setting(row.json, atPath: Self.path)
        let specification = try CreateHyperParameterTuningJob(body: body).validated()
        #expect(specification.completionCriteria == row.criteria)
    }

    @Test("A target needs one objective for all definitions")
    func severalObjectives() {
        let body = Requests.tuningJobOfSeveral
            .setting(["TargetObjectiveMetricValue": 0.9], atPath: Self.path)
            .setting("Minimize", at: "TrainingJobDefinitions", "1", "TuningObjective", "Type")
        #expect(
            throws: APIError.validation(
                "TuningJobCompletionCriteria: TargetObjectiveMetricValue needs definitions with "
                    + "the same objective; leave it out.")
        ) { try CreateHyperParameterTuningJob(body: body).validated() }
    }

    @Test("Details are answered for every tuning job")
    func details() throws {
        var jobs = try Jobs.three()
        func details() -> JSONValue? {
            DescribeHyperParameterTuningJob.answer(
                jobs.state.job, specification: jobs.state.specification, best: nil,
                now: Jobs.time(9))["TuningJobCompletionDetails"]
        }
        #expect(details() == ["NumberOfTrainingJobsObjectiveNotImproving": 0])
        try jobs.state.apply(.converged(Jobs.time(8)))
        #expect(
            details() == [
                "NumberOfTrainingJobsObjectiveNotImproving": 0,
                "ConvergenceDetectedTime": 1_700_000_008.0,
            ])
    }
}
