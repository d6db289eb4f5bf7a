import Foundation
import Testing

@testable import GaussianProcesses

@Suite("Pending points")
struct PendingPointsTests {
    static let row = MarginalLikelihoodTests.Row(numeric: 2, categorical: 1, count: 14, seed: 31)
    static let scenarios: [[Double]] = [[0.3, -1, 0.6], [-2, 0.5, 1.5], [0, 0, 0]]

    struct Setting {
        let data: TrainingData
        let parameters: KernelParameters
        let pending, queries: [[Double]]

        /// - Parameter isRepeated: Whether two pending points are at the same place.
        init(isRepeated: Bool) {
            var random = TestGenerator(seed: row.seed)
            data = .random(row, using: &random)
            parameters = KernelParameters(vector: [-0.7, -0.2, 0.1, 0.1, -0.4, -3])
            var points = (0..<3).map { _ in TrainingData.randomPoint(row, using: &random) }
            if isRepeated { points[2] = points[0] }
            pending = points
            queries =
                (0..<5).map { _ in TrainingData.randomPoint(row, using: &random) } + [points[0]]
        }

        /// A process that has observed what is pending.
        func observed(_ costs: [Double]) throws -> GaussianProcess {
            var all = data
            for (point, cost) in zip(pending, costs) { all.append(point, cost: cost) }
            return try GaussianProcess(all, parameters)
        }

        func conditioned(_ scenarios: [[Double]]) throws -> GaussianProcess {
            var process = try GaussianProcess(data, parameters)
            try process.condition(onPending: pending, scenarios: scenarios)
            return process
        }

        var querySet: PointSet { PointSet(queries, numericCount: 2, categoricalCount: 1) }
    }

    @Test(
        "Doubt is what it will be once they are observed, whatever comes out",
        arguments: [
            false, true,
        ])
    func deviations(isRepeated: Bool) throws {
        let setting = Setting(isRepeated: isRepeated)
        let process = try setting.conditioned(Self.scenarios)
        #expect(process.isConditioned)
        let deviations = process.beliefs(at: setting.querySet).deviations
        for costs in [[0, 0, 0], [5, -3, 100]] as [[Double]] {
            let observed = try setting.observed(costs).beliefs(at: setting.querySet).deviations
            for (deviation, expected) in zip(deviations, observed) {
                #expect(abs(deviation - expected) < 1e-10)
            }
        }
        for (query, deviation) in zip(setting.queries, deviations) {
            #expect(abs(process.posterior(at: query).standardDeviation - deviation) < 1e-10)
            #expect(abs(process.slope(at: query).standardDeviation - deviation) < 1e-10)
        }
    }

    /// The constant mean m is found from observations alone, and stays. A process made anew of
    /// these and what is imagined would find another m, so means are compared with the textbook's
    /// update of the posterior, which keeps m, and with the former only nearly.
    @Test(
        "Means are those of the posterior after the imagined outcomes",
        arguments: [
            false, true,
        ])
    func means(isRepeated: Bool) throws {
        let setting = Setting(isRepeated: isRepeated)
        let process = try setting.conditioned(Self.scenarios)
        let beliefs = process.beliefs(at: setting.querySet)
        for (scenario, costs) in process.pendingCosts().enumerated() {
            let expected = try setting.updatedMeans(costs)
            let anew = try setting.observed(costs).beliefs(at: setting.querySet).means
            for column in setting.queries.indices {
                #expect(abs(beliefs.means[scenario, column] - expected[column]) < 1e-9)
                #expect(abs(beliefs.means[scenario, column] - anew[0, column]) < 0.01)
                let slope = process.slope(at: setting.queries[column])
                #expect(abs(slope.means[scenario] - expected[column]) < 1e-9)
            }
        }
    }

    @Test("Outcomes at the middle of what is expected change no mean")
    func middle() throws {
        let setting = Setting(isRepeated: false)
        let before = try GaussianProcess(setting.data, setting.parameters)
        let process = try setting.conditioned([[0, 0, 0]])
        let means = process.beliefs(at: setting.querySet).means.row(0)
        for (query, mean) in zip(setting.queries, means) {
            #expect(abs(before.posterior(at: query).mean - mean) < 1e-12)
            #expect(abs(process.posterior(at: query).mean - mean) < 1e-12)
        }
        for (point, cost) in zip(setting.pending, process.pendingCosts()[0]) {
            #expect(abs(before.posterior(at: point).mean - cost) < 1e-12)
        }
    }

    @Test("Points of which one cannot be taken in leave the process as it was")
    func refusedPoint() throws {
        let setting = Setting(isRepeated: false)
        let queries = PointSet(setting.queries, numericCount: 2, categoricalCount: 1)
        var process = try GaussianProcess(setting.data, setting.parameters)
        let before = process.beliefs(at: queries)
        #expect(throws: NotPositiveDefinite.self) {
            try process.condition(
                onPending: [setting.pending[0], [.nan, 0.5, 1]], scenarios: [[0, 0]])
        }
        let after = process.beliefs(at: queries)
        #expect(after.means == before.means && after.deviations == before.deviations)
        #expect(!process.isConditioned)
    }
}

extension PendingPointsTests.Setting {
    /// μ(x) + c(x, P) (c(P, P) + σ²)⁻¹ (costs − μ(P)), of the posterior's mean μ and covariance c.
    func updatedMeans(_ costs: [Double]) throws -> [Double] {
        let before = try GaussianProcess(data, parameters)
        let all = queries + pending
        let covariances = try posteriorCovariances(all)
        let count = pending.count
        var own = Matrix(rows: count, columns: count)
        for row in 0..<count {
            for column in 0..<count {
                own[row, column] =
                    covariances[queries.count + row, queries.count + column]
                    + (row == column ? parameters.noise : 0)
            }
        }
        let rest = zip(pending, costs).map { $1 - before.posterior(at: $0).mean }
        let weights = try CholeskyFactor(own).solution(of: rest)
        return queries.indices.map { query in
            weights.indices.reduce(before.posterior(at: queries[query]).mean) {
                $0 + covariances[query, queries.count + $1] * weights[$1]
            }
        }
    }

    /// k(x, x') − k(x)ᵀ C⁻¹ k(x').
    private func posteriorCovariances(_ points: [[Double]]) throws -> Matrix {
        let set = PointSet(points, numericCount: 2, categoricalCount: 1)
        var (own, _) = CovarianceFunction.covariances(
            of: data.points, parameters, withSlopes: false)
        for row in 0..<data.count { own[row, row] += parameters.noise * data.noiseFactors[row] }
        let factor = try CholeskyFactor(own)
        let cross = CovarianceFunction.covariances(of: set, with: data.points, parameters)
        var result = CovarianceFunction.covariances(of: set, with: set, parameters)
        for row in points.indices {
            let solved = factor.solution(of: cross.row(row))
            for column in points.indices {
                result[row, column] -= zip(solved, cross.row(column)).reduce(0) {
                    $0 + $1.0 * $1.1
                }
            }
        }
        return result
    }
}
