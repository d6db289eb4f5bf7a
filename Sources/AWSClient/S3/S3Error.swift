import Tuning

/// A refusal by S3, or by what stands in for it.
package struct S3Error: Error, Hashable, Sendable, CustomStringConvertible {
    /// The code, such as `NoSuchKey`.
    package let code: String
    /// What the service says.
    package let message: String
    /// The status of the answer.
    package let status: Int
    /// The object, or the bucket, that was asked for.
    package let address: S3Address
    /// The region the bucket is in, where the service tells.
    package let region: String?

    /// Describes a refusal.
    package init(
        code: String, message: String, status: Int, address: S3Address, region: String? = nil
    ) {
        self.code = code
        self.message = message
        self.status = status
        self.address = address
        self.region = region
    }

    /// Reads a refusal; an answer without a body, as to HEAD, is known by its status.
    init(_ answer: HTTPAnswer, to address: S3Address) {
        let document = try? XMLElement(parsing: answer.body)
        let error = document?.name == "Error" ? document : nil
        let code = error?["Code"]?.text ?? Self.code(of: answer.status)
        self.init(
            code: code, message: error?["Message"]?.text ?? "status \(answer.status)",
            status: answer.status, address: address, region: answer[header: "x-amz-bucket-region"])
    }

    private static func code(of status: Int) -> String {
        switch status {
        case 301, 307: "PermanentRedirect"
        case 403: "AccessDenied"
        case 404: "NotFound"
        case 412: "PreconditionFailed"
        case 503: "ServiceUnavailable"
        default: "Status\(status)"
        }
    }

    /// Whether the same request may succeed later.
    var isPassing: Bool {
        [429, 500, 502, 503, 504].contains(status)
            || ["SlowDown", "InternalError", "RequestTimeout", "ServiceUnavailable"].contains(code)
    }

    /// What is wrong, and with what.
    package var description: String {
        let elsewhere = region.map { "; the bucket is in region \($0)" } ?? ""
        return "\(code): \(message) (\(address)\(status == 301 || status == 400 ? elsewhere : ""))"
    }
}

extension DataTransferError {
    /// Why a transfer failed, from what a request for an object threw.
    init(_ error: any Error, at address: S3Address) {
        switch error {
        case let error as DataTransferError:
            self = error
        case let error as S3Error:
            self.init(Self.kind(of: error), error.description)
        case let error as CredentialError:
            self.init(.denied, "\(error.description) (\(address))")
        default:
            self.init(.unavailable, "\(error) (\(address))")
        }
    }

    private static func kind(of error: S3Error) -> Kind {
        if error.isPassing { return .unavailable }
        switch error.status {
        case 401, 403: return .denied
        case 404: return .notFound
        case 412: return .changed
        default: return .refused
        }
    }
}
