import Metrics
import Synchronization

/// The values of one metric for one choice of label values.
protocol MetricSeries: Sendable {
    /// Writes its lines.
    func write(to text: inout PrometheusText, name: String, labels: String)
}

/// A count that only grows.
final class CounterSeries: MetricSeries, CounterHandler {
    private let count = Atomic<Int64>(0)

    func increment(by amount: Int64) {
        count.wrappingAdd(amount, ordering: .relaxed)
    }

    func reset() {
        count.store(0, ordering: .relaxed)
    }

    func write(to text: inout PrometheusText, name: String, labels: String) {
        text.append(name, labels, "\(count.load(ordering: .relaxed))")
    }
}

/// A value that goes up and down.
final class GaugeSeries: MetricSeries, MeterHandler, RecorderHandler {
    private let value = Mutex(0.0)

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.withLock { $0 = value } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }

    func write(to text: inout PrometheusText, name: String, labels: String) {
        text.append(name, labels, PrometheusText.number(value.withLock { $0 }))
    }
}

/// How many values were at most as great as each bound, with their sum.
///
/// Sum and counts are always of the same values.
final class HistogramSeries: MetricSeries, RecorderHandler, TimerHandler {
    private struct State {
        /// Values between a bound and the one before; the last are above all bounds.
        var counts: [Int64]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    /// A histogram without values.
    ///
    /// - Parameter bounds: Upper bounds, each greater than the one before.
    init(bounds: [Double]) {
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy(<), "bounds \(bounds)")
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        let index = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[index] += 1
            state.sum += value
        }
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func write(to text: inout PrometheusText, name: String, labels: String) {
        let state = state.withLock { $0 }
        var total: Int64 = 0
        for (index, count) in state.counts.enumerated() {
            total += count
            let bound = index < bounds.count ? PrometheusText.number(bounds[index]) : "+Inf"
            let place = labels.isEmpty ? "" : labels + ","
            text.append(name + "_bucket", place + "le=\"\(bound)\"", "\(total)")
        }
        text.append(name + "_sum", labels, PrometheusText.number(state.sum))
        text.append(name + "_count", labels, "\(total)")
    }
}
