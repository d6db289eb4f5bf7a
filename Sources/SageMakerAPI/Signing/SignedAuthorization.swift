/// An Authorization header, taken apart.
struct SignedAuthorization {
    let keyID: String
    let scope: CredentialScope
    /// What ends the scope; the service wants `aws4_request`.
    let terminator: String
    let signedHeaders: [String]
    let signature: String

    /// Reads a header.
    ///
    /// - Throws: `MissingAuthenticationTokenException`, `IncompleteSignatureException`.
    init(_ header: String) throws(APIError) {
        guard let space = header.firstIndex(of: " ") else {
            throw header.isEmpty ? .missingAuthentication : .incomplete(Self.noPair(header, header))
        }
        let algorithm = header[..<space]
        guard algorithm == StringToSign.algorithm else {
            throw .incomplete(
                algorithm.hasPrefix("AWS4-")
                    ? "Unsupported AWS 'algorithm': '\(algorithm)'."
                    : Self.noPair(String(algorithm), header))
        }
        let parameters = try Self.parameters(of: header, from: space)
        let missing = ["Credential", "Signature", "SignedHeaders"]
            .filter { parameters[$0, default: ""].isEmpty }
            .map { "Authorization header requires '\($0)' parameter. " }
        guard missing.isEmpty else {
            throw .incomplete(missing.joined() + "Authorization=\(header)")
        }
        let credential = parameters["Credential"] ?? ""
        let parts = credential.split(separator: "/", omittingEmptySubsequences: false)
            .map(String.init)
        guard parts.count == 5 else {
            throw .incomplete(
                "Credential must have exactly 5 slash-delimited elements, "
                    + "e.g. keyid/date/region/service/term, got '\(credential)'")
        }
        keyID = parts[0]
        scope = CredentialScope(day: parts[1], region: parts[2], service: parts[3])
        terminator = parts[4]
        signedHeaders = (parameters["SignedHeaders"] ?? "")
            .split(separator: ";", omittingEmptySubsequences: false)
            .map { $0.lowercased() }
        signature = parameters["Signature"] ?? ""
    }

    /// The pairs behind the algorithm; a name that comes twice is refused.
    private static func parameters(
        of header: String, from start: String.Index
    ) throws(APIError) -> [String: String] {
        var parameters: [String: String] = [:]
        for part in header[start...].split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map { $0.filter { !$0.isWhitespace } }
            guard pair.count == 2 else { throw .incomplete(noPair(pair[0], header)) }
            guard parameters.updateValue(pair[1], forKey: pair[0]) == nil else {
                throw .incomplete(
                    "Authorization header has '\(pair[0])' twice. Authorization=\(header)")
            }
        }
        return parameters
    }

    private static func noPair(_ part: String, _ header: String) -> String {
        "'\(part)' not a valid key=value pair (missing equal-sign) in Authorization header: "
            + "'\(header)'."
    }
}
