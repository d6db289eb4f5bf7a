import CNumerics
import Foundation

// Notation
//   A   symmetric positive definite, n × n: A_ij = exp(-3 |i - j| / n), and 2 on the diagonal
//   L   its Cholesky factor
//   B   n × n right-hand sides, all 1

/// How fast the kernels of linear algebra are at one size.
struct LinearAlgebraTiming {
    static let kernels = ["factor", "solve one", "solve", "solve transp.", "inverse", "A Bᵀ"]

    /// 10⁹ operations a second, in the order of `kernels`.
    let rates: [Double]
    /// Time for one factor.
    let factorSeconds: Double

    init(size n: Int) {
        let matrix = Self.matrix(n)
        var factor = matrix
        let ones = Array(repeating: 1.0, count: n * n)
        var work = ones
        var vector = Array(repeating: 1.0, count: n)
        let cube = Double(n) * Double(n) * Double(n)
        let repetitions = max(1, 2_000_000 / (n * n * n))
        // What is replaced is copied in each time; the copy is measured alone and taken off.
        func bestReplacing(
            _ target: inout [Double], with source: [Double], body: (inout [Double]) -> Void
        ) -> Double {
            let copy = bestTime(repetitions: repetitions) { target.copy(source) }
            let both = bestTime(repetitions: repetitions) {
                target.copy(source)
                body(&target)
            }
            return max(both - copy, 1e-9)
        }
        factorSeconds = bestReplacing(&factor, with: matrix) {
            precondition(cn_cholesky(&$0, n, n) == 0)
        }
        let solveOne = bestReplacing(&vector, with: Array(ones.prefix(n))) {
            cn_solve_lower(factor, n, n, &$0, 1, 1)
        }
        let solve = bestReplacing(&work, with: ones) { cn_solve_lower(factor, n, n, &$0, n, n) }
        let transposed = bestReplacing(&work, with: ones) {
            cn_solve_lower_transposed(factor, n, n, &$0, n, n)
        }
        let inverse = bestTime(repetitions: repetitions) { cn_inverse(factor, n, n, &work, n) }
        Self.check(inverse: work, of: matrix, n)
        let product = bestTime(repetitions: repetitions, prepare: { work = ones }) {
            cn_add_product_transposed(1, ones, n, n, n, matrix, n, n, &work, n)
        }
        rates = [
            cube / 3 / factorSeconds, cube / Double(n) / solveOne, cube / solve,
            cube / transposed, cube * 2 / 3 / inverse, cube * 2 / product,
        ].map { $0 * 1e-9 }
    }

    private static func matrix(_ n: Int) -> [Double] {
        (0..<n * n).map { index in
            let (row, column) = (index / n, index % n)
            return row == column ? 2 : exp(-3 * Double(abs(row - column)) / Double(n))
        }
    }

    /// Multiplies the last row of A⁻¹ by A.
    private static func check(inverse: [Double], of matrix: [Double], _ n: Int) {
        for column in 0..<n {
            var sum = 0.0
            for k in 0..<n { sum += inverse[(n - 1) * n + k] * matrix[k * n + column] }
            let expected = column == n - 1 ? 1.0 : 0.0
            precondition(abs(sum - expected) < 1e-10, "A⁻¹ A is \(sum), not \(expected)")
        }
    }
}

extension [Double] {
    /// Overwrites the numbers with as many others.
    fileprivate mutating func copy(_ source: [Double]) {
        withUnsafeMutableBufferPointer { _ = $0.update(fromContentsOf: source) }
    }
}
