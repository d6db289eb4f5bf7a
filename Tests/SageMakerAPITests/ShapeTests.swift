import SageMakerAPI
import Testing
import Tuning

@Suite("Constraints of single members")
struct ShapeTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let path: [String]
        let value: JSONValue
        let constraint: String
        var testDescription: String { path.joined(separator: ".") + ": \(constraint)" }

        init(_ path: String..., value: JSONValue, _ constraint: String) {
            self.path = path
            self.value = value
            self.constraint = constraint
        }
    }

    private static let config = "HyperParameterTuningJobConfig"
    private static let one = "TrainingJobDefinition"

    @Test(
        "A tuning job that breaks one constraint is refused with that constraint alone",
        arguments: [
            Row(
                "HyperParameterTuningJobName", value: .null,
                "Value null at 'hyperParameterTuningJobName' failed to satisfy constraint: "
                    + "Member must not be null"),
            Row(
                "HyperParameterTuningJobName", value: "not valid",
                "Value 'not valid' at 'hyperParameterTuningJobName' failed to satisfy constraint: "
                    + "Member must satisfy regular expression pattern: "
                    + "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,31}"),
            Row(
                "HyperParameterTuningJobName", value: "a-------------------------------b",
                "Value 'a-------------------------------b' at 'hyperParameterTuningJobName' failed "
                    + "to satisfy constraint: Member must have length less than or equal to 32"),
            Row(
                config, "Strategy", value: "Guess",
                "Value 'Guess' at 'hyperParameterTuningJobConfig.strategy' failed to satisfy "
                    + "constraint: Member must satisfy enum value set: "
                    + "[Bayesian, Random, Hyperband, Grid, Sobol]"),
            Row(
                config, "ResourceLimits", "MaxParallelTrainingJobs", value: 0,
                "Value '0' at 'hyperParameterTuningJobConfig.resourceLimits.maxParallelTrainingJobs' "
                    + "failed to satisfy constraint: Member must have value greater than or equal to 1"
            ),
            Row(
                config, "ResourceLimits", "MaxRuntimeInSeconds", value: 119,
                "Value '119' at 'hyperParameterTuningJobConfig.resourceLimits.maxRuntimeInSeconds' "
                    + "failed to satisfy constraint: Member must have value greater than or equal to "
                    + "120"),
            Row(
                config, "ResourceLimits", "MaxRuntimeInSeconds", value: 15_768_001,
                "Value '15768001' at "
                    + "'hyperParameterTuningJobConfig.resourceLimits.maxRuntimeInSeconds' failed to "
                    + "satisfy constraint: Member must have value less than or equal to 15768000"),
            Row(
                config, "ParameterRanges", "CategoricalParameterRanges", "0", "Values", value: [],
                "Value 'a list of 0' at 'hyperParameterTuningJobConfig.parameterRanges."
                    + "categoricalParameterRanges.1.member.values' failed to satisfy constraint: "
                    + "Member must have length greater than or equal to 1"),
            Row(
                one, "RoleArn", value: "arn:aws:iam::1:role/x",
                "Value 'arn:aws:iam::1:role/x' at 'trainingJobDefinition.roleArn' failed to satisfy "
                    + "constraint: Member must satisfy regular expression pattern: "
                    + #"arn:aws[a-z\-]*:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+"#),
            Row(
                one, "OutputDataConfig", "S3OutputPath", value: "http://x/y",
                "Value 'http://x/y' at 'trainingJobDefinition.outputDataConfig.s3OutputPath' failed "
                    + "to satisfy constraint: Member must satisfy regular expression pattern: "
                    + "(https|s3)://([^/]+)/?(.*)"),
            Row(
                one, "StoppingCondition", "MaxPendingTimeInSeconds", value: 7_199,
                "Value '7199' at 'trainingJobDefinition.stoppingCondition.maxPendingTimeInSeconds' "
                    + "failed to satisfy constraint: Member must have value greater than or equal to "
                    + "7200"),
            Row(
                one, "Environment", value: ["1x": "y"],
                "Value '{1x=y}' at 'trainingJobDefinition.environment' failed to satisfy constraint: "
                    + "Map keys must satisfy constraint: [Member must have length less than or "
                    + "equal to 512, Member must have length greater than or equal to 0, Member "
                    + "must satisfy regular expression pattern: [a-zA-Z_][a-zA-Z0-9_]*]"),
            Row(
                one, "StaticHyperParameters", value: ["good": "1", "text": "a\nb"],
                "Value '{text=a\nb}' at 'trainingJobDefinition.staticHyperParameters' failed to "
                    + "satisfy constraint: Map value must satisfy constraint: [Member must have "
                    + "length less than or equal to 2500, Member must have length greater than or "
                    + "equal to 0, Member must satisfy regular expression pattern: .*]"),
            Row(
                one, "ResourceConfig", "InstanceType", value: "m5.large",
                "Value 'm5.large' at 'trainingJobDefinition.resourceConfig.instanceType' failed to "
                    + "satisfy constraint: Member must satisfy enum value set: [ml.m4.xlarge, "
                    + "ml.m4.2xlarge, ml.m4.4xlarge, ml.m4.10xlarge, ml.m4.16xlarge, "
                    + "ml.g4dn.xlarge, ml.g4dn.2xlarge, ml.g4dn.4xlarge, ml.g4dn.8xlarge, "
                    + "ml.g4dn.12xlarge, ml.g4dn.16xlarge, ml.m5.large, ml.m5.xlarge, "
                    + "ml.m5.2xlarge, ml.m5.4xlarge, ml.m5.12xlarge, ml.m5.24xlarge, "
                    + "ml.c4.xlarge, ml.c4.2xlarge, ml.c4.4xlarge, and 125 more]"),
            Row(
                one, "StoppingCondition", "MaxRuntimeInSeconds", value: 2_419_201,
                "Value '2419201' at 'trainingJobDefinition.stoppingCondition.maxRuntimeInSeconds' "
                    + "failed to satisfy constraint: Member must have value less than or equal to "
                    + "2419200"),
            Row(
                config, "RandomSeed", value: 2_147_483_648,
                "Value '2147483648' at 'hyperParameterTuningJobConfig.randomSeed' failed to satisfy "
                    + "constraint: Member must have value less than or equal to 2147483647"),
            Row(
                "Tags", value: [.null],
                "Value null at 'tags.1.member' failed to satisfy constraint: Member must not be "
                    + "null"),
            Row(
                "Tags", "0", "Key", value: "",
                "Value '' at 'tags.1.member.key' failed to satisfy constraint: "
                    + "Member must have length greater than or equal to 1"),
        ])
    func oneViolation(row: Row) {
        let body = Requests.tuningJob.setting(row.value, atPath: row.path)
        #expect(throws: APIError.validation("1 validation error detected: \(row.constraint)")) {
            try CreateHyperParameterTuningJob(body: body)
        }
    }

    @Test("A text too long for its pattern too breaks two constraints")
    func twoConstraints() throws {
        let error = try #require(throws: APIError.self) {
            try CreateTrainingJob(
                body: Requests.trainingJob.setting(
                    .string(String(repeating: "a", count: 64)), at: "TrainingJobName"))
        }
        #expect(error.message.hasPrefix("2 validation errors detected: "))
        #expect(error.message.contains("length less than or equal to 63"))
        #expect(error.message.contains("pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}"))
    }

    @Test(
        "What means the same is taken",
        arguments: [
            Requests.tuningJob.setting(.number(1), at: config, "RandomSeed"),
            Requests.tuningJob.setting(
                "ml.z99-next.512xlarge", at: one, "ResourceConfig", "InstanceType"),
            Requests.tuningJob.setting(
                "file:///tmp/x", at: one, "OutputDataConfig", "S3OutputPath"),
            Requests.tuningJob.setting(["A": .null], at: one, "Environment"),
        ])
    func equivalents(body: JSONValue) throws {
        _ = try CreateHyperParameterTuningJob(body: body).validated()
    }

    @Test("Lengths are counted in code points, not in units of UTF-16", arguments: [256, 257])
    func codePoints(count: Int) throws {
        let text = String(repeating: "\u{20BB7}", count: count)
        let body = Requests.tuningJob.setting(.string(text), at: "Tags", "0", "Value")
        if count == 256 {
            _ = try CreateHyperParameterTuningJob(body: body)
        } else {
            let error = try #require(throws: APIError.self) {
                try CreateHyperParameterTuningJob(body: body)
            }
            #expect(error.message.hasSuffix("Member must have length less than or equal to 256"))
        }
    }

    @Test("All violations are told at once, in the service's words")
    func allViolations() {
        let message =
            "2 validation errors detected: "
            + "Value null at 'trainingJobName' failed to satisfy constraint: "
            + "Member must not be null; "
            + "Value 'Stream' at 'algorithmSpecification.trainingInputMode' failed to satisfy "
            + "constraint: Member must satisfy enum value set: [Pipe, File, FastFile]"
        let body = Requests.trainingJob.removing("TrainingJobName")
            .setting("Stream", at: "AlgorithmSpecification", "TrainingInputMode")
        #expect(throws: APIError.validation(message)) { try CreateTrainingJob(body: body) }
    }

    @Test("Ten thousand violations are counted, and the first thousand told")
    func manyViolations() throws {
        let tags = JSONValue.array((0..<10_000).map { _ in ["Key": "k"] })
        let error = try #require(throws: APIError.self) {
            try CreateTrainingJob(body: Requests.trainingJob.setting(tags, at: "Tags"))
        }
        #expect(error.message.hasPrefix("10001 validation errors detected: "))
        #expect(error.message.hasSuffix("; and 9001 more"))
    }

    @Test(
        "Null means absent, and unknown members mean nothing",
        arguments: [
            Requests.tuningJob.setting(.null, at: "WarmStartConfig"),
            Requests.tuningJob.setting("?", at: "NoSuchMember"),
            Requests.tuningJob.setting(.null, at: one, "VpcConfig"),
        ])
    func ignored(body: JSONValue) throws {
        let specification = try CreateHyperParameterTuningJob(body: body).validated()
        #expect(specification.name == "digits")
        #expect(specification.request.object?["WarmStartConfig"] == nil)
    }
}
