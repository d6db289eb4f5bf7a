import CNumerics
import Testing

@testable import GaussianProcesses

@Suite("Kernels of linear algebra")
struct LinearAlgebraKernelTests {
    // Around the edges of tiles (4, 6, 8, 24), of panels (96) and of blocks (120, 128).
    static let sizes = [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 23, 24, 25, 33, 47, 48, 49, 95, 96, 97, 119, 120, 121,
        127, 128, 129, 150, 217,
    ]

    private typealias Plain = PlainLinearAlgebra

    @Test("A factor is LAPACK's", arguments: InstructionSet.available)
    func reference(set: InstructionSet) throws {
        let references: [References.LinearAlgebra] = try References.rows("LinearAlgebra")
        for reference in references {
            let size = reference.size
            try set.run {
                let factor = try CholeskyFactor(Plain.covariances(size))
                let lastRow = (0..<size).map { factor[size - 1, $0] }
                #expect(Plain.difference(lastRow, reference.lastRowOfFactor) < 1e-14)
                let diagonal = (0..<size).map { factor[$0, $0] }
                #expect(Plain.difference(diagonal, reference.diagonalOfFactor) < 1e-14)
                #expect(
                    abs(factor.logDeterminant - reference.logDeterminant)
                        <= 1e-13 * max(1, abs(reference.logDeterminant)))

                var solution = Plain.rightHandSides(size, count: 3)
                factor.solveLower(columnsOf: &solution)
                #expect(Plain.difference(solution.elements, reference.solution) < 1e-13)
                solution = Plain.rightHandSides(size, count: 3)
                factor.solveLowerTransposed(columnsOf: &solution)
                #expect(Plain.difference(solution.elements, reference.solutionOfTransposed) < 1e-13)

                let inverse = factor.inverseLowerTriangle()
                #expect(
                    Plain.difference(inverse.row(size - 1), reference.lastRowOfInverse) < 1e-13)
                let inverseDiagonal = (0..<size).map { inverse[$0, $0] }
                #expect(Plain.difference(inverseDiagonal, reference.diagonalOfInverse) < 1e-13)
            }
        }
    }

    @Test(
        "A factor is that of plain loops; nothing above the diagonal or between rows is touched",
        arguments: InstructionSet.available, [0, 5])
    func factor(set: InstructionSet, padding: Int) {
        for size in Self.sizes {
            let matrix = Plain.covariances(size)
            var padded = PaddedMatrix(matrix, padding: padding)
            padded.fillUpperTriangle(with: .nan)
            let failure = set.run { cn_cholesky(&padded.elements, size, padded.stride) }
            #expect(failure == 0, "\(size) rows")
            let expected = Plain.covarianceFactor(size)
            #expect(
                Plain.difference(padded.lowerTriangle.elements, expected.elements) < 2e-15,
                "\(size) rows")
            #expect(padded.isUpperTriangleNaN && padded.isPaddingIntact, "\(size) rows")
        }
    }

    @Test(
        "Appending rows to a factor gives the factor of the whole",
        arguments: InstructionSet.available)
    func append(set: InstructionSet) {
        for size in [2, 9, 30, 97, 150] {
            let whole = Plain.covarianceFactor(size)
            for first in Set([0, 1, size / 3, size / 2, size - 5, size - 4, size - 1, size])
            where first >= 0 {
                var matrix = Plain.covariances(size)
                for row in 0..<first {
                    for column in 0...row { matrix[row, column] = whole[row, column] }
                }
                var padded = PaddedMatrix(matrix, padding: 3)
                padded.fillUpperTriangle(with: .nan)
                let failure = set.run {
                    cn_cholesky_append(&padded.elements, size, padded.stride, first)
                }
                #expect(failure == 0, "\(first) of \(size) rows")
                #expect(
                    Plain.difference(padded.lowerTriangle.elements, whole.elements) < 2e-15,
                    "\(first) of \(size) rows")
                #expect(padded.isUpperTriangleNaN && padded.isPaddingIntact)
            }
        }
    }

    @Test(
        "Multiplying a solution by the factor gives the right-hand sides",
        arguments: InstructionSet.available, [1, 2, 25, 97])
    func solve(set: InstructionSet, columns: Int) {
        for size in [0, 1, 3, 5, 8, 9, 24, 25, 97, 129] {
            let factor = Plain.covarianceFactor(size)
            let sides = Plain.rightHandSides(size, count: columns)
            for padding in [0, 3] {
                let left = PaddedMatrix(factor, padding: padding)
                for transposed in [false, true] {
                    var solution = PaddedMatrix(sides, padding: padding)
                    set.run {
                        let solve = transposed ? cn_solve_lower_transposed : cn_solve_lower
                        solve(
                            left.elements, size, left.stride, &solution.elements, columns,
                            solution.stride)
                    }
                    let product = Plain.product(factor, solution.matrix, transposed: transposed)
                    #expect(
                        Plain.difference(product.elements, sides.elements) < 1e-14,
                        "\(size) rows, transposed: \(transposed)")
                    #expect(solution.isPaddingIntact)
                }
            }
        }
    }

    @Test("A times its inverse is the identity", arguments: InstructionSet.available, [0, 3])
    func inverse(set: InstructionSet, padding: Int) {
        for size in Self.sizes {
            let factor = Plain.covarianceFactor(size)
            let left = PaddedMatrix(factor, padding: padding)
            // What was there before must not matter.
            var inverse = PaddedMatrix(
                Matrix(rows: size, columns: size, repeating: .nan), padding: padding)
            set.run {
                cn_inverse(left.elements, size, left.stride, &inverse.elements, inverse.stride)
            }
            for column in Set([0, size / 2, size - 1]) where size > 0 {
                var whole = Matrix(rows: size, columns: 1)
                var expected = whole
                for row in 0..<size {
                    whole[row, 0] = row < column ? inverse[column, row] : inverse[row, column]
                }
                expected[column, 0] = 1
                let half = Plain.product(factor, whole, transposed: true)
                let product = Plain.product(factor, half)
                #expect(
                    Plain.difference(product.elements, expected.elements) < 1e-13,
                    "\(size) rows, column \(column)")
            }
            #expect(inverse.isPaddingIntact)
        }
    }

    @Test(
        "A product with a transpose is added",
        arguments: InstructionSet.available,
        [(0, 3, 2), (1, 1, 1), (3, 0, 2), (5, 2, 1), (8, 24, 24), (7, 25, 131), (50, 99, 129)])
    func product(set: InstructionSet, shape: (rows: Int, columns: Int, depth: Int)) {
        let left = PaddedMatrix(Plain.rightHandSides(shape.rows, count: shape.depth), padding: 2)
        let right = PaddedMatrix(
            Plain.rightHandSides(shape.columns, count: shape.depth), padding: 1)
        var sum = PaddedMatrix(Plain.rightHandSides(shape.rows, count: shape.columns), padding: 4)
        var expected = sum.matrix
        for row in 0..<shape.rows {
            for column in 0..<shape.columns {
                for k in 0..<shape.depth {
                    expected[row, column] += 0.5 * left[row, k] * right[column, k]
                }
            }
        }
        set.run {
            cn_add_product_transposed(
                0.5, left.elements, shape.rows, shape.depth, left.stride, right.elements,
                shape.columns, right.stride, &sum.elements, sum.stride)
        }
        // Multiples of 1/128: exact in any order.
        #expect(sum.matrix == expected)
        #expect(sum.isPaddingIntact)
    }

    @Test("Sums and scaled sums of vectors", arguments: InstructionSet.available)
    func vectors(set: InstructionSet) {
        for size in [0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 33, 63, 64, 100] {
            let x = Plain.rightHandSides(size, count: 1).elements
            var y = (0..<size).map { Double($0 % 5) }
            var dot = 0.0
            for index in 0..<size { dot += x[index] * y[index] }
            let sum = (0..<size).map { y[$0] - 2.5 * x[$0] }
            set.run {
                #expect(cn_dot(x, y, size) == dot)
                cn_add_scaled(-2.5, x, &y, size)
                #expect(y == sum)
            }
        }
    }
}
