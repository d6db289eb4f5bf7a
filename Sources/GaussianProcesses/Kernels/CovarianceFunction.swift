import CNumerics

// Notation
//   x, x'     points of D dimensions
//   Δ_d       difference in dimension d; categories that differ are 1 apart
//   r²        Σ_d (Δ_d/ℓ_d)²
//
//   k(x, x') = s² (1 + √5 r + 5/3 r²) exp(−√5 r)  +  a²/D Σ_d 1/(1 + ½ (Δ_d/ℓ_d)²)
//
// The first part, Matern 5/2, lets all dimensions act together. The second is a sum over
// dimensions: it learns what each does on its own from a few observations, and the model needs no
// more than that where hyperparameters act nearly independently, as many do. Both share their
// length scales.
// Sources: Rasmussen and Williams, *Gaussian Processes for Machine Learning*, section 4.2;
// Duvenaud, Nickisch and Rasmussen, "Additive Gaussian Processes", 2011.

/// The covariance of costs at two points: Matern 5/2 and an additive part.
enum CovarianceFunction {
    /// Covariances of points with each other: the lower triangle, n × n.
    ///
    /// - Returns: The covariances and, where asked for, −2 dk/dr² of their Matern part.
    static func covariances(
        of points: PointSet, _ parameters: KernelParameters, withSlopes: Bool
    ) -> (covariances: Matrix, slopes: Matrix) {
        let count = points.count
        var covariances = Matrix(rows: count, columns: count)
        var slopes = Matrix(rows: withSlopes ? count : 0, columns: count)
        let total = parameters.totalVariance
        points.withKernelPoints(weights: parameters.weights) { kernelPoints in
            covariances.withUnsafeMutableElements { rows in
                slopes.withUnsafeMutableElements { slopeRows in
                    for row in 0..<count {
                        Self.covariances(
                            kernelPoints, row, with: points[row], parameters, rows + row * count,
                            slopes: withSlopes ? slopeRows + row * count : nil)
                        rows[row * count + row] = total
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
        others.withKernelPoints(weights: parameters.weights) { kernelPoints in
            covariances.withUnsafeMutableElements { rows in
                for row in 0..<points.count {
                    Self.covariances(
                        kernelPoints, others.count, with: points[row], parameters,
                        rows + row * others.count, slopes: nil)
                }
            }
        }
        return covariances
    }

    /// Covariances of the first `count` points with one other.
    static func covariances(
        _ points: cn_points, _ count: Int, with other: [Double], _ parameters: KernelParameters,
        _ covariances: UnsafeMutablePointer<Double>, slopes: UnsafeMutablePointer<Double>?
    ) {
        cn_matern52(points, count, other, parameters.variance, covariances, slopes)
        cn_add_additive(points, count, other, parameters.additiveVariance, covariances)
    }
}
