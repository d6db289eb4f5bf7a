import Foundation
import Testing

/// Numbers from LAPACK and mpmath; `make_references.py` wrote them.
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

    /// The rows of one file.
    static func rows<Row: Decodable>(_ name: String) throws -> [Row] {
        let url = try #require(
            Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "References"))
        return try JSONDecoder().decode([Row].self, from: Data(contentsOf: url))
    }
}
