import CNumerics

/// The Matern 5/2 kernel s² (1 + √5 r + 5/3 r²) exp(−√5 r) over numeric and categorical dimensions.
///
/// r² sums (Δ/ℓ)² over the numeric dimensions and 1/ℓ² over the categorical ones that differ.
enum Matern52 {
    /// Covariances of points with each other: the lower triangle, n × n.
    ///
    /// - Returns: The covariances and, where asked for, −2 dk/dr² for each of them.
    static func covariances(
        of points: PointSet, _ parameters: KernelParameters, withSlopes: Bool
    ) -> (covariances: Matrix, slopes: Matrix) {
        let count = points.count
        var covariances = Matrix(rows: count, columns: count)
        var slopes = Matrix(rows: withSlopes ? count : 0, columns: count)
        let variance = parameters.variance
        points.withKernelPoints(weights: parameters.weights, additive: parameters.additiveVariance) { kernelPoints in
            covariances.withUnsafeMutableElements { rows in
                slopes.withUnsafeMutableElements { slopeRows in
                    for row in 0..<count {
                        cn_matern52(
                            kernelPoints, row, points[row], variance, rows + row * count,
                            withSlopes ? slopeRows + row * count : nil)
                        rows[row * count + row] = parameters.totalVariance
                    }
                }
            }
        }
        return (covariances, slopes)
    }

    /// Covariances of n points with m others, n × m.
    static func covariances(
        of points: PointSet, with others: PointSet, _ parameters: KernelParameters
    ) -> Matrix {
        var covariances = Matrix(rows: points.count, columns: others.count)
        let variance = parameters.variance
        others.withKernelPoints(weights: parameters.weights, additive: parameters.additiveVariance) { kernelPoints in
            covariances.withUnsafeMutableElements { rows in
                for row in 0..<points.count {
                    cn_matern52(
                        kernelPoints, others.count, points[row], variance,
                        rows + row * others.count, nil)
                }
            }
        }
        return covariances
    }
}
