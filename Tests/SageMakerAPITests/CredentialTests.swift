import Testing
import Tuning

@testable import SageMakerAPI

@Suite("Credentials among hyperparameters")
struct CredentialTests {
    // The keys of AWS's own documentation, in parts so that no scanner takes them for real ones.
    private static let keyID = "AKIA" + "IOSFODNN7EXAMPLE"
    private static let secret = "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY"

    private static let sessionKeyID = "ASIA" + "IOSFODNN7EXAMPLE"
    private static let digest = "da39a3ee5e6b4b0d3255bfef95601890afd80709"

    private static let credentials: [(String, String)] = [
        ("x", keyID), ("x", sessionKeyID), ("x", "\"\(keyID)\""), ("x", "--key \(keyID) --verbose"),
        ("aws_secret_access_key", secret), ("SecretAccessKey", "\"\(secret)\""),
        ("db.password", secret),
    ]

    @Test("Access keys are refused, wherever they stand", arguments: credentials)
    func refused(name: String, value: String) throws {
        #expect(CredentialRules.isCredential(value, named: name))
        let body = Requests.trainingJob.setting([name: .string(value)], at: "HyperParameters")
        let error = try #require(throws: APIError.self) {
            try CreateTrainingJob(body: body).validated()
        }
        #expect(
            error.message
                == "HyperParameters: the value of '\(name)' looks like an AWS credential; "
                + "hyperparameters are no place for secrets.")
    }

    private static let others: [(String, String)] = [
        ("x", "AKIA"), ("x", "\(keyID)1"), ("x", "X\(keyID)"), ("x", keyID.lowercased()),
        ("x", String(keyID.dropLast())), ("x", "_\(keyID)"), ("commit", digest),
        ("secret_sauce", digest), ("secret_sauce", String(repeating: "a", count: 40)),
        ("checksum", secret), ("secret", String(secret.dropLast())), ("secret", "\(secret)a"),
        ("secret", "some words, forty characters long, 12345"), ("password", ""),
        ("tokens", "1000000"), ("model", "ASIAN-LANGUAGES-BASE"),
    ]

    @Test("What only resembles them is taken", arguments: others)
    func accepted(name: String, value: String) throws {
        #expect(!CredentialRules.isCredential(value, named: name))
        let body = Requests.trainingJob.setting([name: .string(value)], at: "HyperParameters")
        _ = try CreateTrainingJob(body: body).validated()
    }

    @Test("Neither static hyperparameters nor values to search may be credentials")
    func tuningJobs() throws {
        let body = Requests.tuningJob
            .setting(
                ["key": .string(Self.keyID)], at: "TrainingJobDefinition", "StaticHyperParameters"
            )
            .setting(
                ["a", "b", .string(Self.keyID)], at: "HyperParameterTuningJobConfig",
                "ParameterRanges", "CategoricalParameterRanges", "0", "Values")
        let error = try #require(throws: APIError.self) {
            try CreateHyperParameterTuningJob(body: body).validated()
        }
        #expect(error.message.hasPrefix("2 validation errors detected: "))
        #expect(error.message.contains("StaticHyperParameters: the value of 'key'"))
        #expect(error.message.contains("the value of 'kind'"))
        #expect(!error.message.contains(Self.keyID))
    }
}
