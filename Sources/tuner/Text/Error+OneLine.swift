extension Error {
    /// What is wrong, without line breaks.
    var oneLine: String { ((self as? DecodingError)?.explanation ?? "\(self)").inOneLine }
}

extension String {
    /// The same text, without line breaks.
    var inOneLine: String {
        split(whereSeparator: \.isNewline)
            .map { $0.trimmingPrefix { $0 == " " } }
            .joined(separator: " ")
    }
}

extension DecodingError {
    fileprivate var explanation: String {
        let context: Context
        switch self {
        case .typeMismatch(_, let found), .valueNotFound(_, let found),
            .keyNotFound(_, let found), .dataCorrupted(let found):
            context = found
        @unknown default: return "\(self)"
        }
        let path = context.codingPath.map(\.stringValue).joined(separator: ".")
        let cause = context.underlyingError.map { " \($0)" } ?? ""
        return (path.isEmpty ? "" : "\(path): ") + context.debugDescription + cause
    }
}
