import SageMakerAPI
import Testing
import Tuning

@Suite("Members that mean nothing")
struct UnknownMemberTests {
    @Test("A request that is right has none")
    func none() {
        for body in [Requests.tuningJob, Requests.tuningJobOfSeveral] {
            // Null means that a member is not there.
            #expect(CreateHyperParameterTuningJob.unknownMembers(of: body).isEmpty)
        }
    }

    @Test(
        "Each is told with its path, and with the nearest that there is",
        arguments: [
            (
                ["HyperparameterTuningJobName"],
                "there is no member 'HyperparameterTuningJobName'; is "
                    + "'HyperParameterTuningJobName' meant?"
            ),
            (
                ["HyperParameterTuningJobConfig", "Stratgy"],
                "there is no member 'HyperParameterTuningJobConfig.Stratgy'; is 'Strategy' meant?"
            ),
            (
                ["Tags", "0", "Vallue"],
                "there is no member 'Tags.0.Vallue'; is 'Value' meant?"
            ),
            (
                ["Tags", "0", "Colour"],
                "there is no member 'Tags.0.Colour'; there are Key, Value"
            ),
        ])
    func nearest(path: [String], problem: String) {
        let body = Requests.tuningJob.setting("x", atPath: path)
        #expect(CreateHyperParameterTuningJob.unknownMembers(of: body) == [problem])
    }

    @Test("Hyperparameters and variables have names of their own")
    func maps() {
        let body = Requests.tuningJob
            .setting(["anything": "1"], at: "TrainingJobDefinition", "StaticHyperParameters")
            .setting(["ANY": "1"], at: "TrainingJobDefinition", "Environment")
        #expect(CreateHyperParameterTuningJob.unknownMembers(of: body).isEmpty)
    }
}
