import Foundation
import GaussianProcesses
import Tuning

/// Where the search for the best acquisition begins.
struct CandidatePoints {
    /// How many points fill the whole domain.
    var globalCount: Int
    /// How many points lie around each of the best observations.
    var localCount: Int
    /// Around how many observations.
    private static let centreCount = 5

    /// Widths of the neighbourhoods, in length scales.
    private static let widths = [0.5, 0.1, 0.03, 0.01]
    /// How many coordinates of a centre change on average, at most.
    private static let changedCount = 3.0

    /// Points of a quasi-random sequence, and points around the best observations in which a few
    /// coordinates differ.
    ///
    /// - Parameters:
    ///   - unitPoint: The point with a number of a sequence that fills the unit cube.
    ///   - surrogate: Knows the best observations, and how far one has to go for a change.
    func points(
        of domain: SearchDomain, unitPoint: (Int, inout SeededGenerator) -> [Double],
        from firstNumber: Int, around surrogate: Surrogate, using random: inout SeededGenerator
    ) -> PointSet {
        let centres = surrogate.ranking.prefix(Self.centreCount).map { surrogate.data.points[$0] }
        let lengthScales = surrogate.lengthScales
        var points = PointSet(
            numericCount: domain.numericCount, categoricalCount: domain.categoricalCount,
            capacity: globalCount + centres.count * localCount)
        for number in 0..<globalCount {
            points.append(domain.point(atUnit: unitPoint(firstNumber + number, &random)))
        }
        let chance = max(0.2, min(1, Self.changedCount / Double(domain.dimensions.count)))
        for centre in centres {
            for number in 0..<localCount {
                let width = Self.widths[number % Self.widths.count]
                var point = centre
                for index in point.indices where random.nextUnit() < chance {
                    if case .categorical = domain.dimensions[index] {
                        point[index] = domain.dimensions[index].value(atUnit: random.nextUnit())
                    } else {
                        point[index] += random.nextNormal() * width * min(1, lengthScales[index])
                    }
                }
                points.append(domain.snapped(point))
            }
        }
        return points
    }
}

extension SeededGenerator {
    /// A standard normal number. Source: Box and Muller, 1958.
    mutating func nextNormal() -> Double {
        let radius = (-2 * log(nextUnit() + 0x1p-54)).squareRoot()
        return radius * cos(2 * Double.pi * nextUnit())
    }
}
