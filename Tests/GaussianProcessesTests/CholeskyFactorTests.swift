import Testing

@testable import GaussianProcesses

@Suite("Cholesky factor")
struct CholeskyFactorTests {
    private typealias Plain = PlainLinearAlgebra

    @Test(
        "The first pivot that is not positive and finite is named",
        arguments: InstructionSet.available, [0, 1, 4, 5, 23, 24, 40, 119, 128, 139])
    func failure(set: InstructionSet, pivot: Int) {
        for bad in [-1.0, 0, .nan, .infinity] {
            var matrix = Plain.covariances(140)
            matrix[pivot, pivot] = bad
            #expect(throws: NotPositiveDefinite(pivot: pivot), "\(bad)") {
                try set.run { try CholeskyFactor(matrix) }
            }
        }
        var spoilt = Plain.covariances(140)
        if pivot > 0 {
            spoilt[pivot, pivot - 1] = .nan
            #expect(throws: NotPositiveDefinite(pivot: pivot)) {
                try set.run { try CholeskyFactor(spoilt) }
            }
        }
    }

    @Test("A matrix of rank one fails at its second row", arguments: InstructionSet.available)
    func singular(set: InstructionSet) {
        for size in [2, 5, 30] {
            #expect(throws: NotPositiveDefinite(pivot: 1)) {
                try set.run {
                    try CholeskyFactor(Matrix(rows: size, columns: size, repeating: 4))
                }
            }
        }
    }

    @Test(
        "Scaling a matrix scales its factor",
        arguments: InstructionSet.available, [0x1p-1000, 0x1p-300, 0x1p300, 0x1p1000])
    func scale(set: InstructionSet, scale: Double) throws {
        let size = 50
        var matrix = Plain.covariances(size)
        let plain = try set.run { try CholeskyFactor(matrix) }
        for row in 0..<size {
            for column in 0..<size { matrix[row, column] *= scale }
        }
        let scaled = try set.run { try CholeskyFactor(matrix) }
        for row in 0..<size {
            for column in 0...row {
                #expect(scaled[row, column] == plain[row, column] * scale.squareRoot())
            }
        }
    }

    @Test(
        "Rows of very different size do not disturb each other", arguments: InstructionSet.available
    )
    func mixedScales(set: InstructionSet) throws {
        let size = 60
        var matrix = Plain.covariances(size)
        let plain = Plain.covarianceFactor(size)
        let scales = (0..<size).map { $0 % 2 == 0 ? 0x1p-250 : 0x1p250 }
        for row in 0..<size {
            for column in 0..<size { matrix[row, column] *= scales[row] * scales[column] }
        }
        let factor = try set.run { try CholeskyFactor(matrix) }
        for row in 0..<size {
            for column in 0...row {
                let unscaled = factor[row, column] / scales[row]
                #expect(abs(unscaled - plain[row, column]) < 1e-14)
            }
        }
    }

    @Test(
        "One row after the other gives the factor of the whole",
        arguments: InstructionSet.available)
    func growByRow(set: InstructionSet) throws {
        let matrix = Plain.covariances(70)
        let whole = Plain.covarianceFactor(matrix.rowCount)
        try set.run {
            var factor = try CholeskyFactor(Matrix(rows: 0, columns: 0))
            for row in 0..<70 {
                let covariances = Array(matrix.row(row).prefix(row))
                try factor.append(covariances, variance: matrix[row, row])
            }
            expectSame(factor, whole)
        }
    }

    @Test(
        "Several rows at once give the factor of the whole",
        arguments: InstructionSet.available, [[3, 1, 40, 2, 30], [24, 24, 24], [1, 120, 1, 5]])
    func growByBlocks(set: InstructionSet, counts: [Int]) throws {
        let size = counts.reduce(0, +)
        let matrix = Plain.covariances(size)
        let whole = Plain.covarianceFactor(matrix.rowCount)
        try set.run {
            var factor = try CholeskyFactor(Matrix(rows: 0, columns: 0))
            for count in counts {
                let end = factor.size + count
                let rows = (factor.size..<end).map { Array(matrix.row($0).prefix(end)) }
                try factor.append(rows: Matrix(rows: rows))
            }
            expectSame(factor, whole)
        }
    }

    @Test("A row that does not fit is refused and leaves the factor as it was")
    func refusedRow() throws {
        var factor = try CholeskyFactor(Plain.covariances(30))
        let before = factor
        let copy = Plain.covariances(31).row(0).prefix(30)
        #expect(throws: NotPositiveDefinite(pivot: 30)) {
            try factor.append(Array(copy), variance: copy[0] / 2)
        }
        #expect(factor.size == 30)
        expectSame(factor, Plain.covarianceFactor(30))
        // And it grows as if nothing had been.
        let row = Plain.covariances(31).row(30)
        try factor.append(Array(row.prefix(30)), variance: row[30])
        expectSame(factor, Plain.covarianceFactor(31))
        #expect(before.size == 30)
    }

    @Test("A solution times the matrix is the right-hand side", arguments: InstructionSet.available)
    func solution(set: InstructionSet) throws {
        for size in [0, 1, 7, 65] {
            let matrix = Plain.covariances(size)
            let side = Plain.rightHandSides(size, count: 1).elements
            let solution = try set.run { try CholeskyFactor(matrix).solution(of: side) }
            let product = (0..<size).map { row in
                zip(matrix.row(row), solution).reduce(0) { $0 + $1.0 * $1.1 }
            }
            #expect(PlainLinearAlgebra.difference(product, side) < 1e-13)
        }
    }

    private func expectSame(_ factor: CholeskyFactor, _ expected: Matrix) {
        #expect(factor.size == expected.rowCount)
        var largest = 0.0
        for row in 0..<factor.size {
            for column in 0...row {
                largest = max(largest, abs(factor[row, column] - expected[row, column]))
            }
        }
        #expect(largest < 2e-15)
    }
}
