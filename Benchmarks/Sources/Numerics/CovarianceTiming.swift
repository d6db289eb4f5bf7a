import CNumerics
import Foundation

/// How fast the kernels over points are, for one number of dimensions.
struct CovarianceTiming {
    static let kernels = ["covariance", "with slopes", "distances", "displacements"]

    /// Time for one point, in the order of `kernels`.
    let nanoseconds: [Double]

    init(dimension: Int, count: Int) {
        // Golden ratio steps: spread over the unit cube, the same at every run.
        let coordinates = (1...dimension * count).map { index in
            (Double(index) * 0.618_033_988_749_894_9).truncatingRemainder(dividingBy: 1)
        }
        let weights = Array(repeating: 2.0, count: dimension)
        let other = Array(repeating: 0.5, count: dimension)
        var covariances = Array(repeating: 0.0, count: count)
        var slopes = covariances
        var sums = weights
        nanoseconds = coordinates.withUnsafeBufferPointer { coordinates in
            weights.withUnsafeBufferPointer { weights in
                let points = cn_points(
                    coordinates: coordinates.baseAddress, stride: count,
                    numericCount: dimension, categoricalCount: 0, weights: weights.baseAddress)
                let times = [
                    bestTime(repetitions: 100) {
                        cn_matern52(points, count, other, 1, &covariances, nil)
                    },
                    bestTime(repetitions: 100) {
                        cn_matern52(points, count, other, 1, &covariances, &slopes)
                    },
                    bestTime(repetitions: 100) {
                        cn_add_distance_sums(points, count, other, slopes, &sums)
                    },
                    bestTime(repetitions: 100) {
                        cn_displacement_sums(points, count, other, slopes, &sums)
                    },
                ]
                return times.map { $0 / Double(count) * 1e9 }
            }
        }
        let square = (0..<dimension).reduce(0.0) { sum, d in
            let difference = coordinates[d * count] - other[d]
            return sum + weights[d] * difference * difference
        }
        let root = (5 * square).squareRoot()
        let expected = (1 + root + root * root / 3) * exp(-root)
        precondition(
            abs(covariances[0] - expected) < 1e-14, "\(covariances[0]) instead of \(expected)")
    }
}
