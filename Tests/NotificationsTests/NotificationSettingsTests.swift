import Foundation
import Testing
import Tuning

@testable import Notifications

@Suite("The setting notify")
struct NotificationSettingsTests {
    private static func targets(_ json: String) throws -> [NotificationTarget] {
        try NotificationTarget.targets(try JSONValue(parsing: Array(json.utf8)))
    }

    @Test("What is left out has a default")
    func defaults() throws {
        let target = try #require(try Self.targets(#"[{"url":"https://example.com/x"}]"#).first)
        #expect(target.statuses == [.completed, .failed, .stopped])
        #expect(target.kinds == [.tuning])
        #expect(target.timeout == .seconds(10))
        #expect(target.attemptCountMax == 10)
        #expect(target.secret == nil)
    }

    @Test("A command is cut into words as an exec: image is")
    func command() throws {
        let target = try #require(
            try Self.targets(#"[{"command":"tell 'two words' a\\ b"}]"#).first)
        #expect(target.destination == .command(["tell", "two words", "a b"]))
    }

    struct Row: Sendable {
        let json: String
        let problem: String
    }

    @Test(
        "What is wrong is refused by its name",
        arguments: [
            Row(json: "{}", problem: "notify must be a list"),
            Row(json: "[1]", problem: "notify[0] must be a mapping"),
            Row(json: "[{}]", problem: "notify[0] must have either url or command"),
            Row(
                json: #"[{"url":"http://a/","command":"b"}]"#,
                problem: "notify[0] must have either url or command"),
            Row(json: #"[{"url":"ftp://a/"}]"#, problem: "notify[0].url must be like"),
            Row(json: #"[{"url":"http:///x"}]"#, problem: "notify[0].url must be like"),
            Row(json: #"[{"command":"a 'b"}]"#, problem: "notify[0].command lacks a closing"),
            Row(json: #"[{"command":" "}]"#, problem: "notify[0].command is empty"),
            Row(
                json: #"[{"url":"http://a/","on":["InProgress"]}]"#,
                problem: "notify[0].on must be a list of some of Stopped, Completed, Failed"),
            Row(json: #"[{"url":"http://a/","on":[]}]"#, problem: "notify[0].on must be"),
            Row(json: #"[{"url":"http://a/","jobs":"all"}]"#, problem: "notify[0].jobs must be"),
            Row(json: #"[{"url":"http://a/","secret":""}]"#, problem: "notify[0].secret must be"),
            Row(
                json: #"[{"url":"http://a/","secret":"whsec_?"}]"#,
                problem: "notify[0].secret must be"),
            Row(
                json: #"[{"command":"a","secret":"b"}]"#,
                problem: "notify[0].secret is for a url alone"),
            Row(
                json: #"[{"url":"http://a/","headers":{"a b":"c"}}]"#,
                problem: "notify[0].headers.a b is no header"),
            Row(
                json: #"[{"url":"http://a/","headers":{"a":"b\nc: d"}}]"#,
                problem: "notify[0].headers.a must be a text of one line"),
            Row(
                json: #"[{"url":"http://a/","headers":{"Webhook-Id":"c"}}]"#,
                problem: "notify[0].headers.Webhook-Id is no header"),
            Row(
                json: #"[{"url":"http://a/","attempts":0}]"#,
                problem: "notify[0].attempts must be a whole number from 1 to 100"),
            Row(
                json: #"[{"url":"http://a/","timeoutSeconds":1.5}]"#,
                problem: "notify[0].timeoutSeconds must be a whole number"),
            Row(
                json: #"[{"url":"http://a/"},{"url":"http://a/","on":["Failed"]}]"#,
                problem: "notify[1] tells the same as notify[0]"),
            Row(
                json: #"[{"command":"a"},{"uri":"http://a/"}]"#,
                problem: "there is no setting 'notify[1].uri'; there are attempts, command"),
        ])
    func refused(row: Row) {
        let error = #expect(throws: NotificationSettingsError.self) { try Self.targets(row.json) }
        #expect(error?.description.hasPrefix(row.problem) == true, "\(error?.description ?? "")")
    }

    @Test("A target shows neither its path nor what follows its program")
    func description() throws {
        let targets = try Self.targets(
            #"[{"url":"https://h.example/secret"},{"command":"tell --token x"}]"#)
        #expect(targets.map(\.description) == ["https://h.example", "tell"])
    }
}

@Suite("Signatures of webhooks")
struct WebhookSecretTests {
    @Test("The specification's own example has its signature")
    func reference() throws {
        // From the Standard Webhooks reference libraries, tests of sign().
        let secret = try #require(WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let signature = secret.signature(
            of: Array(#"{"test": 2432232314}"#.utf8), id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
            seconds: 1_614_265_330)
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test("A secret that is printed stays one")
    func silent() throws {
        let secret = try #require(WebhookSecret("hunter2"))
        #expect(!"\(secret) \(String(reflecting: secret))".contains("hunter2"))
        var text = ""
        dump(secret, to: &text)
        #expect(!text.contains("104"))
    }
}
