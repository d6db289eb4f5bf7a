import Foundation
import Hummingbird
import SageMakerAPI
import Testing
import Tuning

@testable import TuningServer

@Suite("Who may use the dashboard")
struct DashboardAccessTests {
    private static let running = Requests.tuningJob("held", count: 2, fixed: ["hold": "yes"])

    @Test("Without a session pages ask for one, and everything else is refused")
    func strangers() async throws {
        try await DashboardService.run(hasKeys: true) { dashboard in
            for path in [
                "/", "/tuning-jobs/x", "/training-jobs/x", "/algorithms", "/training-jobs",
                "/backends",
            ] {
                let page = try await dashboard.get(path)
                #expect(page.status == 303, "\(path)")
                let next = path.percentEncoded
                #expect(page.header("Location") == "/sign-in?next=\(next)")
            }
            for path in [
                "/api/events", "/api/backends", "/api/tuning-jobs",
                "/tuning-jobs/x/charts/history.svg",
                "/tuning-jobs/x/report.html", "/tuning-jobs/x/curves.csv", "/fragments/tuning-jobs",
                "/tuning-jobs/x/fragments/summary", "/api/training-jobs/x/logs",
            ] {
                let page = try await dashboard.get(path, accept: "*/*")
                #expect((400..<404).contains(page.status), "\(path)")
                #expect(page.text.contains("MissingAuthenticationToken"), "\(path)")
            }
        }
    }

    @Test("A key begins a session that no script sees, and signing out ends it")
    func session() async throws {
        try await DashboardService.run(hasKeys: true) { dashboard in
            let keys = try #require(dashboard.keys)
            let token = try await dashboard.get("/sign-in").formToken
            let page = try await dashboard.post(
                "/sign-in",
                [
                    "key": keys.full.id, "secret": keys.full.accessKey.secret, "token": token,
                    "next": "//evil.example",
                ])
            #expect(page.header("Location") == "/")
            let cookie = try #require(page.header("Set-Cookie"))
            for part in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age="] {
                #expect(cookie.contains(part))
            }
            let session = ["Cookie": page.cookie]
            let home = try await dashboard.get("/", session)
            #expect(home.status == 200 && home.text.contains(keys.full.id))
            let refused = try await dashboard.post("/sign-out", ["token": "x"], session)
            #expect(refused.status == 403)
            let form = ["token": home.formToken]
            #expect(try await dashboard.post("/sign-out", form, session).status == 303)
            #expect(try await dashboard.get("/", session).status == 303)
        }
    }

    @Test("Wrong keys and secrets begin nothing, and after ten nobody looks at them")
    func attempts() async throws {
        let capture = LogCapture()
        try await DashboardService.run(hasKeys: true, logger: capture.logger) { dashboard in
            let key = try #require(dashboard.keys?.full)
            let token = try await dashboard.get("/sign-in").formToken
            var statuses: [Int] = []
            for attempt in 0..<SignInAttempts.countMax {
                let form = [
                    "key": attempt == 0 ? "AKIAUNKNOWN" : key.id, "secret": "hidden-value",
                    "token": token,
                ]
                let page = try await dashboard.post("/sign-in", form)
                #expect(page.header("Set-Cookie") == nil)
                statuses.append(page.status)
            }
            #expect(Set(statuses) == [403])
            let page = try await dashboard.post(
                "/sign-in", ["key": key.id, "secret": key.accessKey.secret, "token": token])
            #expect(page.status == 429)
            #expect(page.header("Retry-After") != nil)
            #expect(capture.lines.contains { $0.contains("Sign-in") })
            #expect(!capture.lines.contains { $0.contains("hidden-value") })
        }
    }

    @Test("A key that is revoked takes its sessions with it")
    func revocation() async throws {
        try await DashboardService.run(hasKeys: true) { dashboard in
            let keys = try #require(dashboard.keys)
            let session = ["Cookie": try await dashboard.signIn(keys.full)]
            #expect(try await dashboard.get("/", session).status == 200)
            _ = try keys.file.revoke(keys.full.id)
            #expect(try await dashboard.get("/", session).status == 303)
        }
    }

    @Test("A session ends by itself")
    func expiry() throws {
        let sessions = DashboardSessions()
        let directory = TemporaryDirectory()
        let key = try AccessKeyFile(dataDirectory: directory.url)
            .create(name: nil, isReadOnly: false)
        let start = Date(timeIntervalSince1970: 1_800_000_000)
        let name = sessions.begin(keyID: key.id, at: start)
        let late = start.addingTimeInterval(DashboardSessions.lifetime)
        #expect(sessions.session(name, keys: [key.id: key], at: start) != nil)
        #expect(sessions.session(name, keys: [key.id: key], at: late) == nil)
    }

    @Test("Stopping asks first, is done once, and is written down")
    func stopping() async throws {
        let capture = LogCapture()
        try await DashboardService.run(hasKeys: true, logger: capture.logger) { dashboard in
            let keys = try #require(dashboard.keys)
            _ = try await dashboard.service.send("CreateHyperParameterTuningJob", Self.running)
            let session = ["Cookie": try await dashboard.signIn(keys.full)]
            let page = try await dashboard.get("/tuning-jobs/held", session)
            #expect(page.text.contains("href=\"/tuning-jobs/held/stop\""))
            let question = try await dashboard.get("/tuning-jobs/held/stop", session)
            #expect(question.text.contains("Stop the tuning job held?"))
            for token in ["", "0000", try await dashboard.get("/sign-in").formToken] {
                let refused = try await dashboard.post(
                    "/tuning-jobs/held/stop", ["token": token], session)
                #expect(refused.status == 403)
            }
            let answer = try await dashboard.post(
                "/tuning-jobs/held/stop", ["token": question.formToken], session)
            #expect(answer.status == 303)
            #expect(answer.header("Location") == "/tuning-jobs/held")
            _ = try await dashboard.service.poll(
                "DescribeHyperParameterTuningJob", ["HyperParameterTuningJobName": "held"]
            ) { $0["HyperParameterTuningJobStatus"] == "Stopped" }
            let lines = capture.lines.filter {
                $0.contains("StopHyperParameterTuningJob") && $0.contains(keys.full.id)
            }
            #expect(lines.count == 1)
        }
    }

    @Test("A key that may only read sees everything, and stops nothing")
    func readOnly() async throws {
        let capture = LogCapture()
        try await DashboardService.run(hasKeys: true, logger: capture.logger) { dashboard in
            let key = try #require(dashboard.keys?.reading)
            _ = try await dashboard.service.send("CreateHyperParameterTuningJob", Self.running)
            let session = ["Cookie": try await dashboard.signIn(key)]
            let page = try await dashboard.get("/tuning-jobs/held", session)
            #expect(page.status == 200 && !page.text.contains("/stop\""))
            #expect(try await dashboard.get("/tuning-jobs/held/stop", session).status == 403)
            let answer = try await dashboard.post(
                "/tuning-jobs/held/stop", ["token": page.formToken], session)
            #expect(answer.status == 403)
            #expect(capture.lines.contains { $0.contains("outcome=AccessDeniedException") })
            let reply = try await dashboard.service.send(
                "DescribeHyperParameterTuningJob", ["HyperParameterTuningJobName": "held"])
            #expect(reply["HyperParameterTuningJobStatus"] == "InProgress")
        }
    }

    @Test("A request that a key signed needs no session, and cannot be sent by a form")
    func signed() async throws {
        try await DashboardService.run(hasKeys: true) { dashboard in
            let key = try #require(dashboard.keys?.reading.accessKey)
            try await dashboard.finishTuningJob("digits")
            func headers(_ path: String, _ key: AccessKey) -> [String: String] {
                let request = SignableRequest(
                    method: "GET", path: path, headers: [.init("Host", "localhost")])
                let signed = Signer(key: key, region: "us-east-1")
                    .signed(request, body: [], at: Date())
                return Dictionary(
                    signed.headers.filter { $0.name != "host" }.map { ($0.name, $0.value) }
                ) { first, _ in first }
            }
            for path in [
                "/tuning-jobs/digits/report.html", "/tuning-jobs/digits/training-jobs.csv",
                "/tuning-jobs/digits/charts/history.svg", "/api/tuning-jobs",
            ] {
                let page = try await dashboard.get(path, accept: "*/*", headers(path, key))
                #expect(page.status == 200, "\(path): \(page.text.prefix(300))")
                let wrong = AccessKey(id: key.id, secret: "x")
                let refused = try await dashboard.get(path, accept: "*/*", headers(path, wrong))
                #expect(refused.text.contains("InvalidSignatureException"), "\(path)")
            }
        }
    }

    @Test(
        "A form of another page is refused",
        arguments: [
            ["Origin": "http://evil.example"], ["Origin": "null"], ["Sec-Fetch-Site": "cross-site"],
            ["Sec-Fetch-Site": ""], ["Origin": ""], ["Origin": "https://localhost"],
        ])
    func otherPages(headers: [String: String]) async throws {
        try await DashboardService.run { dashboard in
            _ = try await dashboard.service.send("CreateHyperParameterTuningJob", Self.running)
            let token = try await dashboard.get("/tuning-jobs/held/stop").formToken
            let path = "/tuning-jobs/held/stop"
            let page = try await dashboard.post(path, ["token": token], headers)
            #expect(page.status == 403)
            let own = try await dashboard.post(path, ["token": token])
            #expect(own.status == 303)
        }
    }

    struct Visit: Sendable {
        let path: String
        let headers: [String: String]
        let status: Int
    }

    private static func visit(
        _ path: String = "/", site: String = "cross-site", mode: String = "navigate",
        destination: String = "document", more: [String: String] = [:], status: Int
    ) -> Visit {
        let fetch = [
            "Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": destination,
        ]
        return Visit(path: path, headers: fetch.merging(more) { $1 }, status: status)
    }

    @Test(
        "A link on another page leads to the dashboard; nothing else of that page does",
        arguments: [
            visit(status: 200), visit(site: "same-site", status: 200),
            visit("/backends", status: 200),
            visit(destination: "iframe", status: 403), visit(destination: "image", status: 403),
            visit(mode: "no-cors", status: 403), visit(mode: "cors", status: 403),
            visit(more: ["Origin": "http://evil.example"], status: 403),
        ])
    func links(visit: Visit) async throws {
        try await DashboardService.run { dashboard in
            let page = try await dashboard.get(visit.path, visit.headers)
            #expect(page.status == visit.status)
        }
    }

    @Test("The API takes no forms, also not from the dashboard's own pages")
    func formsOfTheAPI() async throws {
        try await DashboardService.run { dashboard in
            let page = try await dashboard.post("/", ["a": "b"])
            #expect(page.status == 403)
        }
    }
}
