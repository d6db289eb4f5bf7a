import Foundation
import Testing

@testable import GaussianProcesses

@Suite("Acquisition")
struct AcquisitionTests {
    /// A process of a few random observations.
    private static func process(
        numeric: Int, categorical: Int, count: Int, seed: UInt64
    ) throws -> GaussianProcess {
        var random = TestGenerator(seed: seed)
        let row = MarginalLikelihoodTests.Row(
            numeric: numeric, categorical: categorical, count: count, seed: seed)
        let data = TrainingData.random(row, using: &random)
        return try GaussianProcess(
            data,
            KernelParameters(
                logLengthScales: (0..<numeric + categorical).map { $0 < numeric ? -1.2 : 0 },
                logVariance: 0, logAdditiveVariance: -1, logNoise: -4))
    }

    @Test("Is the logarithm of the expected improvement")
    func formula() throws {
        let process = try Self.process(numeric: 2, categorical: 1, count: 10, seed: 41)
        var random = TestGenerator(seed: 44)
        let points: [[Double]] = (0..<8).map { [random.unit(), random.unit(), Double($0 % 3)] }
        let values = LogExpectedImprovement([(process, [-0.4])]).values(
            at: PointSet(points, numericCount: 2, categoricalCount: 1))
        for (point, value) in zip(points, values) {
            let belief = process.posterior(at: point)
            let z: Double = (-0.4 - belief.mean) / belief.standardDeviation
            let density: Double = exp(-z * z / 2) / (2 * Double.pi).squareRoot()
            let cumulative: Double = erfc(-z / 2.squareRoot()) / 2
            let expected: Double = log(belief.standardDeviation * (density + z * cumulative))
            #expect(abs(value - expected) < 1e-9)
        }
    }

    @Test("Is the improvement that draws from the scenarios' beliefs make, on average: seed 42")
    func monteCarlo() throws {
        var process = try Self.process(numeric: 2, categorical: 1, count: 10, seed: 42)
        try process.condition(
            onPending: [[0.2, 0.7, 1], [0.9, 0.1, 0]],
            scenarios: [[-1, 0.4], [0.2, -1.5], [1, 1]])
        let incumbents = [-0.5, -0.8, -0.3]
        let acquisition = LogExpectedImprovement([(process, incumbents)])
        var random = TestGenerator(seed: 42)
        for point in [[0.5, 0.5, 2], [0.1, 0.9, 1]] {
            let slope = process.slope(at: point)
            let draws = 20_000
            var (sum, squares) = (0.0, 0.0)
            for draw in 0..<draws {
                let scenario = draw % 3
                let cost =
                    slope.means[scenario]
                    + slope.standardDeviation * StandardNormal.quantile(random.unit() + 0x1p-54)
                let improvement = max(0, incumbents[scenario] - cost)
                sum += improvement
                squares += improvement * improvement
            }
            let mean = sum / Double(draws)
            let error = ((squares / Double(draws) - mean * mean) / Double(draws)).squareRoot()
            var gradient = [0.0, 0.0]
            let value = exp(acquisition.value(at: point, gradient: &gradient))
            #expect(abs(value - mean) < 4 * error && error < 0.05 * mean)
        }
    }

    @Test("Is finite and has a slope where there is no hope")
    func hopeless() throws {
        let process = try Self.process(numeric: 2, categorical: 0, count: 10, seed: 43)
        let acquisition = LogExpectedImprovement([(process, [-1e6])])
        var gradient = [0.0, 0.0]
        let value = acquisition.value(at: [0.3, 0.4], gradient: &gradient)
        #expect(value.isFinite && value < -1e9)
        #expect(gradient.allSatisfy { $0.isFinite && $0 != 0 })
    }

    // MARK: Maximiser

    struct Row: CustomTestStringConvertible {
        let testDescription: String
        let dimensions: [SearchDomain.Dimension]
        let seed: UInt64
    }

    static func levels(_ count: Int) -> SearchDomain.Dimension {
        .ordered((0..<count).map { (Double($0) + 0.5) / Double(count) })
    }

    static let rows = [
        Row(testDescription: "one number", dimensions: [.continuous], seed: 51),
        Row(testDescription: "two numbers", dimensions: [.continuous, .continuous], seed: 52),
        Row(
            testDescription: "numbers and few levels",
            dimensions: [.continuous, levels(5)], seed: 53),
        Row(
            testDescription: "numbers and many levels",
            dimensions: [.continuous, levels(100)], seed: 54),
        Row(
            testDescription: "number, levels, categories",
            dimensions: [.continuous, levels(12), .categorical(count: 3)], seed: 55),
        Row(
            testDescription: "categories",
            dimensions: [.categorical(count: 3), .categorical(count: 3)], seed: 56),
        Row(
            testDescription: "levels alone", dimensions: [levels(3), levels(40)], seed: 57),
    ]

    @Test("Finds what a fine grid finds, in domains of every kind", arguments: rows)
    func bruteForce(row: Row) throws {
        let domain = SearchDomain(row.dimensions)
        let process = try Self.process(
            numeric: domain.numericCount, categorical: domain.categoricalCount, count: 8,
            seed: row.seed)
        let acquisition = LogExpectedImprovement([(process, [-0.8])])
        var random = TestGenerator(seed: row.seed)
        var candidates = PointSet(
            numericCount: domain.numericCount, categoricalCount: domain.categoricalCount)
        for _ in 0..<400 {
            candidates.append(domain.point(atUnit: domain.dimensions.map { _ in random.unit() }))
        }
        let proposals = AcquisitionMaximizer(domain).proposals(
            for: acquisition, candidates: candidates,
            lengthScales: Array(repeating: 0.3, count: domain.numericCount))
        let grid = Self.grid(domain)
        let best =
            acquisition.values(
                at: PointSet(
                    grid, numericCount: domain.numericCount,
                    categoricalCount: domain.categoricalCount)
            ).max() ?? .infinity
        #expect(proposals[0].value > best - 1e-3, "seed \(row.seed)")
        #expect(proposals.map(\.value) == proposals.map(\.value).sorted(by: >))
        #expect(proposals.count > 1)
        for proposal in proposals {
            #expect(domain.snapped(proposal.point) == proposal.point)
            let value = acquisition.values(
                at: PointSet(
                    [proposal.point], numericCount: domain.numericCount,
                    categoricalCount: domain.categoricalCount))[0]
            #expect(abs(value - proposal.value) < 1e-8 * max(1, abs(value)))
        }
    }

    /// All combinations; 61 points stand for a continuous dimension.
    private static func grid(_ domain: SearchDomain) -> [[Double]] {
        domain.dimensions.reduce([[]]) { points, dimension in
            let values: [Double] =
                switch dimension {
                case .continuous: (0...60).map { Double($0) / 60 }
                case .ordered(let levels): levels
                case .categorical(let count): (0..<count).map(Double.init)
                }
            return points.flatMap { point in values.map { point + [$0] } }
        }
    }
}
