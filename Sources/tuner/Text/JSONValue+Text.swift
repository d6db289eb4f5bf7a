import Foundation
import Tuning

extension JSONValue {
    /// The value for people: texts without quotes.
    var text: String {
        switch self {
        case .string(let value): value
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .bool(let value): "\(value)"
        case .null: "-"
        case .array, .object: encodedText
        }
    }

    /// A time in epoch seconds, as ISO 8601 in UTC.
    var timeText: String {
        switch self {
        case .number(let seconds): Date(timeIntervalSince1970: seconds).formatted(.iso8601)
        case .integer(let seconds):
            Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
        default: "-"
        }
    }

    /// The members of an object as `name=value`, in the order of their names.
    var hyperparameterText: String {
        (object ?? [:]).sorted { $0.key < $1.key }
            .map { "\($0.key)=\($0.value.text)" }
            .joined(separator: " ")
    }

    /// JSON over several lines, members in the order of their names.
    var prettyText: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? text
    }

    /// In the description of a tuning job: which way its objective is better.
    var objectiveType: String? {
        let config = self["HyperParameterTuningJobConfig"]?["HyperParameterTuningJobObjective"]
        let definition = self["TrainingJobDefinition"]?["TuningObjective"]
        let first = self["TrainingJobDefinitions"]?.array?.first?["TuningObjective"]
        return (config ?? definition ?? first)?["Type"]?.string
    }
}
