import Foundation

// Notation
//   x, d   inputs, their number
//
// Source of all functions and optima: S. Surjanovic and D. Bingham, "Virtual Library of Simulation
// Experiments: Test Functions and Datasets", Simon Fraser University.

/// A test function whose least value is known: what a simulated training job reaches in the end.
///
/// Inputs that a function needs and are not given stand at its optimum; those it has no use for
/// change nothing.
enum SimulatedFunction: String, CaseIterable, Sendable {
    /// Two inputs, three equal optima; usually searched on [−5, 10] × [0, 15].
    case branin
    /// Six inputs in [0, 1].
    case hartmann6
    /// Any inputs, usually in [−32.768, 32.768]: many local optima around one deep one.
    case ackley
    /// Any inputs from two on, usually in [−5, 10]: a long, curved, nearly flat valley.
    case rosenbrock
    /// Any inputs, usually in [−5.12, 5.12]: Σ x².
    case sphere
    /// Any inputs, usually in [−10, 10]: many local optima.
    case levy

    /// The value at a point.
    func value(at inputs: [Double]) -> Double {
        let x = inputs + optimum.dropFirst(inputs.count)
        return switch self {
        case .branin: Self.branin(x[0], x[1])
        case .hartmann6: Self.hartmann6(x)
        case .ackley: Self.ackley(x)
        case .rosenbrock:
            zip(x, x.dropFirst()).reduce(0) { sum, pair in
                let (curve, distance) = (pair.1 - pair.0 * pair.0, pair.0 - 1)
                return sum + 100 * curve * curve + distance * distance
            }
        case .sphere: x.reduce(0) { $0 + $1 * $1 }
        case .levy: Self.levy(x)
        }
    }

    /// A point with the least value, of the fewest inputs the function can have.
    var optimum: [Double] {
        switch self {
        case .branin: [.pi, 2.275]
        case .hartmann6: [0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573]
        case .ackley, .sphere: [0]
        case .rosenbrock: [1, 1]
        case .levy: [1]
        }
    }
}

// MARK: - Formulas

extension SimulatedFunction {
    private static func branin(_ x: Double, _ y: Double) -> Double {
        let pi = Double.pi
        let valley = y - 5.1 / (4 * pi * pi) * x * x + 5 / pi * x - 6
        let wave = 10 * (1 - 1 / (8 * pi)) * cos(x)
        return valley * valley + wave + 10
    }

    private static func ackley(_ x: [Double]) -> Double {
        let d = Double(x.count)
        let distance = (x.reduce(0) { $0 + $1 * $1 } / d).squareRoot()
        let waves = x.reduce(0) { $0 + cos(2 * .pi * $1) } / d
        return -20 * exp(-0.2 * distance) - exp(waves) + 20 + exp(1)
    }

    private static func levy(_ x: [Double]) -> Double {
        let w = x.map { 1 + ($0 - 1) / 4 }
        let first = sin(Double.pi * w[0])
        var sum = first * first
        for w in w.dropLast() {
            let wave = sin(Double.pi * w + 1)
            sum += (w - 1) * (w - 1) * (1 + 10 * wave * wave)
        }
        let last = w[w.count - 1]
        let wave = sin(2 * Double.pi * last)
        return sum + (last - 1) * (last - 1) * (1 + wave * wave)
    }

    private static func hartmann6(_ x: [Double]) -> Double {
        -zip(hartmannHeights, zip(hartmannWidths, hartmannCentres)).reduce(0) { sum, peak in
            let (height, (widths, centre)) = peak
            var exponent = 0.0
            for (index, width) in widths.enumerated() {
                let distance = x[index] - centre[index]
                exponent += width * distance * distance
            }
            return sum + height * exp(-exponent)
        }
    }

    private static let hartmannHeights = [1.0, 1.2, 3.0, 3.2]

    private static let hartmannWidths: [[Double]] = [
        [10, 3, 17, 3.5, 1.7, 8],
        [0.05, 10, 17, 0.1, 8, 14],
        [3, 3.5, 1.7, 10, 17, 8],
        [17, 8, 0.05, 10, 0.1, 14],
    ]

    private static let hartmannCentres: [[Double]] = [
        [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
        [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
        [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650],
        [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
    ]
}
