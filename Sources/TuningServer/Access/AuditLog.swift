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
    /// The members that name what an operation changes, with the kinds of resources in ARNs and
    /// what the log calls them.
    private static let nameMembers: [(member: String, kind: String, key: String)] = [
        ("HyperParameterTuningJobName", "hyper-parameter-tuning-job", "tuning_job"),
        ("TrainingJobName", "training-job", "training_job"),
        ("AlgorithmName", "algorithm", "algorithm"),
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
        let resource = Self.resource(of: body)
        var metadata: Logger.Metadata = [
            "key": "\(sender.keyID.map(Self.plain) ?? "anonymous")",
            "operation": "\(operation.rawValue)",
            "resource": "\(resource.map { Self.plain($0.text) } ?? "")",
            "address": "\(sender.address.map(Self.plain) ?? "")",
            "outcome": "\(refusal?.code ?? "Done")",
            "request": "\(sender.requestID)",
        ]
        if let resource, let key = resource.key {
            metadata[key] = "\(Self.plain(resource.name))"
        }
        logger.notice("Change", metadata: metadata)
    }

    /// What a request names: as it does so, what the log calls such a thing, and its name.
    private static func resource(
        of body: JSONValue?
    ) -> (text: String, key: String?, name: String)? {
        for (member, _, key) in nameMembers {
            if let name = body?[member]?.string { return (name, key, name) }
        }
        guard let arn = body?["ResourceArn"]?.string else { return nil }
        let parts = (arn.split(separator: ":").last ?? "").split(separator: "/", maxSplits: 1)
        let key = nameMembers.first { $0.kind == parts.first ?? "" }?.key
        return (arn, parts.count == 2 ? key : nil, String(parts.last ?? ""))
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
