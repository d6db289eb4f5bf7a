import CNumerics
import Foundation
import Testing

@testable import GaussianProcesses

@Suite("Kernels of covariances")
struct CovarianceKernelTests {
    /// Points in the unit cube; one in three categorical coordinates is equal.
    struct Points {
        var count: Int
        var numeric: Int
        var categorical: Int
        var stride: Int { count + 3 }
        var dimension: Int { numeric + categorical }

        var coordinates: [Double] {
            (0..<dimension * stride).map { index in
                let value = Double(index * 37 % 101) / 101
                return index < numeric * stride ? value : Double(index % 3)
            }
        }

        var weights: [Double] { (0..<dimension).map { 0.25 + Double($0) } }
        var other: [Double] { (0..<dimension).map { $0 < numeric ? 0.3 : 1 } }

        func run<Result>(_ body: (cn_points) -> Result) -> Result {
            let (coordinates, weights) = (coordinates, weights)
            return coordinates.withUnsafeBufferPointer { coordinates in
                weights.withUnsafeBufferPointer { weights in
                    body(
                        cn_points(
                            coordinates: coordinates.baseAddress, stride: stride,
                            numericCount: numeric, categoricalCount: categorical,
                            weights: weights.baseAddress))
                }
            }
        }

        /// Coordinate d of point j less that of the other point, or whether they differ.
        func difference(_ d: Int, _ j: Int) -> Double {
            let value = coordinates[d * stride + j]
            return d < numeric ? value - other[d] : (value == other[d] ? 0 : 1)
        }
    }

    static let shapes = [
        (0, 2, 0), (1, 1, 0), (3, 2, 1), (7, 0, 2), (8, 3, 3), (31, 1, 1), (32, 2, 0), (33, 2, 2),
        (100, 5, 1),
    ].map { Points(count: $0.0, numeric: $0.1, categorical: $0.2) }

    @Test(
        "Matern covariances and their slopes are those of the formula",
        arguments: InstructionSet.available, shapes)
    func matern(set: InstructionSet, points: Points) {
        let variance = 1.75
        var covariances = Array(repeating: -1.0, count: points.count + 1)
        var slopes = covariances
        var alone = covariances
        set.run {
            points.run {
                cn_matern52($0, points.count, points.other, variance, &covariances, &slopes)
                cn_matern52($0, points.count, points.other, variance, &alone, nil)
            }
        }
        let weights = points.weights
        for j in 0..<points.count {
            let square = (0..<points.dimension).reduce(0.0) { sum, d in
                sum + weights[d] * points.difference(d, j) * points.difference(d, j)
            }
            let root = (5 * square).squareRoot()
            let covariance = variance * (1 + root + root * root / 3) * exp(-root)
            let slope = variance * 5 / 3 * (1 + root) * exp(-root)
            #expect(abs(covariances[j] - covariance) <= 1e-14 * covariance)
            #expect(abs(slopes[j] - slope) <= 1e-14 * slope)
        }
        #expect(alone == covariances)
        #expect(covariances[points.count] == -1 && slopes[points.count] == -1)
    }

    @Test(
        "Matern covariances are accurate at every distance, and never less than 0",
        arguments: InstructionSet.available)
    func distances(set: InstructionSet) {
        // One dimension; √5 r from 0 to beyond where exp(-√5 r) leaves the normal numbers.
        var roots = (0...4000).map { Double($0) * 0.177 } + [1e-300, 1e-8, 707.9, 1e9, 1e200]
        roots.append(.infinity)
        var covariances = Array(repeating: 0.0, count: roots.count)
        let distances = roots.map { $0 / 5.0.squareRoot() }
        set.run {
            distances.withUnsafeBufferPointer { buffer in
                let weight = 1.0
                withUnsafePointer(to: weight) { weight in
                    cn_matern52(
                        cn_points(
                            coordinates: buffer.baseAddress, stride: buffer.count, numericCount: 1,
                            categoricalCount: 0, weights: weight),
                        buffer.count, [0], 1, &covariances, nil)
                }
            }
        }
        for (distance, covariance) in zip(distances, covariances) {
            let root = (5 * (distance * distance)).squareRoot()
            if root > 708 {
                #expect(covariance == 0)
            } else {
                let expected = (1 + root + root * root / 3) * exp(-root)
                // Three units in the last place: the exponential's two and the polynomial's one.
                #expect(abs(covariance - expected) <= 7e-16 * expected, "√5 r = \(root)")
            }
        }
    }

    @Test("A coordinate that is not a number gives none", arguments: InstructionSet.available)
    func notANumber(set: InstructionSet) {
        var covariances = [0.0, 0, 0]
        set.run {
            [0.5, .nan, 0.25].withUnsafeBufferPointer { buffer in
                withUnsafePointer(to: 1.0) { weight in
                    cn_matern52(
                        cn_points(
                            coordinates: buffer.baseAddress, stride: 3, numericCount: 1,
                            categoricalCount: 0, weights: weight),
                        3, [0.5], 1, &covariances, nil)
                }
            }
        }
        #expect(covariances[0] == 1 && covariances[1].isNaN && covariances[2] < 1)
    }

    @Test(
        "Sums over points are those of the formulas", arguments: InstructionSet.available, shapes)
    func sums(set: InstructionSet, points: Points) {
        let factors = (0..<points.count).map { Double($0 % 7) - 2.5 }
        var sums = Array(repeating: 1.5, count: points.dimension)
        var gradient = Array(repeating: -1.0, count: points.dimension)
        set.run {
            points.run {
                cn_add_distance_sums($0, points.count, points.other, factors, &sums)
                cn_displacement_sums($0, points.count, points.other, factors, &gradient)
            }
        }
        for d in 0..<points.dimension {
            var (sum, displacement, size) = (0.0, 0.0, 1.0)
            for j in 0..<points.count {
                let difference = points.difference(d, j)
                sum += factors[j] * difference * difference
                displacement -= factors[j] * difference
                size += abs(factors[j])
            }
            let weight = points.weights[d]
            #expect(abs(sums[d] - (1.5 + weight * sum)) <= 1e-15 * weight * size)
            if d < points.numeric {
                #expect(abs(gradient[d] - weight * displacement) <= 1e-15 * weight * size)
            } else {
                #expect(gradient[d] == -1)
            }
        }
    }

    @Test(
        "The additive part, its sums and its slopes are those of the formulas",
        arguments: InstructionSet.available, shapes)
    func additive(set: InstructionSet, points: Points) {
        let (count, dimension, variance) = (points.count, points.dimension, 0.75)
        let factors = (0..<count).map { 1 - Double($0 % 7) / 3 }
        var covariances = Array(repeating: 0.5, count: count + 1)
        var sums = Array(repeating: 0.25, count: dimension)
        var level = -1.0
        var gradient = Array(repeating: 0.125, count: points.numeric)
        set.run {
            points.run {
                cn_add_additive($0, count, points.other, variance, &covariances)
                cn_add_additive_sums(
                    $0, count, points.other, factors, variance, &sums, &level)
                cn_add_additive_displacements(
                    $0, count, points.other, factors, variance, &gradient)
            }
        }
        let (weights, share) = (points.weights, variance / Double(dimension))
        func half(_ d: Int, _ j: Int) -> Double {
            0.5 * weights[d] * points.difference(d, j) * points.difference(d, j)
        }
        func isNear(_ actual: Double, _ expected: Double) -> Bool {
            abs(actual - expected) <= 1e-13 * Double(max(1, count))
        }
        var expectedLevel = -1.0
        for j in 0..<count {
            let mean = (0..<dimension).reduce(0.0) { $0 + share / (1 + half($1, j)) }
            #expect(isNear(covariances[j], 0.5 + mean))
            expectedLevel += factors[j] * mean
        }
        #expect(covariances[count] == 0.5)
        #expect(isNear(level, expectedLevel))
        for d in 0..<dimension {
            let byScale = (0..<count).reduce(0.25) { sum, j in
                let h = half(d, j)
                return sum + factors[j] * share * 2 * h / ((1 + h) * (1 + h))
            }
            #expect(isNear(sums[d], byScale))
        }
        for d in 0..<points.numeric {
            let byPlace = (0..<count).reduce(0.125) { sum, j in
                let h = half(d, j)
                return sum - factors[j] * share * weights[d] * points.difference(d, j)
                    / ((1 + h) * (1 + h))
            }
            #expect(isNear(gradient[d], byPlace))
        }
    }
}
