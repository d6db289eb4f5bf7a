import Foundation

/// Credentials that whatever runs a container hands out to it.
struct ContainerCredentials: CredentialSource {
    /// How long to wait for an answer.
    static let timeout = Duration.seconds(2)
    private static let standardHost = "169.254.170.2"
    /// The hosts that are asked without TLS, beside those of loopback.
    private static let hosts: Set<String> = [
        standardHost, "169.254.170.23", "fd00:ec2::23", "localhost",
    ]

    private let surroundings: Surroundings
    private var environment: ProcessEnvironment { surroundings.environment }

    init(_ surroundings: Surroundings) {
        self.surroundings = surroundings
    }

    func load() async throws -> Credentials? {
        guard let (variable, url) = try address() else { return nil }
        let place = "the address in \(variable)"
        let headers = try token().map { [HTTPHeader("Authorization", $0)] } ?? []
        let answer: HTTPAnswer
        do {
            answer = try await surroundings.transport().send(
                HTTPRequest("GET", url, headers: headers, timeout: Self.timeout))
        } catch let error as TransportError {
            throw CredentialError("\(place) gave no answer: \(error)")
        }
        guard answer.status == 200 else {
            throw CredentialError("\(place) answered with status \(answer.status)")
        }
        return try CredentialDocument(answer.body, from: place).credentials(tokenMember: "Token")
    }

    private func address() throws(CredentialError) -> (variable: String, URL)? {
        let names = [
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        ]
        if let path = environment[names[0]] {
            guard path.hasPrefix("/"), let url = URL(string: "http://\(Self.standardHost)\(path)")
            else { throw CredentialError("\(names[0]) must be a path that begins with '/'") }
            return (names[0], url)
        }
        guard let text = environment[names[1]] else { return nil }
        guard let url = URL(string: text), let host = url.host(), !host.isEmpty,
            url.scheme == "https" || url.scheme == "http" && Self.isTrusted(host)
        else {
            throw CredentialError(
                "\(names[1]) must be an address that begins with https://, or with http:// and is "
                    + "of this machine, of ECS or of EKS")
        }
        return (names[1], url)
    }

    private static func isTrusted(_ host: String) -> Bool {
        let name = host.trimmingCharacters(in: ["[", "]"]).lowercased()
        let numbers = name.split(separator: ".", omittingEmptySubsequences: false)
            .compactMap { UInt8($0) }
        let isLoopback = name == "::1" || numbers.count == 4 && numbers[0] == 127
        return isLoopback && name.allSatisfy { !$0.isLetter } || hosts.contains(name)
    }

    private func token() throws(CredentialError) -> String? {
        let variable = "AWS_CONTAINER_AUTHORIZATION_TOKEN"
        var text = environment[variable]
        var place = variable
        if let path = environment["\(variable)_FILE"] {
            guard let data = FileManager.default.contents(atPath: environment.path(path)) else {
                throw CredentialError("\(variable)_FILE names '\(path)', which cannot be read")
            }
            text = String(decoding: data, as: UTF8.self)
            place = "the file of \(variable)_FILE"
        }
        guard text?.contains(where: \.isNewline) != true else {
            throw CredentialError("\(place) must be one line, without its end")
        }
        return text
    }
}
