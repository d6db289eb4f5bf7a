import Logging
import SageMakerAPI
import Tuning

/// Writes down who changed what: a line of the log for each operation that changes something.
///
/// Holds names and outcomes alone, never what a request asks for: hyperparameters and environments
/// are where people put their secrets.
struct AuditLog: Sendable {
    /// The longest name that is written down.
    private static let nameLengthMax = 256
    /// The members that name what an operation changes.
    private static let nameMembers = [
        "HyperParameterTuningJobName", "TrainingJobName", "AlgorithmName", "ResourceArn",
    ]

    let logger: Logger

    /// Writes down an operation and how it ended.
    ///
    /// - Parameters:
    ///   - body: What was asked, if it could be read.
    ///   - refusal: Why it was refused; `nil` when it was done.
    func record(
        _ operation: SageMakerAPI.Operation, _ body: JSONValue?, by sender: RequestSender,
        refusal: APIError?
    ) {
        guard operation.changesSomething else { return }
        let name = Self.nameMembers.lazy.compactMap { body?[$0]?.string }.first
        logger.notice(
            "Change",
            metadata: [
                "key": "\(sender.keyID.map(Self.plain) ?? "anonymous")",
                "operation": "\(operation.rawValue)",
                "resource": "\(name.map(Self.plain) ?? "")",
                "address": "\(sender.address.map(Self.plain) ?? "")",
                "outcome": "\(refusal?.code ?? "Done")",
                "request": "\(sender.requestID)",
            ])
    }

    /// A text that cannot pretend to be another line or another member of this one.
    private static func plain(_ text: String) -> String {
        String(
            text.unicodeScalars.prefix(nameLengthMax).map { scalar in
                let isPlain =
                    scalar.isASCII && (scalar.properties.isAlphabetic || scalar.value.isDigit)
                    || "-_.:/@[]".unicodeScalars.contains(scalar)
                return isPlain ? Character(scalar) : "?"
            })
    }
}

extension UInt32 {
    fileprivate var isDigit: Bool { (48...57).contains(self) }
}

extension SageMakerAPI.Operation {
    /// Whether it does more than describe, list or search.
    package var changesSomething: Bool {
        !["Describe", "List", "Search"].contains { rawValue.hasPrefix($0) }
    }
}
