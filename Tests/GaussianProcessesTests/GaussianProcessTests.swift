import Foundation
import Testing

@testable import GaussianProcesses

@Suite("Gaussian process")
struct GaussianProcessTests {
    static let references: [References.GaussianProcess] =
        (try? References.rows("GaussianProcess")) ?? []

    @Test("Covariances are mpmath's", arguments: references)
    func covariances(reference: References.GaussianProcess) {
        let data = TrainingData(reference)
        let parameters = KernelParameters(vector: reference.parameters)
        let last = data.count - 1
        let (own, _) = CovarianceFunction.covariances(
            of: data.points, parameters, withSlopes: false)
        #expect(difference(own.row(last), reference.lastRowOfCovariances) < 1e-13)
        let single = PointSet(
            [data.points[last]], numericCount: reference.numericCount,
            categoricalCount: reference.categoricalCount)
        let others = CovarianceFunction.covariances(of: single, with: data.points, parameters)
        #expect(difference(others.row(0), reference.lastRowOfCovariances) < 1e-13)
    }

    @Test("The marginal likelihood is mpmath's", arguments: references)
    func marginalLikelihood(reference: References.GaussianProcess) {
        let data = TrainingData(reference)
        let likelihood = MarginalLikelihood(
            data: data, prior: HyperparameterPrior(dimension: data.points.dimension))
        var gradient = reference.parameters
        let value = likelihood.value(at: reference.parameters, gradient: &gradient)
        #expect(abs(value - reference.objective) < 1e-8)
    }

    @Test("Beliefs are mpmath's, at one point and at many", arguments: references)
    func posterior(reference: References.GaussianProcess) throws {
        let process = try GaussianProcess(
            TrainingData(reference), KernelParameters(vector: reference.parameters))
        #expect(process.jitter == 0)
        let beliefs = process.beliefs(
            at: PointSet(
                reference.queries, numericCount: reference.numericCount,
                categoricalCount: reference.categoricalCount))
        #expect(difference(beliefs.means.row(0), reference.means) < 1e-8)
        #expect(difference(beliefs.deviations, reference.deviations) < 1e-8)
        for (index, query) in reference.queries.enumerated() {
            let belief = process.posterior(at: query)
            let slope = process.slope(at: query)
            #expect(abs(belief.mean - reference.means[index]) < 1e-8)
            #expect(abs(belief.standardDeviation - reference.deviations[index]) < 1e-8)
            #expect(abs(slope.means[0] - reference.means[index]) < 1e-8)
            #expect(abs(slope.standardDeviation - reference.deviations[index]) < 1e-8)
        }
    }

    // MARK: Closed forms

    static let parameters = KernelParameters(
        logLengthScales: [log(0.5)], logVariance: log(0.8), logAdditiveVariance: log(0.3),
        logNoise: log(0.01))

    /// 0.8 (1 + √5 r + 5/3 r²) exp(−√5 r) + 0.3 / (1 + r²/2), r = 2 |distance|.
    static func covariance(_ distance: Double) -> Double {
        let r = 2 * abs(distance)
        let root = 5.0.squareRoot() * r
        return 0.8 * (1 + root + 5 / 3 * r * r) * exp(-root) + 0.3 / (1 + r * r / 2)
    }

    @Test("One observation gives what one equation does")
    func onePoint() throws {
        var data = TrainingData(numericCount: 1, categoricalCount: 0)
        data.append([0.25], cost: 3, noiseFactor: 2, extraVariance: 0.5)
        let process = try GaussianProcess(data, Self.parameters)
        let own = 1.1 + 2 * 0.01 + 0.5
        let mean = 3 / (1 + own)
        for x in [0, 0.25, 0.6, 1] {
            let k = Self.covariance(x - 0.25)
            let belief = process.posterior(at: [x])
            #expect(abs(belief.mean - (mean + k / own * (3 - mean))) < 1e-12)
            let deviation = (1.1 - k * k / own).squareRoot()
            #expect(abs(belief.standardDeviation - deviation) < 1e-12)
        }
    }

    @Test("Two observations give what two equations do")
    func twoPoints() throws {
        let (points, costs) = ([0.25, 0.5], [1.0, -0.5])
        var data = TrainingData(numericCount: 1, categoricalCount: 0)
        for (point, cost) in zip(points, costs) { data.append([point], cost: cost) }
        let process = try GaussianProcess(data, Self.parameters)
        let (a, b) = (1.11, Self.covariance(0.25))
        let determinant = a * a - b * b
        // The inverse of [a b; b a] has the eigenvector (1, 1) with 1 / (a + b).
        let mean = (costs[0] + costs[1]) / (a + b) / (2 / (a + b) + 1)
        let rest = costs.map { $0 - mean }
        for x in [0, 0.3, 0.5, 0.9] {
            let k = points.map { Self.covariance(x - $0) }
            let solved = [
                (a * k[0] - b * k[1]) / determinant, (a * k[1] - b * k[0]) / determinant,
            ]
            let belief = process.posterior(at: [x])
            #expect(
                abs(belief.mean - (mean + solved[0] * rest[0] + solved[1] * rest[1])) < 1e-12)
            let variance = 1.1 - solved[0] * k[0] - solved[1] * k[1]
            #expect(abs(belief.standardDeviation - variance.squareRoot()) < 1e-12)
        }
    }

    @Test("Without observations it believes the prior")
    func nothing() throws {
        let process = try GaussianProcess(
            TrainingData(numericCount: 1, categoricalCount: 0), Self.parameters)
        let belief = process.posterior(at: [0.5])
        #expect(belief.mean == 0 && abs(belief.standardDeviation - 1.1.squareRoot()) < 1e-15)
    }

    /// The largest absolute difference.
    private func difference(_ actual: [Double], _ expected: [Double]) -> Double {
        zip(actual, expected).reduce(actual.count == expected.count ? 0 : .infinity) {
            max($0, abs($1.0 - $1.1))
        }
    }
}

// MARK: - Data that is hard to factor

extension GaussianProcessTests {
    struct Hard: CustomTestStringConvertible {
        let testDescription: String
        let numeric, categorical: Int
        let points: [[Double]]
        var costs: [Double]
        var parameters: KernelParameters
        var needsJitter = false

        init(
            _ name: String, numeric: Int, categorical: Int = 0, points: [[Double]],
            costs: [Double]? = nil, logLengthScale: Double = log(0.5), logNoise: Double = log(1e-6),
            needsJitter: Bool = false
        ) {
            testDescription = name
            (self.numeric, self.categorical, self.points) = (numeric, categorical, points)
            self.costs = costs ?? points.indices.map { Double($0 * 7 % 5) - 2 }
            self.needsJitter = needsJitter
            parameters = KernelParameters(
                logLengthScales: Array(repeating: logLengthScale, count: numeric + categorical),
                logVariance: 0, logAdditiveVariance: 0, logNoise: logNoise)
        }
    }

    private static let same = Array(repeating: [0.5, 0.25], count: 30)
    private static let row = (0..<20).map { [Double($0) / 20] }

    static let hard: [Hard] = [
        Hard("duplicates", numeric: 2, points: same),
        Hard(
            "duplicates without noise", numeric: 2, points: same, logNoise: -800, needsJitter: true),
        Hard("collinear points", numeric: 3, points: (0..<40).map { collinear($0) }),
        Hard(
            "points next to each other", numeric: 1, points: (0..<40).map { close($0) },
            logLengthScale: 4.6, logNoise: -800, needsJitter: true),
        Hard(
            "40 categorical dimensions", numeric: 0, categorical: 40,
            points: (0..<30).map { categories($0) }),
        Hard("equal costs", numeric: 1, points: row, costs: row.map { _ in 0 }),
        Hard("the greatest noise", numeric: 1, points: row, logNoise: 0),
        Hard("the shortest lengths", numeric: 1, points: row, logLengthScale: -3.7),
    ]

    private static func collinear(_ index: Int) -> [Double] {
        Array(repeating: Double(index) / 39, count: 3)
    }

    private static func close(_ index: Int) -> [Double] { [0.5 + Double(index) * 1e-12] }

    private static func categories(_ index: Int) -> [Double] {
        (0..<40).map { Double((index * 7 + $0 * index) % 3) }
    }

    @Test("Beliefs are finite, and jitter is told", arguments: hard)
    func hardData(row: Hard) throws {
        var data = TrainingData(numericCount: row.numeric, categoricalCount: row.categorical)
        for (point, cost) in zip(row.points, row.costs) { data.append(point, cost: cost) }
        let process = try GaussianProcess(data, row.parameters)
        #expect((process.jitter > 0) == row.needsJitter && process.jitter <= 1e-4)
        let queries = row.points.prefix(3) + [row.points[0].map { 1 - $0 }]
        let beliefs = process.beliefs(
            at: PointSet(
                Array(queries), numericCount: row.numeric, categoricalCount: row.categorical))
        #expect(beliefs.means.elements.allSatisfy { $0.isFinite && abs($0) < 100 })
        #expect(beliefs.deviations.allSatisfy { $0 > 0 && $0 < 2 })
        let slope = process.slope(at: row.points[0])
        #expect(slope.meanGradients[0].allSatisfy { $0.isFinite })
        #expect(slope.deviationGradient.allSatisfy { $0.isFinite })
        let prior = HyperparameterPrior(dimension: row.numeric + row.categorical)
        let fit = GaussianProcess.fit(data, prior: prior, starts: [prior.mode], iterationMax: 20)
        #expect(fit.objective.isFinite)
        #expect(
            zip(fit.parameters.vector, zip(prior.lowerBounds, prior.upperBounds))
                .allSatisfy { $0 >= $1.0 && $0 <= $1.1 })
    }

    @Test("A fit is better than its start and ends where the objective is flat")
    func fit() {
        let reference = Self.references[4]
        let data = TrainingData(reference)
        let prior = HyperparameterPrior(dimension: data.points.dimension)
        let likelihood = MarginalLikelihood(data: data, prior: prior)
        var gradient = prior.mode.vector
        let before = likelihood.value(at: prior.mode.vector, gradient: &gradient)
        let fit = GaussianProcess.fit(data, prior: prior, starts: [prior.mode], iterationMax: 30)
        #expect(fit.objective < before)
        #expect(fit.objective == likelihood.value(at: fit.parameters.vector, gradient: &gradient))
        let theta = fit.parameters.vector
        for index in theta.indices {
            let isAtBound =
                theta[index] <= prior.lowerBounds[index] || theta[index] >= prior.upperBounds[index]
            #expect(isAtBound || abs(gradient[index]) < 0.05, "derivative \(index)")
        }
    }
}

extension TrainingData {
    init(_ reference: References.GaussianProcess) {
        self.init(
            numericCount: reference.numericCount, categoricalCount: reference.categoricalCount)
        for (index, point) in reference.points.enumerated() {
            append(
                point, cost: reference.costs[index], noiseFactor: reference.noiseFactors[index],
                extraVariance: reference.extraVariances[index])
        }
    }
}
