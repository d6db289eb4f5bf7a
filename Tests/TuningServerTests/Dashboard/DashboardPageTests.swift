import Foundation
import Hummingbird
import Testing
import Tuning

@testable import TuningServer

@Suite("Pages of the dashboard")
struct DashboardPageTests {
    @Test("Every page is there, with the headers that protect it")
    func pages() async throws {
        try await DashboardService.run { dashboard in
            try await dashboard.finishTuningJob("digits")
            _ = try await dashboard.service.send(
                "CreateTrainingJob", Requests.trainingJob("alone"))
            let api = try await dashboard.get("/api/tuning-jobs/digits/training-jobs")
            let jobs = try JSONValue(parsing: api.text)["trainingJobs"]?.array
            let training = try #require(jobs?.first?["name"]?.string)
            for (path, expected) in [
                ("/", "data-job=\"digits\""), ("/tuning-jobs/digits", "3 of 3"),
                ("/training-jobs", training), ("/training-jobs?kind=training", "alone"),
                ("/training-jobs/\(training)", "Chosen by the rule “drawn”."),
                ("/training-jobs/alone", "There is no log of this training job here."),
                ("/algorithms", "No algorithms"), ("/backends", "Reachable"),
                ("/tuning-jobs/digits/stop", "not running any"),
                ("/tuning-jobs/digits?sort=FinalObjectiveMetricValue&order=Ascending", "▲"),
                ("/?name=nothing", "No tuning job matches"),
            ] {
                let page = try await dashboard.get(path)
                #expect(page.status == 200, "\(path)")
                #expect(page.text.contains(expected), "\(path)")
                #expect(page.text.contains("</html>"), "\(path)")
                #expect(page.header("Content-Security-Policy") == DashboardResponses.contentPolicy)
                #expect(page.header("X-Content-Type-Options") == "nosniff")
                #expect(page.header("Referrer-Policy") == "same-origin")
                #expect(page.header("Cache-Control") == "no-store")
                #expect(!page.text.contains("style=\"") && !page.text.contains("<style"))
            }
            let own = try await dashboard.get("/training-jobs?kind=training").text
            #expect(!own.contains(training))
        }
    }

    @Test("Parts, charts, tables and the report are what they say")
    func parts() async throws {
        try await DashboardService.run { dashboard in
            try await dashboard.finishTuningJob("digits", count: 5)
            for (path, type, expected) in [
                ("/fragments/tuning-jobs", "text/html", "data-job=\"digits\""),
                ("/tuning-jobs/digits/fragments/summary", "text/html", "5 of 5"),
                ("/tuning-jobs/digits/fragments/training-jobs", "text/html", "is-best"),
                ("/tuning-jobs/digits/fragments/charts/history", "text/html", "<svg"),
                ("/tuning-jobs/digits/charts/history.svg", "image/svg+xml", "<svg"),
                ("/tuning-jobs/digits/charts/sparkline.svg", "image/svg+xml", "<path"),
                ("/tuning-jobs/digits/report.html", "text/html", "<svg"),
                ("/tuning-jobs/digits/training-jobs.csv", "text/csv", "lr"),
                ("/tuning-jobs/digits/training-jobs.json", "application/json", "lr"),
                ("/tuning-jobs/digits/curves.csv", "text/csv", "\n"),
                ("/tuning-jobs/digits/curves.json", "application/json", "["),
                ("/api/tuning-jobs", "application/json", "\"digits\""),
                ("/api/tuning-jobs/digits", "application/json", "\"health\":[]"),
            ] {
                let page = try await dashboard.get(path, accept: "*/*")
                #expect(page.status == 200, "\(path) \(page.text.prefix(200))")
                #expect(page.header("Content-Type")?.hasPrefix(type) == true, "\(path)")
                #expect(page.text.contains(expected), "\(path)")
                #expect(page.header("Content-Security-Policy")?.contains("'none'") == true)
            }
        }
    }

    @Test("The best value is of the objective of the definition that it came from")
    func objectives() async throws {
        try await DashboardService.run { dashboard in
            var request = Requests.tuningJob("both", count: 6).object ?? [:]
            var config = request["HyperParameterTuningJobConfig"]?.object ?? [:]
            var definition = request["TrainingJobDefinition"]?.object ?? [:]
            definition["HyperParameterRanges"] = config["ParameterRanges"]
            config["ParameterRanges"] = nil
            config["HyperParameterTuningJobObjective"] = nil
            request["HyperParameterTuningJobConfig"] = .object(config)
            request["TrainingJobDefinition"] = nil
            request["TrainingJobDefinitions"] = .array(
                ["Minimize", "Maximize"].map { direction in
                    definition["DefinitionName"] = .string(direction)
                    definition["TuningObjective"] = [
                        "Type": .string(direction), "MetricName": "score",
                    ]
                    return .object(definition)
                })
            _ = try await dashboard.service.send(
                "CreateHyperParameterTuningJob", .object(request))
            _ = try await dashboard.service.poll(
                "DescribeHyperParameterTuningJob", ["HyperParameterTuningJobName": "both"]
            ) { $0["HyperParameterTuningJobStatus"] == "Completed" }
            let answer = try JSONValue(
                parsing: try await dashboard.get("/api/tuning-jobs/both", accept: "*/*").text)
            let best = try #require(answer["best"]?["name"]?.string)
            let training = try JSONValue(
                parsing: try await dashboard.get("/api/training-jobs/\(best)", accept: "*/*").text)
            // Scores are above zero, so one to be maximised costs least.
            #expect(try #require(training["value"]?.number) > 0)
            #expect(answer["bestValue"]?.number == training["value"]?.number)
            #expect(answer["best"]?["value"]?.number == training["value"]?.number)
            let all = try JSONValue(
                parsing: try await dashboard.get("/api/tuning-jobs", accept: "*/*").text)
            #expect(all["tuningJobs"]?.array?.first?["bestValue"] == answer["bestValue"])
        }
    }

    @Test("Parts and pagers keep the length of a page")
    func lengths() async throws {
        try await DashboardService.run { dashboard in
            try await dashboard.finishTuningJob("digits", count: 5)
            for path in ["/tuning-jobs/digits?limit=2", "/?limit=1", "/training-jobs?limit=2"] {
                let page = try await dashboard.get(path).text
                let limit = path.suffix(7)
                if !path.hasPrefix("/training-jobs") {
                    #expect(page.contains(#/data-live="[^"]*fragments\/[^"]*jobs\?limit=/#))
                }
                if !path.hasPrefix("/?") {
                    #expect(
                        page.contains("\(limit)&amp;next=") || page.contains("&amp;\(limit)&"),
                        "\(path)")
                }
            }
        }
    }

    @Test("Charts that cannot be drawn say why")
    func absences() async throws {
        try await DashboardService.run { dashboard in
            try await dashboard.finishTuningJob("digits")
            for (path, reason) in [
                ("charts/savings.svg", "No training job was stopped early."),
                ("charts/contour.svg?x=lr&y=%3Cb%3E", "There is no hyperparameter '<b>'"),
                ("report.html?definition=7", "There is no definition 7"),
            ] {
                let page = try await dashboard.get("/tuning-jobs/digits/\(path)", accept: "*/*")
                #expect(page.status == 404)
                let answer = try JSONValue(parsing: page.text)
                #expect(answer["message"]?.string?.hasPrefix(reason) == true, "\(path)")
            }
            let picture = try await dashboard.get(
                "/tuning-jobs/digits/charts/contour.svg?x=lr&y=%3Cb%3E&blank=yes", accept: "*/*")
            #expect(picture.status == 200)
            #expect(picture.text.contains("&lt;b&gt;") && !picture.text.contains("<b>"))
        }
    }

    @Test("A page has the same headers with HEAD, and no content")
    func head() async throws {
        try await DashboardService.run { dashboard in
            for path in ["/", "/algorithms", DashboardAssets.styles.url, "/api/events"] {
                let page = try await dashboard.get(path, method: .head)
                #expect(page.status == 200 && page.text.isEmpty, "\(path)")
            }
        }
    }

    @Test(
        "What is not there is a page for people and an error for programs",
        arguments: [
            "/nothing", "/tuning-jobs/nothing", "/training-jobs/nothing",
            "/tuning-jobs/%3Cscript%3Ealert(1)%3C%2Fscript%3E", "/tuning-jobs/..%2F..%2Fetc",
            "/tuning-jobs/%00%FF", "/tuning-jobs/nothing/charts/history.svg",
            "/tuning-jobs/nothing/report.html", "/assets/0/nothing.js", "/api/events?job=nothing",
        ])
    func missing(path: String) async throws {
        try await DashboardService.run { dashboard in
            let page = try await dashboard.get(path)
            #expect(page.status == 404)
            #expect(page.text.contains("<h1>"))
            #expect(!page.text.contains("<script>"))
            #expect(page.header("Content-Security-Policy") == DashboardResponses.contentPolicy)
            let error = try await dashboard.get(path, accept: "application/json")
            #expect(error.status == 404)
            #expect(try JSONValue(parsing: error.text)["__type"] != nil)
        }
    }

    @Test("A listing that goes on from nowhere is refused")
    func damagedToken() async throws {
        try await DashboardService.run { dashboard in
            let page = try await dashboard.get("/?next=x")
            #expect(page.status == 400)
            #expect(page.text.contains("<h1>"))
        }
    }

    @Test("What users chose is text, wherever it stands")
    func hostile() async throws {
        let attack = "\"><script>alert(1)</script>"
        let logs: TrainingLogSource = { _, _ in
            TrainingLogPiece(text: attack, mark: "1:1", isStart: true)
        }
        try await DashboardService.run(logs: logs) { dashboard in
            let request = Requests.trainingJob("alone", hyperparameters: ["lr": .string(attack)])
            let reply = try await dashboard.service.send("CreateTrainingJob", request)
            #expect(reply.status == 200)
            for path in ["/training-jobs/alone", "/?name=\(attack.percentEncoded)"] {
                let page = try await dashboard.get(path)
                #expect(page.status == 200)
                #expect(page.text.contains("&lt;script&gt;"), "\(path)")
                #expect(!page.text.contains("<script>"), "\(path)")
            }
        }
    }

    @Test("Files come from the binary, and are asked for once")
    func assets() async throws {
        try await DashboardService.run { dashboard in
            let home = try await dashboard.get("/").text
            for asset in [
                DashboardAssets.styles, DashboardAssets.chartStyles, DashboardAssets.script,
                DashboardAssets.chartScript, DashboardAssets.icon,
            ] {
                #expect(home.contains("\"\(asset.url)\""))
                let page = try await dashboard.get(asset.url)
                #expect(page.status == 200 && page.text.utf8.count == asset.bytes.count)
                #expect(page.header("Cache-Control")?.contains("immutable") == true)
                let tag = try #require(page.header("ETag"))
                let again = try await dashboard.get(asset.url, ["If-None-Match": tag])
                #expect(again.status == 304 && again.text.isEmpty)
            }
        }
    }

    @Test("A log follows from mark to mark")
    func logs() async throws {
        let logs: TrainingLogSource = { name, mark in
            guard name == "alone" else { return nil }
            return TrainingLogPiece(
                text: mark == nil ? "epoch 1\n" : "epoch 2\n", mark: "1:8", isStart: mark == nil)
        }
        try await DashboardService.run(logs: logs) { dashboard in
            _ = try await dashboard.service.send(
                "CreateTrainingJob", Requests.trainingJob("alone"))
            let page = try await dashboard.get("/training-jobs/alone")
            #expect(page.text.contains("epoch 1"))
            #expect(page.text.contains("data-mark=\"1:8\""))
            let next = try await dashboard.get("/api/training-jobs/alone/logs?after=1%3A8")
            #expect(try JSONValue(parsing: next.text)["text"] == "epoch 2\n")
        }
    }
}
