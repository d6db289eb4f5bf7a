import Foundation
import Testing

@testable import GaussianProcesses

@Suite("Bounded minimizer")
struct BoundedMinimizerTests {
    static let minimizer = BoundedMinimizer(iterationMax: 2000, gradientTolerance: 1e-8)

    @Test("Finds the minima that SciPy's L-BFGS-B finds")
    func references() throws {
        let references: [References.Minimum] = try References.rows("Minima")
        #expect(references.count == 6)
        for reference in references {
            let function = reference.name == "rosenbrock" ? Self.rosenbrock : Self.quadratic
            let result = Self.minimizer.minimum(
                from: reference.start, lower: reference.lower, upper: reference.upper, of: function)
            let name = "\(reference.name) up to \(reference.upper)"
            #expect(abs(result.value - reference.value) < 1e-7, "\(name)")
            for index in result.point.indices {
                #expect(abs(result.point[index] - reference.point[index]) < 1e-3, "\(name)")
                #expect(result.point[index] >= reference.lower[index], "\(name)")
                #expect(result.point[index] <= reference.upper[index], "\(name)")
            }
            #expect(result.evaluationCount < 500, "\(name)")
        }
    }

    /// x − ln x in each coordinate, infinite where one is not above zero.
    private static func barrier(_ x: [Double], _ gradient: inout [Double]) -> Double {
        guard x.allSatisfy({ $0 > 0 }) else { return .infinity }
        for index in x.indices { gradient[index] = 1 - 1 / x[index] }
        return x.reduce(0) { $0 + $1 - log($1) }
    }

    @Test(
        "Retreats from where the function is infinite",
        arguments: [
            [0.01, 4], [1e-4, 1e-4], [9, 0.5],
        ])
    func infinite(start: [Double]) {
        let result = Self.minimizer.minimum(
            from: start, lower: [-10, -10], upper: [10, 10], of: Self.barrier)
        #expect(abs(result.value - 2) < 1e-7)
    }

    @Test("Says so when the start is infinite, and looks no further")
    func infiniteStart() {
        let result = Self.minimizer.minimum(
            from: [-1], lower: [-2], upper: [2], of: Self.barrier)
        #expect(result.value == .infinity && result.point == [-1] && result.evaluationCount == 1)
    }

    @Test("Stays where bounds leave no room, and projects the start into the box")
    func noRoom() {
        let fixed = Self.minimizer.minimum(
            from: [3, -3, 0], lower: [0.25, 0.5, 1], upper: [0.25, 0.5, 1], of: Self.quadratic)
        #expect(fixed.point == [0.25, 0.5, 1] && fixed.evaluationCount == 1)
    }

    @Test("Takes no more steps than it may")
    func limit() {
        let none = BoundedMinimizer(iterationMax: 0, gradientTolerance: 0).minimum(
            from: [-1.2, 1], lower: [-2, -2], upper: [2, 2], of: Self.rosenbrock)
        #expect(none.point == [-1.2, 1] && none.evaluationCount == 1)
        let few = BoundedMinimizer(iterationMax: 3, gradientTolerance: 0).minimum(
            from: [-1.2, 1], lower: [-2, -2], upper: [2, 2], of: Self.rosenbrock)
        #expect(few.value < none.value && few.evaluationCount <= 1 + 3 * 30)
    }

    /// Coordinates that are coupled with their neighbours: Σ (i + 1) y_i² + Σ y_i y_{i+1}.
    private static func quadratic(_ x: [Double], _ gradient: inout [Double]) -> Double {
        let y = x.indices.map { x[$0] - Double($0 % 4 - 1) }
        var sum = 0.0
        for index in x.indices {
            sum += Double(index + 1) * y[index] * y[index]
            gradient[index] = 2 * Double(index + 1) * y[index]
            if index > 0 {
                sum += y[index] * y[index - 1]
                gradient[index] += y[index - 1]
                gradient[index - 1] += y[index]
            }
        }
        return sum
    }

    private static func rosenbrock(_ x: [Double], _ gradient: inout [Double]) -> Double {
        var sum = 0.0
        for index in x.indices { gradient[index] = 0 }
        for index in x.indices.dropLast() {
            let (rest, own) = (x[index + 1] - x[index] * x[index], 1 - x[index])
            sum += 100 * rest * rest + own * own
            gradient[index] -= 400 * rest * x[index] + 2 * own
            gradient[index + 1] += 200 * rest
        }
        return sum
    }
}
