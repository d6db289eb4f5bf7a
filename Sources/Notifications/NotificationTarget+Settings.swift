import Backends
import Foundation
import Tuning

// notify:
//   - url: https://example.com/hooks        or command: /usr/local/bin/tell --loudly
//     on: [Completed, Failed, Stopped]
//     jobs: [tuning]
//     secret: whsec_...
//     headers: {Authorization: Bearer ...}
//     timeoutSeconds: 10
//     attempts: 10

/// Why the settings of notifications were refused.
package struct NotificationSettingsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which setting is wrong, and what would be right.
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension NotificationTarget {
    /// The most that are told.
    package static let countMax = 32
    private static let members = [
        "url", "command", "on", "jobs", "secret", "headers", "timeoutSeconds", "attempts",
    ]

    /// Reads the setting `notify`.
    ///
    /// - Throws: `NotificationSettingsError` that names the setting.
    package static func targets(
        _ setting: JSONValue
    ) throws(NotificationSettingsError) -> [NotificationTarget] {
        guard let elements = setting.array else {
            throw NotificationSettingsError("notify must be a list")
        }
        guard elements.count <= countMax else {
            throw NotificationSettingsError("notify must have at most \(countMax) elements")
        }
        var targets: [NotificationTarget] = []
        for (index, element) in elements.enumerated() {
            let target = try NotificationTarget(element, at: "notify[\(index)]")
            if let twin = targets.firstIndex(where: { $0.key == target.key }) {
                throw NotificationSettingsError(
                    "notify[\(index)] tells the same as notify[\(twin)]; make one of them")
            }
            targets.append(target)
        }
        return targets
    }

    private init(_ value: JSONValue, at place: String) throws(NotificationSettingsError) {
        guard let object = value.object else {
            throw NotificationSettingsError("\(place) must be a mapping of names to values")
        }
        if let unknown = object.keys.sorted().first(where: { !Self.members.contains($0) }) {
            let names = Self.members.sorted().joined(separator: ", ")
            throw NotificationSettingsError(
                "there is no setting '\(place).\(unknown)'; there are \(names)")
        }
        let reader = SettingReader(object: object, place: place)
        let statuses = try reader.choices(
            "on", of: TuningJob.Status.allCases.filter(\.isFinished))
        let kinds = try reader.choices(
            "jobs", of: [TuningJobSpecification.Kind.tuning, .training])
        let destination = try reader.destination()
        if case .command = destination {
            for name in ["secret", "headers"] where object[name] != nil {
                throw NotificationSettingsError("\(place).\(name) is for a url alone")
            }
        }
        self.init(
            destination: destination,
            statuses: statuses ?? Set(TuningJob.Status.allCases.filter(\.isFinished)),
            kinds: kinds ?? [.tuning], secret: try reader.secret(), headers: try reader.headers(),
            timeout: .seconds(try reader.number("timeoutSeconds", in: 1...3_600) ?? 10),
            attemptCountMax: try reader.number("attempts", in: 1...100) ?? 10)
    }
}

/// Reads the members of one target.
private struct SettingReader {
    let object: [String: JSONValue]
    let place: String

    func destination() throws(NotificationSettingsError) -> NotificationTarget.Destination {
        switch (object["url"], object["command"]) {
        case (let value?, nil):
            guard let text = value.string, let url = URL(string: text),
                url.host()?.isEmpty == false, ["http", "https"].contains(url.scheme)
            else { throw problem("url", "must be like https://HOST/PATH") }
            return .webhook(url)
        case (nil, let value?):
            guard let line = value.string else { throw problem("command", "must be a text") }
            let words: [String]
            do throws(ShellWords.Problem) {
                words = try ShellWords(line).words
            } catch {
                throw problem("command", error.description)
            }
            guard !words.isEmpty else { throw problem("command", "is empty") }
            return .command(words)
        case (nil, nil), (.some, .some):
            throw NotificationSettingsError("\(place) must have either url or command")
        }
    }

    func secret() throws(NotificationSettingsError) -> WebhookSecret? {
        guard let value = object["secret"] else { return nil }
        guard let text = value.string, let secret = WebhookSecret(text) else {
            throw problem("secret", "must be a text: whsec_ with base64, or any other")
        }
        return secret
    }

    func headers() throws(NotificationSettingsError) -> [String: String] {
        guard let value = object["headers"] else { return [:] }
        guard let members = value.object else {
            throw problem("headers", "must be a mapping of names to texts")
        }
        var headers: [String: String] = [:]
        for (name, value) in members {
            let isName =
                !name.isEmpty
                && name.utf8.allSatisfy {
                    (0x21...0x7e).contains($0) && !"()<>@,;:\\\"/[]?={}".utf8.contains($0)
                }
            guard isName, !name.lowercased().hasPrefix("webhook-"),
                !["host", "content-length", "content-type"].contains(name.lowercased())
            else { throw problem("headers.\(name)", "is no header that can be given") }
            guard let text = value.string,
                text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f })
            else { throw problem("headers.\(name)", "must be a text of one line") }
            headers[name] = text
        }
        return headers
    }

    func number(
        _ name: String, in range: ClosedRange<Int>
    ) throws(NotificationSettingsError) -> Int? {
        guard let value = object[name] else { return nil }
        guard let number = value.integer, range.contains(number) else {
            throw problem(
                name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func choices<Choice: RawRepresentable<String> & Hashable>(
        _ name: String, of all: [Choice]
    ) throws(NotificationSettingsError) -> Set<Choice>? {
        guard let value = object[name] else { return nil }
        let known = all.map(\.rawValue).joined(separator: ", ")
        guard let elements = value.array, !elements.isEmpty else {
            throw problem(name, "must be a list of some of \(known)")
        }
        var choices: Set<Choice> = []
        for element in elements {
            guard let choice = all.first(where: { $0.rawValue == element.string }) else {
                throw problem(name, "must be a list of some of \(known)")
            }
            choices.insert(choice)
        }
        return choices
    }

    private func problem(_ name: String, _ text: String) -> NotificationSettingsError {
        NotificationSettingsError("\(place).\(name) \(text)")
    }
}
