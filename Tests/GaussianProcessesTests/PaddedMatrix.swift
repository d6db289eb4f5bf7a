@testable import GaussianProcesses

/// Rows with something between them that nobody may touch.
struct PaddedMatrix {
    static let padding = -7.25

    let rowCount, columnCount, stride: Int
    var elements: [Double]

    init(_ matrix: Matrix, padding: Int) {
        rowCount = matrix.rowCount
        columnCount = matrix.columnCount
        stride = columnCount + padding
        elements = []
        for row in 0..<rowCount {
            elements += matrix.row(row) + Array(repeating: Self.padding, count: padding)
        }
    }

    subscript(row: Int, column: Int) -> Double {
        get { elements[row * stride + column] }
        set { elements[row * stride + column] = newValue }
    }

    /// Without the padding.
    var matrix: Matrix {
        Matrix(
            rows: (0..<rowCount).map { Array(elements[$0 * stride..<$0 * stride + columnCount]) })
    }

    /// The numbers on and below the diagonal, and zeros above.
    var lowerTriangle: Matrix {
        var lower = Matrix(rows: rowCount, columns: columnCount)
        for row in 0..<rowCount {
            for column in 0...row { lower[row, column] = self[row, column] }
        }
        return lower
    }

    var isPaddingIntact: Bool {
        (0..<rowCount).allSatisfy { row in
            elements[(row * stride + columnCount)..<((row + 1) * stride)]
                .allSatisfy { $0 == Self.padding }
        }
    }

    /// Fills what is above the diagonal.
    mutating func fillUpperTriangle(with value: Double) {
        for row in 0..<rowCount {
            for column in row + 1..<max(row + 1, columnCount) { self[row, column] = value }
        }
    }

    var isUpperTriangleNaN: Bool {
        (0..<rowCount).allSatisfy { row in
            (row + 1..<max(row + 1, columnCount)).allSatisfy { self[row, $0].isNaN }
        }
    }
}
