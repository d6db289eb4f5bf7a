import Foundation

/// The fields of a form, or of an address's query.
struct FormFields: Sendable {
    /// The longest form that is read, in bytes.
    static let bytesMax = 16_384

    private let values: [String: String]

    /// Reads `name=value&...`; what cannot be decoded is left out, and the first of equal names
    /// counts.
    init(_ text: String) {
        let pairs = text.split(separator: "&").compactMap { pair -> (String, String)? in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let decoded = parts.map {
                $0.replacing("+", with: " ").removingPercentEncoding
            }
            guard let name = decoded.first ?? nil, let value = decoded.count > 1 ? decoded[1] : ""
            else { return nil }
            return (name, value)
        }
        values = Dictionary(pairs) { first, _ in first }
    }

    /// The value of a field that is not empty.
    subscript(name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }
}

/// The addresses that the dashboard's own forms are sent to.
enum DashboardForms {
    /// Whether a path is one of them.
    static func contains(_ path: String) -> Bool {
        if path == "/sign-in" || path == "/sign-out" { return true }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 4 && ["tuning-jobs", "training-jobs"].contains(parts[1])
            && parts[3] == "stop"
    }
}

/// Addresses of the dashboard's pages.
enum DashboardPath {
    /// A tuning job's page.
    static func tuningJob(_ name: String) -> String { "/tuning-jobs/\(name.percentEncoded)" }

    /// A training job's page.
    static func trainingJob(_ name: String) -> String { "/training-jobs/\(name.percentEncoded)" }

    /// A path with a query of those fields that have a value.
    static func query(_ path: String, _ fields: [(String, String?)]) -> String {
        let pairs = fields.compactMap { name, value in
            value.map { "\(name.percentEncoded)=\($0.percentEncoded)" }
        }
        return pairs.isEmpty ? path : "\(path)?\(pairs.joined(separator: "&"))"
    }

    /// Where to go after signing in: a path of this service, whatever was asked for.
    static func local(_ path: String?) -> String {
        guard let path, path.hasPrefix("/"), !path.hasPrefix("//"), !path.contains("\\"),
            path.unicodeScalars.allSatisfy({ (0x21...0x7E).contains($0.value) })
        else { return "/" }
        return path
    }
}
