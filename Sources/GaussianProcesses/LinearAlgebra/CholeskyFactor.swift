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

    /// One element of L b; b has length n.
    public func product(ofRow row: Int, with vector: [Double]) -> Double {
        precondition(vector.count == size, "\(vector.count) numbers for \(size) rows")
        var sum = 0.0
        withElements { sum = cn_dot($0 + row * stride, vector, row + 1) }
        return sum
    }

    /// Replaces every column of B by L⁻¹ of it; B is n × m.
    public func solveLower(columnsOf matrix: inout Matrix) {
        precondition(matrix.rowCount == size, "\(matrix.rowCount) rows for \(size)")
        let count = matrix.columnCount
        matrix.withUnsafeMutableElements { columns in
            withElements { cn_solve_lower($0, size, stride, columns, count, count) }
        }
    }

    /// Replaces every column of B by L⁻ᵀ of it; B is n × m.
    public func solveLowerTransposed(columnsOf matrix: inout Matrix) {
        precondition(matrix.rowCount == size, "\(matrix.rowCount) rows for \(size)")
        let count = matrix.columnCount
        matrix.withUnsafeMutableElements { columns in
            withElements { cn_solve_lower_transposed($0, size, stride, columns, count, count) }
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
    /// - Complexity: n² multiplications; moves the factor when room runs out.
    public mutating func append(
        _ covariances: [Double], variance: Double
    ) throws(NotPositiveDefinite) {
        precondition(covariances.count == size, "\(covariances.count) numbers for \(size) rows")
        try append(count: 1) { _, target in
            for column in covariances.indices { target[column] = covariances[column] }
            target[covariances.count] = variance
        }
    }

    /// Appends p rows and columns to A.
    ///
    /// - Parameter rows: The new rows of A, p × (n + p); only what is not above the diagonal is
    /// read.
    /// - Throws: `NotPositiveDefinite`, and nothing is changed.
    /// - Complexity: (n² + n p + p²/3) p multiplications; moves the factor when room runs out.
    public mutating func append(rows: Matrix) throws(NotPositiveDefinite) {
        precondition(
            rows.columnCount == size + rows.rowCount,
            "\(rows.rowCount) × \(rows.columnCount) numbers for \(size) rows")
        let first = size
        try append(count: rows.rowCount) { row, target in
            for column in 0...first + row { target[column] = rows[row, column] }
        }
    }

    /// Makes room for n rows, so that appending up to there moves nothing.
    public mutating func reserveCapacity(_ capacity: Int) {
        guard capacity > stride else { return }
        var grown = Array(repeating: 0.0, count: capacity * capacity)
        grown.withUnsafeMutableBufferPointer { target in
            elements.withUnsafeBufferPointer { source in
                for row in 0..<size {
                    for column in 0...row {
                        target[row * capacity + column] = source[row * stride + column]
                    }
                }
            }
        }
        elements = grown
        stride = capacity
    }

    /// Appends rows of A that `write` puts, up to the diagonal, where it is told.
    private mutating func append(
        count: Int, write: (_ row: Int, _ target: UnsafeMutablePointer<Double>) -> Void
    ) throws(NotPositiveDefinite) {
        let (first, end) = (size, size + count)
        if end > stride { reserveCapacity(max(16, end + end / 8)) }
        let failure = elements.withUnsafeMutableBufferPointer { [stride] buffer in
            guard let start = buffer.baseAddress else { return 0 }
            for row in 0..<count { write(row, start + (first + row) * stride) }
            return cn_cholesky_append(start, end, stride, first)
        }
        if failure > 0 { throw NotPositiveDefinite(pivot: failure - 1) }
        size = end
    }
}
