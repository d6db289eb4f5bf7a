import Foundation
import Testing

@testable import GaussianProcesses

@Suite("Marginal likelihood")
struct MarginalLikelihoodTests {
    struct Row: CustomStringConvertible {
        let numeric, categorical, count: Int
        let seed: UInt64
        var description: String {
            "\(count) points, \(numeric) + \(categorical) dimensions, seed \(seed)"
        }
    }

    static let rows = [
        Row(numeric: 1, categorical: 0, count: 2, seed: 1),
        Row(numeric: 3, categorical: 0, count: 12, seed: 2),
        Row(numeric: 0, categorical: 2, count: 9, seed: 3),
        Row(numeric: 4, categorical: 2, count: 37, seed: 4),
        Row(numeric: 11, categorical: 1, count: 20, seed: 5),
    ]

    @Test("The gradient is that of finite differences", arguments: rows)
    func gradient(row: Row) {
        var random = TestGenerator(seed: row.seed)
        let data = TrainingData.random(row, using: &random)
        let likelihood = MarginalLikelihood(
            data: data, prior: HyperparameterPrior(dimension: data.points.dimension))
        let theta = (0..<data.points.dimension + 3).map { _ in random.unit() * 2 - 2 }
        var gradient = theta
        var ignored = theta
        _ = likelihood.value(at: theta, gradient: &gradient)
        for index in theta.indices {
            let step = 1e-5
            var (low, high) = (theta, theta)
            low[index] -= step
            high[index] += step
            let difference =
                (likelihood.value(at: high, gradient: &ignored)
                    - likelihood.value(at: low, gradient: &ignored)) / (2 * step)
            #expect(
                abs(difference - gradient[index]) < 1e-6 * max(1, abs(difference)),
                "derivative \(index): \(gradient[index]), differences \(difference)")
        }
    }

    @Test("The gradients of a belief are those of finite differences", arguments: rows)
    func slopes(row: Row) throws {
        var random = TestGenerator(seed: row.seed)
        let data = TrainingData.random(row, using: &random)
        let parameters = KernelParameters(
            vector: (0..<data.points.dimension + 3).map { _ in random.unit() * 2 - 2 })
        var process = try GaussianProcess(data, parameters)
        let pending = (0..<2).map { _ in TrainingData.randomPoint(row, using: &random) }
        try process.condition(onPending: pending, scenarios: [[0.3, -1], [-2, 0.5]])
        let acquisition = LogExpectedImprovement([(process, [-0.5, -0.7])])
        let point = TrainingData.randomPoint(row, using: &random)
        var gradient = Array(repeating: 0.0, count: row.numeric)
        var ignored = gradient
        let value = acquisition.value(at: point, gradient: &gradient)
        let batch = acquisition.values(
            at: PointSet([point], numericCount: row.numeric, categoricalCount: row.categorical))
        #expect(abs(batch[0] - value) < 1e-9 * max(1, abs(value)))
        for index in gradient.indices {
            let step = 1e-5
            var (low, high) = (point, point)
            low[index] -= step
            high[index] += step
            let difference =
                (acquisition.value(at: high, gradient: &ignored)
                    - acquisition.value(at: low, gradient: &ignored)) / (2 * step)
            #expect(
                abs(difference - gradient[index]) < 1e-5 * max(1, abs(difference)),
                "derivative \(index): \(gradient[index]), differences \(difference)")
        }
    }
}

/// SplitMix64, for tests alone.
struct TestGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
}

extension TrainingData {
    static func randomPoint(
        _ row: MarginalLikelihoodTests.Row, using random: inout TestGenerator
    ) -> [Double] {
        (0..<row.numeric).map { _ in random.unit() }
            + (0..<row.categorical).map { _ in Double(Int(random.unit() * 3)) }
    }

    static func random(
        _ row: MarginalLikelihoodTests.Row, using random: inout TestGenerator
    ) -> TrainingData {
        var data = TrainingData(numericCount: row.numeric, categoricalCount: row.categorical)
        for index in 0..<row.count {
            data.append(
                randomPoint(row, using: &random), cost: 2 * random.unit() - 1,
                noiseFactor: index.isMultiple(of: 3) ? 0.5 : 1)
        }
        return data
    }
}
