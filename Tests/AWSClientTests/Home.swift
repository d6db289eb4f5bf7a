import AWSClient
import Foundation

/// A home directory of its own; it is removed with this value and all that is configured in it.
final class Home: Sendable {
    /// The moment at which tests take place: `2026-01-01T00:00:00Z`.
    static let now = Date(timeIntervalSince1970: 1_767_225_600)

    let url = FileManager.default.temporaryDirectory
        .appending(path: "tuner-aws-\(UUID().uuidString)")

    /// Writes the two files of Amazon's programs.
    init(config: String? = nil, credentials: String? = nil) throws {
        try FileManager.default.createDirectory(
            at: url.appending(path: ".aws"), withIntermediateDirectories: true)
        if let config { try write(config, to: ".aws/config") }
        if let credentials { try write(credentials, to: ".aws/credentials") }
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Writes a file.
    ///
    /// - Returns: Its path.
    @discardableResult
    func write(_ text: String, to path: String) throws -> String {
        let file = url.appending(path: path)
        try Data(text.utf8).write(to: file)
        return file.path(percentEncoded: false)
    }

    /// What is configured here, for a network on which nobody answers unless there is one.
    func configuration(
        _ environment: [String: String] = [:],
        overrides: AWSConfiguration.Overrides = .init(asksInstance: false),
        network: ScriptedTransport = .unreachable, now: Date = Home.now
    ) -> AWSConfiguration {
        AWSConfiguration(
            environment: environment, homeDirectory: url, overrides: overrides,
            transport: network, now: { withExtendedLifetime(self) { now } })
    }
}

extension ScriptedTransport {
    /// A network on which nobody answers.
    static var unreachable: ScriptedTransport {
        ScriptedTransport { _, _ in throw TransportError(.unreachable, "nobody is there") }
    }
}

extension HTTPAnswer {
    /// An answer of STS with a key.
    static func sts(id: String, ends: String = "2026-01-01T01:00:00Z") -> HTTPAnswer {
        .text(
            """
            <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
              <AssumeRoleResult><AssumedRoleUser><Arn>arn</Arn></AssumedRoleUser><Credentials>
                <AccessKeyId>\(id)</AccessKeyId>
                <SecretAccessKey>hidden-&lt;&amp;lt;\(id)</SecretAccessKey>
                <SessionToken>hidden-token-\(id)</SessionToken>
                <Expiration>\(ends)</Expiration>
              </Credentials></AssumeRoleResult>
            </AssumeRoleResponse>
            """)
    }

    /// An answer of a text.
    static func text(_ text: String, status: Int = 200) -> HTTPAnswer {
        HTTPAnswer(status: status, body: Array(text.utf8))
    }
}

extension HTTPRequest {
    /// The parameters of a form.
    var form: [String: String] {
        let pairs = String(decoding: body, as: UTF8.self).split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", omittingEmptySubsequences: false)
            return (String(parts[0]), parts[1].removingPercentEncoding ?? "")
        }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    /// The name of the key that it is signed with.
    var keyID: String? {
        header("authorization")?.split(separator: "Credential=").last?.split(separator: "/").first
            .map(String.init)
    }
}
