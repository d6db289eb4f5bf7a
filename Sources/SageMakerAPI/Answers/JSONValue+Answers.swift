import Foundation
import Tuning

extension JSONValue {
    /// A time as the wire has it: seconds since 1970, to the millisecond.
    init(_ time: Date) {
        self = .number((time.timeIntervalSince1970 * 1_000).rounded() / 1_000)
    }
}

extension TrainingJobDefinition {
    /// Where results go; clients index the key, so it is there even where none was given.
    var outputDataConfig: JSONValue {
        let config = envelope["OutputDataConfig"] ?? [:]
        return config["KmsKeyId"] == nil ? config.setting(["KmsKeyId": ""]) : config
    }
}
