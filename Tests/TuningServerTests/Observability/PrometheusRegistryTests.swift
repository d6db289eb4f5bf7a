import Foundation
import Metrics
import Testing

@testable import TuningServer

@Suite("What Prometheus reads")
struct PrometheusRegistryTests {
    private static func lines(of registry: PrometheusRegistry) async -> [String] {
        await registry.text().split(separator: "\n").map(String.init)
    }

    @Test("A counter adds up, one series for each choice of labels")
    func counter() async {
        let registry = PrometheusRegistry([
            MetricDescription("a_total", .counter, labels: ["b", "c"], "Helps.")
        ])
        for (b, count) in [("x", 2), ("y", 3), ("x", 5)] {
            Counter(label: "a_total", dimensions: [("c", "z"), ("b", b)], factory: registry)
                .increment(by: count)
        }
        #expect(
            await Self.lines(of: registry) == [
                "# HELP a_total Helps.", "# TYPE a_total counter",
                "a_total{b=\"x\",c=\"z\"} 7", "a_total{b=\"y\",c=\"z\"} 3",
            ])
    }

    @Test("A histogram counts up to each bound, the bound included, and all")
    func histogram() async {
        let registry = PrometheusRegistry([
            MetricDescription("a_seconds", .histogram(bounds: [0.5, 1]), "Helps.")
        ])
        let recorder = Recorder(label: "a_seconds", factory: registry)
        for value in [0.25, 0.5, 0.75, 1, 2.5] { recorder.record(value) }
        #expect(
            await Self.lines(of: registry).dropFirst(2) == [
                "a_seconds_bucket{le=\"0.5\"} 2", "a_seconds_bucket{le=\"1\"} 4",
                "a_seconds_bucket{le=\"+Inf\"} 5", "a_seconds_sum 5", "a_seconds_count 5",
            ])
    }

    @Test("A gauge goes up and down, and what is collected is as of now")
    func gauges() async {
        let registry = PrometheusRegistry([
            MetricDescription("a", .gauge, "Helps."), MetricDescription("b", .gauge, "Helps."),
        ])
        let meter = Meter(label: "a", factory: registry)
        meter.increment(by: 3)
        meter.decrement(by: 1)
        registry.collect { [MetricValue("b", [], .infinity)] }
        let lines = await Self.lines(of: registry)
        #expect(lines.filter { !$0.hasPrefix("#") } == ["a 2", "b +Inf"])
    }

    @Test("Labels and help stay on their lines whatever they hold")
    func escaping() async {
        let registry = PrometheusRegistry([
            MetricDescription("a", .gauge, labels: ["b"], "One\\two\n\"three\".")
        ])
        registry.collect { [MetricValue("a", ["\"x\"\n\\y\r\n{}"], 1)] }
        #expect(
            await registry.text() == """
                # HELP a One\\\\two\\n"three".
                # TYPE a gauge
                a{b="\\"x\\"\\n\\\\y\r\\n{}"} 1

                """)
    }

    @Test("Memory is bounded whatever is recorded")
    func bounded() async {
        let registry = PrometheusRegistry([
            MetricDescription("a_total", .counter, labels: ["b"], "Helps.")
        ])
        for number in 0..<(2 * PrometheusRegistry.seriesCountMax) {
            Counter(label: "a_total", dimensions: [("b", "\(number)")], factory: registry)
                .increment()
        }
        #expect(await Self.lines(of: registry).count == PrometheusRegistry.seriesCountMax + 2)
    }

    @Test("Names and units follow Prometheus's conventions")
    func names() {
        let names = MetricCatalogue.metrics.map(\.name)
        #expect(Set(names).count == names.count)
        for metric in MetricCatalogue.metrics {
            #expect(metric.name.wholeMatch(of: /(tuner|process)_[a-z_]+/) != nil, "\(metric.name)")
            #expect(metric.help.hasSuffix("."), "\(metric.name)")
            let isCounter = metric.kind == .counter
            #expect(metric.name.hasSuffix("_total") == isCounter, "\(metric.name)")
        }
    }

    @Test("Values that many tasks record at once all count")
    func parallel() async {
        let registry = PrometheusRegistry([
            MetricDescription("a_total", .counter, "Helps."),
            MetricDescription("b", .histogram(bounds: [1]), "Helps."),
        ])
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1_000 {
                        Counter(label: "a_total", factory: registry).increment()
                        Recorder(label: "b", factory: registry).record(0.5)
                    }
                }
            }
        }
        let lines = await Self.lines(of: registry)
        #expect(lines.contains("a_total 8000") && lines.contains("b_sum 4000"))
    }
}

@Suite("Users and passwords of scrapes")
struct BasicCredentialsTests {
    private static func header(_ text: String) -> String {
        "Basic " + Data(text.utf8).base64EncodedString()
    }

    @Test("The secret may hold colons; only all of it is right")
    func secret() throws {
        let credentials = try #require(BasicCredentials(Self.header("AKIA:a:b")))
        #expect(credentials.user == "AKIA")
        #expect(credentials.isSecret("a:b"))
        for other in ["", "a", "a:c", "a:b ", "A:B"] { #expect(!credentials.isSecret(other)) }
    }

    @Test("No secret is never right")
    func empty() throws {
        #expect(try !#require(BasicCredentials(Self.header("AKIA:"))).isSecret(""))
    }

    @Test(
        "Another scheme, or what is damaged, is no such header",
        arguments: ["", "Basic", "Basic ?", "Bearer QTpC", "Basic QUI=", "AWS4-HMAC-SHA256 a=b"])
    func damaged(header: String) {
        #expect(BasicCredentials(header) == nil)
    }
}
