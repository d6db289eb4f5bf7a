import Metrics
import Synchronization

/// Keeps what the parts of a daemon record, and prints it for Prometheus.
///
/// Only metrics of its catalogue are kept, each with a bounded number of series, so that memory is
/// bounded whatever is recorded.
package final class PrometheusRegistry: MetricsFactory {
    /// Says at the time of a scrape what was not recorded before.
    package typealias Collector = @Sendable () async -> [MetricValue]

    /// The most series of one metric: every operation with every error code it was answered with.
    package static let seriesCountMax = 1_000

    private struct State {
        /// By the names of metrics, then by their labels as they are printed.
        var series: [String: [String: any MetricSeries]] = [:]
        var collectors: [Collector] = []
    }

    private let metrics: [MetricDescription]
    private let byName: [String: MetricDescription]
    private let state = Mutex(State())

    /// An empty registry.
    ///
    /// - Parameter metrics: What is kept, in the order of printing; names differ.
    package init(_ metrics: [MetricDescription] = MetricCatalogue.metrics) {
        self.metrics = metrics
        byName = Dictionary(uniqueKeysWithValues: metrics.map { ($0.name, $0) })
    }

    /// Asks for values at each scrape.
    package func collect(_ collector: @escaping Collector) {
        state.withLock { $0.collectors.append(collector) }
    }

    /// All values there are now, in the text format; metrics without any have their description.
    package func text() async -> String {
        var collected: [String: [MetricValue]] = [:]
        for collector in state.withLock({ $0.collectors }) {
            for sample in await collector() { collected[sample.name, default: []].append(sample) }
        }
        let series = state.withLock { $0.series }
        var text = PrometheusText()
        for metric in metrics {
            text.begin(metric)
            for (labels, series) in (series[metric.name] ?? [:]).sorted(by: { $0.key < $1.key }) {
                series.write(to: &text, name: metric.name, labels: labels)
            }
            for sample in collected[metric.name] ?? [] {
                let labels = PrometheusText.labels(metric.labels, sample.labelValues)
                text.append(metric.name, labels, PrometheusText.number(sample.value))
            }
        }
        return text.text
    }
}

// MARK: - Recording

extension PrometheusRegistry {
    package func makeCounter(label: String, dimensions: [(String, String)]) -> CounterHandler {
        counter(label, dimensions) ?? NOOPMetricsHandler.instance
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> MeterHandler {
        gauge(label, dimensions) ?? NOOPMetricsHandler.instance
    }

    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> RecorderHandler {
        guard aggregate else { return gauge(label, dimensions) ?? NOOPMetricsHandler.instance }
        return histogram(label, dimensions) ?? NOOPMetricsHandler.instance
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> TimerHandler {
        histogram(label, dimensions) ?? NOOPMetricsHandler.instance
    }

    // What was counted stays: Prometheus wants counts that never go back.
    package func destroyCounter(_ handler: CounterHandler) {}
    package func destroyMeter(_ handler: MeterHandler) {}
    package func destroyRecorder(_ handler: RecorderHandler) {}
    package func destroyTimer(_ handler: TimerHandler) {}

    // Each by its type, as the one that records nothing is of every kind.
    private func counter(_ name: String, _ dimensions: [(String, String)]) -> CounterSeries? {
        series(name, dimensions)
    }

    private func gauge(_ name: String, _ dimensions: [(String, String)]) -> GaugeSeries? {
        series(name, dimensions)
    }

    private func histogram(_ name: String, _ dimensions: [(String, String)]) -> HistogramSeries? {
        series(name, dimensions)
    }

    /// The series with given labels, made where there is none; `nil` for what is not kept.
    private func series<Series>(_ name: String, _ dimensions: [(String, String)]) -> Series? {
        guard let metric = byName[name] else {
            assertionFailure("'\(name)' is not in the catalogue")
            return nil
        }
        let values = metric.labels.map { label in
            dimensions.first { $0.0 == label }?.1 ?? ""
        }
        let labels = PrometheusText.labels(metric.labels, values)
        return state.withLock { state in
            if let known = state.series[name]?[labels] { return known as? Series }
            guard state.series[name, default: [:]].count < Self.seriesCountMax else { return nil }
            let made: any MetricSeries =
                switch metric.kind {
                case .counter: CounterSeries()
                case .gauge: GaugeSeries()
                case .histogram(let bounds): HistogramSeries(bounds: bounds)
                }
            state.series[name, default: [:]][labels] = made
            return made as? Series
        }
    }
}
