import Tuning

/// The answer that describes an algorithm.
package enum DescribeAlgorithm {
    private static let copiedMembers = [
        "AlgorithmDescription", "TrainingSpecification", "InferenceSpecification",
        "ValidationSpecification", "CertifyForMarketplace",
    ]

    /// Puts together the answer.
    package static func answer(_ algorithm: Algorithm) -> JSONValue {
        var members = algorithm.wireMembers
        for name in copiedMembers { members[name] = algorithm.request[name] }
        members["CertifyForMarketplace"] = members["CertifyForMarketplace"] ?? false
        members["AlgorithmStatusDetails"] = [
            "ValidationStatuses": .array(algorithm.validations.map(\.described))
        ]
        return .object(members)
    }
}

extension Algorithm {
    /// The members that descriptions and listings of algorithms share.
    fileprivate var wireMembers: [String: JSONValue] {
        [
            "AlgorithmName": .string(name), "AlgorithmArn": .string(arn),
            "CreationTime": JSONValue(creationTime), "AlgorithmStatus": .string(status.rawValue),
        ]
    }

    /// The algorithm in a listing.
    var summary: JSONValue {
        var members = wireMembers
        members["AlgorithmDescription"] = request["AlgorithmDescription"]
        return .object(members)
    }
}

extension Algorithm.Validation {
    fileprivate var described: JSONValue {
        var members: [String: JSONValue] = [
            "Name": .string(name), "Status": .string(status.rawValue),
        ]
        members["FailureReason"] = reason.map { .string($0) }
        return .object(members)
    }
}
