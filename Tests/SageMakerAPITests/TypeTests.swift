import SageMakerAPI
import Testing
import Tuning

@Suite("Types of values")
struct TypeTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let path: [String]
        let value: JSONValue
        let message: String
        var testDescription: String { message }

        init(_ path: String..., value: JSONValue, _ message: String) {
            self.path = path
            self.value = value
            self.message = message
        }
    }

    private static let config = "HyperParameterTuningJobConfig"
    private static let one = "TrainingJobDefinition"

    @Test(
        "A value of another JSON type is refused with both types and the place",
        arguments: [
            Row(
                "HyperParameterTuningJobName", value: 5,
                "NUMBER_VALUE can not be converted to a String at 'hyperParameterTuningJobName'"),
            Row(
                config, value: "x",
                "STRING_VALUE can not be converted to a Structure at "
                    + "'hyperParameterTuningJobConfig'"),
            Row(
                config, "RandomSeed", value: .number(1.5),
                "DECIMAL_VALUE can not be converted to an Integer at "
                    + "'hyperParameterTuningJobConfig.randomSeed'"),
            Row(
                config, "RandomSeed", value: "1",
                "STRING_VALUE can not be converted to an Integer at "
                    + "'hyperParameterTuningJobConfig.randomSeed'"),
            Row(
                config, "ParameterRanges", "IntegerParameterRanges", "0", "MinValue", value: 1,
                "NUMBER_VALUE can not be converted to a String at 'hyperParameterTuningJobConfig."
                    + "parameterRanges.integerParameterRanges.1.member.minValue'"),
            Row(
                config, "TuningJobCompletionCriteria", "TargetObjectiveMetricValue", value: "NaN",
                "STRING_VALUE can not be converted to a Double at 'hyperParameterTuningJobConfig."
                    + "tuningJobCompletionCriteria.targetObjectiveMetricValue'"),
            Row(
                one, "StaticHyperParameters", value: ["n": true],
                "TRUE_VALUE can not be converted to a String at "
                    + "'trainingJobDefinition.staticHyperParameters.n'"),
            Row(
                one, "StaticHyperParameters", value: [],
                "LIST_VALUE can not be converted to a Map at "
                    + "'trainingJobDefinition.staticHyperParameters'"),
            Row(
                one, "EnableNetworkIsolation", value: "true",
                "STRING_VALUE can not be converted to a Boolean at "
                    + "'trainingJobDefinition.enableNetworkIsolation'"),
            Row("Tags", value: [:], "STRUCTURE_VALUE can not be converted to a List at 'tags'"),
        ])
    func misfit(row: Row) {
        let body = Requests.tuningJob.setting(row.value, atPath: row.path)
        #expect(throws: APIError.serialization(row.message)) {
            try CreateHyperParameterTuningJob(body: body)
        }
    }

    @Test(
        "A time is a number or a text in ISO 8601",
        arguments: ["yesterday", true, []] as [JSONValue])
    func times(value: JSONValue) throws {
        let error = try #require(throws: APIError.self) {
            try ListTrainingJobs(body: ["CreationTimeAfter": value])
        }
        #expect(error.code == "SerializationException")
        #expect(error.message.hasSuffix("to a Timestamp at 'creationTimeAfter'"))
        for time in [1_700_000_000, "2024-01-01T00:00:00Z"] as [JSONValue] {
            _ = try ListTrainingJobs(body: ["CreationTimeAfter": time])
        }
    }

    @Test("Wrong types are told all together, and before any violation")
    func manyMisfits() {
        let body = Requests.trainingJob.removing("TrainingJobName").setting(3, at: "RoleArn")
            .setting(4, at: "AlgorithmSpecification", "TrainingImage")
        let type = "NUMBER_VALUE can not be converted to a String"
        let message = "\(type) at 'algorithmSpecification.trainingImage'; \(type) at 'roleArn'"
        #expect(throws: APIError.serialization(message)) { try CreateTrainingJob(body: body) }
    }

    @Test("A million wrong types are counted, not told")
    func tooManyMisfits() throws {
        let tags = JSONValue.array(Array(repeating: 1, count: 1_000_000))
        let error = try #require(throws: APIError.self) {
            try CreateTrainingJob(body: Requests.trainingJob.setting(tags, at: "Tags"))
        }
        #expect(error.code == "SerializationException")
        #expect(error.message.hasSuffix("; and 999000 more"))
    }
}
