import Foundation

/// The services of Amazon that are called.
package enum AWSService: String, Hashable, Sendable, CaseIterable {
    /// Training jobs.
    case sageMaker = "sagemaker"
    /// Objects in buckets.
    case s3
    /// Temporary credentials.
    case sts

    /// Its name in signatures, in variables and in configuration files.
    package var name: String { rawValue }

    /// The address that Amazon gives it in a region.
    func standardEndpoint(region: String) throws(ConfigurationError) -> URL {
        // A region is put into host names: nothing else may come along with it.
        let isName = region.utf8.allSatisfy { $0 == UInt8(ascii: "-") || $0.isLetterOrDigit }
        guard isName, !region.isEmpty, let url = URL(string: "https://\(host(in: region))") else {
            throw ConfigurationError(
                "'\(region)' is not the name of a region; one looks like 'eu-west-1'")
        }
        return url
    }

    private func host(in region: String) -> String {
        let domain = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        return switch self {
        case .sageMaker: "api.sagemaker.\(region).\(domain)"
        case .s3: "s3.\(region).\(domain)"
        case .sts: "sts.\(region).\(domain)"
        }
    }
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
