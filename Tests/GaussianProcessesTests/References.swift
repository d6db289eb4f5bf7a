import Foundation
import Testing

/// Numbers from LAPACK, SciPy and mpmath; `make_references.py` wrote them.
enum References {
    struct LinearAlgebra: Decodable, CustomTestStringConvertible {
        let size: Int
        let logDeterminant: Double
        let lastRowOfFactor, diagonalOfFactor: [Double]
        let solution, solutionOfTransposed: [Double]
        let lastRowOfInverse, diagonalOfInverse: [Double]

        var testDescription: String { "\(size) rows" }
    }

    struct Normal: Decodable {
        let z, density, cumulativeProbability, logCumulativeProbability: Double
    }

    struct Quantile: Decodable {
        let probability, quantile: Double
    }

    struct Improvement: Decodable {
        let z, value, densityRatio, probabilityRatio: Double
    }

    struct GaussianProcess: Decodable, CustomTestStringConvertible {
        let name: String
        let numericCount, categoricalCount: Int
        let points, queries: [[Double]]
        let costs, noiseFactors, extraVariances, parameters: [Double]
        let lastRowOfCovariances: [Double]
        let objective: Double
        let means, deviations: [Double]

        var testDescription: String { name }
    }

    struct PowerTransform: Decodable {
        let costs, transformed: [Double]
        let exponent: Double
    }

    struct Minimum: Decodable {
        let name: String
        let start, lower, upper, point: [Double]
        let value: Double
    }

    /// The rows of one file.
    static func rows<Row: Decodable>(_ name: String) throws -> [Row] {
        let url = try #require(
            Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "References"))
        return try JSONDecoder().decode([Row].self, from: Data(contentsOf: url))
    }
}
