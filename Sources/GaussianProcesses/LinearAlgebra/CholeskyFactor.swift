import CNumerics
import Foundation

// Notation
//   A   a symmetric positive definite matrix, n × n
//   L   its lower triangular factor, A = L Lᵀ
//
// Source: Golub and Van Loan, *Matrix Computations*, sections 4.2 and 6.5 (appending a row).

/// The lower triangular factor L of a symmetric positive definite matrix A = L Lᵀ.
///
/// Rows can be appended: for that, L is kept with room to grow.
public struct CholeskyFactor: Sendable {
    /// n, the number of rows and columns.
    public private(set) var size: Int
    private var elements: [Double]
    private var stride: Int

    /// Factors a matrix; reads its lower triangle alone.
    ///
    /// - Throws: `NotPositiveDefinite` when a pivot is not a positive finite number.
    /// - Complexity: n³/3 multiplications.
    public init(_ matrix: consuming Matrix) throws(NotPositiveDefinite) {
        precondition(matrix.rowCount == matrix.columnCount, "not square")
        let count = matrix.rowCount
        let failure = matrix.withUnsafeMutableElements { cn_cholesky($0, count, count) }
        if failure > 0 { throw NotPositiveDefinite(pivot: failure - 1) }
        size = count
        stride = count
        elements = matrix.elements
    }

    /// One element of L; zero above the diagonal.
    public subscript(row: Int, column: Int) -> Double {
        column > row ? 0 : elements[row * stride + column]
    }

    /// ln det A.
    public var logDeterminant: Double {
        var sum = 0.0
        for index in 0..<size { sum += log(elements[index * stride + index]) }
        return 2 * sum
    }
}

/// A matrix has no Cholesky factor.
public struct NotPositiveDefinite: Error, Hashable, Sendable {
    /// The row, from 0, whose pivot is not a positive finite number.
    public let pivot: Int
}

// MARK: - Solving

extension CholeskyFactor {
    /// Replaces b by L⁻¹ b; b has length n.
    public func solveLower(_ vector: inout [Double]) {
        precondition(vector.count == size, "\(vector.count) numbers for \(size) rows")
        withElements { cn_solve_lower($0, size, stride, &vector, 1, 1) }
    }

    /// Replaces b by L⁻ᵀ b; b has length n.
    public func solveLowerTransposed(_ vector: inout [Double]) {
        precondition(vector.count == size, "\(vector.count) numbers for \(size) rows")
        withElements { cn_solve_lower_transposed($0, size, stride, &vector, 1, 1) }
    }

    /// A⁻¹ b; b has length n.
    public func solution(of vector: [Double]) -> [Double] {
        var vector = vector
        solveLower(&vector)
        solveLowerTransposed(&vector)
        return vector
    }

    /// Replaces every column of B by L⁻¹ of it; B is n × m.
    public func solveLower(columnsOf matrix: inout Matrix) {
        precondition(matrix.rowCount == size, "\(matrix.rowCount) rows for \(size)")
        let count = matrix.columnCount
        matrix.withUnsafeMutableElements { columns in
            withElements { cn_solve_lower($0, size, stride, columns, count, count) }
        }
    }

    /// The lower triangle of A⁻¹, n × n; what is above the diagonal has no meaning.
    ///
    /// - Complexity: 2n³/3 multiplications.
    public func inverseLowerTriangle() -> Matrix {
        var inverse = Matrix(rows: size, columns: size)
        inverse.withUnsafeMutableElements { target in
            withElements { cn_inverse($0, size, stride, target, size) }
        }
        return inverse
    }

    private func withElements(_ body: (UnsafePointer<Double>) -> Void) {
        elements.withUnsafeBufferPointer { buffer in
            guard let address = buffer.baseAddress else { return }
            body(address)
        }
    }
}

// MARK: - Growing

extension CholeskyFactor {
    /// Appends a row and a column to A.
    ///
    /// - Parameters:
    ///   - covariances: The new row up to the diagonal, length n.
    ///   - variance: The new element of the diagonal.
    /// - Throws: `NotPositiveDefinite`, and nothing is changed.
    /// - Complexity: n² multiplications; amortised, as room doubles when it runs out.
    public mutating func append(
        _ covariances: [Double], variance: Double
    ) throws(NotPositiveDefinite) {
        var row = covariances
        solveLower(&row)
        let pivot = variance - cn_dot(row, row, size)
        guard pivot > 0, pivot.isFinite else { throw NotPositiveDefinite(pivot: size) }
        if size == stride { reserve(max(16, 2 * size)) }
        let start = size * stride
        for (index, value) in row.enumerated() { elements[start + index] = value }
        elements[start + size] = pivot.squareRoot()
        size += 1
    }

    /// Makes room for n rows.
    private mutating func reserve(_ capacity: Int) {
        var grown = Array(repeating: 0.0, count: capacity * capacity)
        for row in 0..<size {
            for column in 0...row {
                grown[row * capacity + column] = elements[row * stride + column]
            }
        }
        elements = grown
        stride = capacity
    }
}
