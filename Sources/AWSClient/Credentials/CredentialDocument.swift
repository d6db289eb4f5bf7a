import Foundation
import SageMakerAPI
import Tuning

/// The JSON in which programs, containers and machines hand out credentials.
struct CredentialDocument {
    private let value: JSONValue
    private let place: String

    /// Reads a document.
    ///
    /// - Parameter place: Where it is from, for people.
    /// - Throws: `CredentialError`, which tells nothing of what stands there.
    init(_ bytes: [UInt8], from place: String) throws(CredentialError) {
        guard let value = try? JSONValue(parsing: bytes), value.object != nil else {
            throw CredentialError("\(place) gave no JSON object")
        }
        self.value = value
        self.place = place
    }

    /// A member, whatever it is.
    subscript(member: String) -> JSONValue? { value[member] }

    /// The credentials in it.
    ///
    /// - Parameter tokenMember: Where the session token is, if there is one.
    func credentials(tokenMember: String) throws(CredentialError) -> Credentials {
        let key = AccessKey(
            id: try text("AccessKeyId"), secret: try text("SecretAccessKey"),
            sessionToken: value[tokenMember] == nil ? nil : try text(tokenMember))
        guard value["Expiration"] != nil else { return Credentials(key: key) }
        let expiration = try Self.date(
            try text("Expiration"), namedBy: "'Expiration' of \(place)")
        return Credentials(key: key, expiration: expiration)
    }

    private func text(_ member: String) throws(CredentialError) -> String {
        guard let text = value[member]?.string, !text.isEmpty else {
            throw CredentialError("\(place) gave no text as '\(member)'")
        }
        return text
    }

    /// Reads when credentials end, such as `2030-01-31T12:00:00Z`.
    static func date(_ text: String, namedBy place: String) throws(CredentialError) -> Date {
        let styles = [false, true].map {
            Date.ISO8601FormatStyle(timeZoneSeparator: .colon, includingFractionalSeconds: $0)
        }
        for style in styles {
            if let date = try? style.parse(text) { return date }
        }
        throw CredentialError("\(place) must be a time such as '2030-01-31T12:00:00Z'")
    }
}
