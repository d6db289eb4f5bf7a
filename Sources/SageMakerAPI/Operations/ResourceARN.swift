import Tuning

/// The ARN of a job or an algorithm, which names it in any case.
package struct ResourceARN: Hashable, Sendable {
    /// What an ARN can name here.
    package enum Kind: String, Sendable {
        case tuningJob = "hyper-parameter-tuning-job"
        case trainingJob = "training-job"
        case algorithm
    }

    /// What it names.
    package let kind: Kind
    /// Its name; the letters' case may differ.
    package let name: String
    private let text: String

    init(checked value: JSONValue?) throws(APIError) {
        text = value?.string ?? ""
        let resource =
            text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).last ?? ""
        let parts = resource.split(separator: "/", maxSplits: 1)
        guard parts.count == 2, let kind = Kind(rawValue: String(parts[0])) else {
            throw .validation(
                "The ResourceArn \(text) names nothing that can have tags; give the ARN of a "
                    + "hyper-parameter-tuning-job, a training-job or an algorithm.")
        }
        self.kind = kind
        name = String(parts[1])
    }

    /// Whether this is the ARN of a resource.
    package func isARN(_ arn: String) -> Bool { text.lowercased() == arn.lowercased() }

    /// The error for an ARN of nothing that is stored.
    package var notFound: APIError {
        .validation("There is no resource with the ResourceArn \(text).")
    }
}
