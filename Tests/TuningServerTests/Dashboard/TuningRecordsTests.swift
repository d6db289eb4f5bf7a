import Foundation
import Testing
import Tuning

@testable import TuningServer

@Suite("Records that the dashboard keeps")
struct TuningRecordsTests {
    @Test("Those who ask at the same time get everything stored before")
    func sharing() async throws {
        try await TestService.run { service in
            let records = TuningRecords(service.orchestrator.reader)
            _ = try await service.send(
                "CreateHyperParameterTuningJob", Requests.tuningJob("digits", count: 30))
            let job = try #require(
                try await service.orchestrator.reader.tuningJob(named: "digits", kind: .tuning))
            var counts: [Int] = []
            repeat {
                let stored = try await service.orchestrator.reader.tuningJob(job.id)
                let total = try #require(stored).trainingJobCounts.total
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<8 {
                        group.addTask { try await records.record(of: job.id).trials.count }
                    }
                    for try await count in group { #expect(count >= total) }
                }
                counts.append(try await records.record(of: job.id).trials.count)
            } while counts.last ?? 30 < 30
            #expect(counts == counts.sorted())
            let known = await records.record(of: job.id, within: .seconds(300))
            #expect(known?.trials.count == 30)
        }
    }

    @Test("What is not there is an error for all, and nothing within a time")
    func missing() async throws {
        try await TestService.run { service in
            let records = TuningRecords(service.orchestrator.reader)
            let id = TuningJob.ID(rawValue: 7)
            await #expect(throws: StoreError.self) { try await records.record(of: id) }
            #expect(await records.record(of: id, within: .seconds(300)) == nil)
        }
    }
}

@Suite("Words of the dashboard")
struct DashboardWordTests {
    @Test("Every template can be read, and is known by its file's name")
    func templates() {
        for (name, _) in DashboardTemplates.texts {
            #expect(!DashboardTemplates.html(name, [String: String]()).isEmpty || name == "facts")
        }
    }

    @Test(
        "A path to go on to is one of this service",
        arguments: [
            ("/tuning-jobs/a?x=1", "/tuning-jobs/a?x=1"), ("//evil.example", "/"),
            ("https://evil.example", "/"), ("/\\evil.example", "/"), ("/a\r\nb", "/"), ("", "/"),
        ])
    func localPaths(path: String, expected: String) {
        #expect(DashboardPath.local(path) == expected)
    }

    @Test("Fields of forms are decoded, and damaged ones are left out")
    func forms() {
        let fields = FormFields("a=b+c%20d&e=%ZZ&f=&=x&g=1&g=2&h")
        #expect(fields["a"] == "b c d")
        #expect(fields["e"] == nil && fields["f"] == nil && fields["h"] == nil)
        #expect(fields["g"] == "1")
    }

    @Test("JSON is laid out, with members in order")
    func json() {
        let value: JSONValue = ["b": [1, ["c": "<"]], "a": [:]]
        #expect(
            value.indentedText
                == "{\n  \"a\": {},\n  \"b\": [\n    1,\n    {\n      \"c\": \"<\"\n    }\n  ]\n}")
    }
}
