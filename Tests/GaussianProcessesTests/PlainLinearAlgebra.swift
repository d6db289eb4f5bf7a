import Synchronization

@testable import GaussianProcesses

/// Loops as textbooks have them, to compare kernels with.
enum PlainLinearAlgebra {
    /// The matrix A of the references: rational quadratic covariances with noise.
    static func covariances(_ size: Int) -> Matrix {
        var matrix = Matrix(rows: size, columns: size)
        for row in 0..<size {
            for column in 0..<size {
                let distance = Double(row - column)
                matrix[row, column] = 8 / (8 + distance * distance) + (row == column ? 0.5 : 0)
            }
        }
        return matrix
    }

    /// The right-hand sides B of the references.
    static func rightHandSides(_ size: Int, count: Int) -> Matrix {
        var matrix = Matrix(rows: size, columns: count)
        for row in 0..<size {
            for column in 0..<count {
                matrix[row, column] = Double((7 * row + 13 * column) % 17 - 8) / 8
            }
        }
        return matrix
    }

    /// The factors of `covariances` of every size, each made once.
    static func covarianceFactor(_ size: Int) -> Matrix {
        factors.withLock { factors in
            if let factor = factors[size] { return factor }
            let made = factor(covariances(size))
            factors[size] = made
            return made
        }
    }

    private static let factors = Mutex<[Int: Matrix]>([:])

    /// The lower triangular factor of a positive definite matrix, zero above the diagonal.
    static func factor(_ matrix: Matrix) -> Matrix {
        let size = matrix.rowCount
        var factor = Matrix(rows: size, columns: size)
        for row in 0..<size {
            for column in 0...row {
                var rest = matrix[row, column]
                for k in 0..<column { rest -= factor[row, k] * factor[column, k] }
                factor[row, column] =
                    row == column ? rest.squareRoot() : rest / factor[column, column]
            }
        }
        return factor
    }

    /// L X.
    static func product(_ factor: Matrix, _ matrix: Matrix, transposed: Bool = false) -> Matrix {
        var product = Matrix(rows: matrix.rowCount, columns: matrix.columnCount)
        for row in 0..<matrix.rowCount {
            for k in transposed ? row..<factor.rowCount : 0..<(row + 1) {
                let element = transposed ? factor[k, row] : factor[row, k]
                for column in 0..<matrix.columnCount {
                    product[row, column] += element * matrix[k, column]
                }
            }
        }
        return product
    }

    /// The largest difference between two lists, in units of the largest number of the second.
    static func difference(_ actual: [Double], _ expected: [Double]) -> Double {
        precondition(actual.count == expected.count, "\(actual.count) != \(expected.count)")
        let scale = expected.reduce(0) { max($0, abs($1)) }
        var largest = 0.0
        for (first, second) in zip(actual, expected) {
            let difference = abs(first - second)
            // Written so that a number that is none counts as infinitely far.
            if !(difference <= largest) { largest = difference.isNaN ? .infinity : difference }
        }
        return largest == 0 ? 0 : largest / scale
    }
}
