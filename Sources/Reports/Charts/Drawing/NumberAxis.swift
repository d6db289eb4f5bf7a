import Foundation
import Tuning

/// A place on an axis that has a label.
struct Tick: Hashable {
    /// Where it is, from 0 at the axis' lower end to 1.
    let position: Double
    /// What it says.
    let label: String
    /// The number there; for categories none.
    var value: Double?

    /// Whether the number there is a whole one.
    var isWhole: Bool { value.map { $0 == $0.rounded() } ?? false }
}

/// Numbers along a line.
struct NumberAxis {
    /// Which distances are equal.
    let scale: Scale
    /// The number at the lower end; finite.
    let lower: Double
    /// The number at the upper end; finite, above `lower`.
    let upper: Double

    /// Spans two numbers; equal ones get some room around them.
    ///
    /// A logarithmic scale for numbers that are not above zero, and a reversed one for numbers
    /// outside [0, 1), become linear.
    init(_ first: Double, _ second: Double, scale: Scale = .linear) {
        let limit = Double.greatestFiniteMagnitude
        var lower = max(min(first, second), -limit)
        var upper = min(max(first, second), limit)
        let isPossible =
            switch scale {
            case .linear: true
            case .logarithmic: lower > 0
            case .reverseLogarithmic: lower >= 0 && upper < 1
            }
        let least = max(abs(lower), abs(upper)) * 1e-9
        if !(upper / 2 - lower / 2 > least / 2) {
            let room = lower == 0 ? 1 : abs(lower) / 10
            lower = max(lower - room, -limit)
            upper = min(upper + room, limit)
            self.scale = scale == .logarithmic && lower > 0 ? .logarithmic : .linear
        } else {
            self.scale = isPossible ? scale : .linear
        }
        self.lower = lower
        self.upper = upper
    }

    /// Where a number is, from 0 to 1; numbers outside are at the ends.
    func position(of value: Double) -> Double {
        if !(value > lower) { return 0 }
        if value >= upper { return 1 }
        return switch scale {
        case .linear: (value / 2 - lower / 2) / (upper / 2 - lower / 2)
        case .logarithmic: (log(value) - log(lower)) / (log(upper) - log(lower))
        case .reverseLogarithmic:
            (log1p(-value) - log1p(-lower)) / (log1p(-upper) - log1p(-lower))
        }
    }
}

// MARK: - Ticks

extension NumberAxis {
    /// Labelled places at round numbers, about as many as are wanted and never more than twice.
    func ticks(_ wanted: Int = 6) -> [Tick] {
        switch scale {
        case .linear: linearTicks(wanted)
        case .logarithmic: logarithmicTicks(wanted)
        case .reverseLogarithmic: reverseTicks(wanted)
        }
    }

    /// Steps of 1, 2 or 5 times a power of ten.
    private func linearTicks(_ wanted: Int) -> [Tick] {
        let rough = upper / Double(wanted) - lower / Double(wanted)
        guard rough > 1e-300 else { return ends }
        let exponent = log10(rough).rounded(.down)
        let power = pow(10, exponent)
        let factor = [1.0, 2, 5, 10].first { $0 * power >= rough * 0.999 } ?? 10
        let step = factor * power
        let first = (lower / step - 1e-9).rounded(.up)
        let last = (upper / step + 1e-9).rounded(.down)
        guard step.isFinite, last - first < 1_000 else { return ends }
        let stepExponent = factor == 10 ? exponent + 1 : exponent
        return stride(from: first, through: last, by: 1).map { index in
            let value = index * step
            return Tick(
                position: position(of: value), label: label(value, stepExponent), value: value)
        }
    }

    /// A number with the decimals that its step needs.
    private func label(_ value: Double, _ stepExponent: Double) -> String {
        let greatest = log10(max(abs(lower), abs(upper), 1e-300))
        if greatest < 6, stepExponent >= -5 {
            return NumberText.fixed(value, decimals: max(0, Int(-stepExponent)))
        }
        let digits = Int(greatest.rounded(.down) - stepExponent) + 1
        return NumberText.short(value, digits: min(max(digits, 1), 12))
    }

    /// Powers of ten, or 1, 2 and 5 times these where there are few.
    private func logarithmicTicks(_ wanted: Int) -> [Tick] {
        let first = Int((log10(lower) - 1e-9).rounded(.up))
        let last = Int((log10(upper) + 1e-9).rounded(.down))
        if last - first >= 2 {
            let stride = max(1, (last - first + wanted - 1) / wanted)
            return (first...last).filter { $0.isMultiple(of: stride) }.map { exponent in
                tick(pow(10, Double(exponent)))
            }
        }
        let fine = (first - 1...max(last, first)).flatMap { exponent in
            [1.0, 2, 5].map { $0 * pow(10, Double(exponent)) }
        }
        let inside = fine.filter { lower * 0.999_999 <= $0 && $0 <= upper * 1.000_001 }
        return inside.count >= 3 ? inside.map(tick) : linearTicks(wanted)
    }

    /// 0.5, 0.9, 0.99 and so on.
    private func reverseTicks(_ wanted: Int) -> [Tick] {
        let candidates = [0, 0.5] + (1...15).map { 1 - pow(10, -Double($0)) }
        let inside = candidates.filter { lower <= $0 && $0 <= upper }
        return inside.count >= 3
            ? inside.map {
                Tick(position: position(of: $0), label: $0 == 0 ? "0" : "\($0)", value: $0)
            }
            : linearTicks(wanted)
    }

    private func tick(_ value: Double) -> Tick {
        Tick(position: position(of: value), label: NumberText.short(value), value: value)
    }

    private var ends: [Tick] { [tick(lower), tick(upper)] }
}
