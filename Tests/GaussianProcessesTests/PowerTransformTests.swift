import Foundation
import Testing

@testable import GaussianProcesses

@Suite("Power transform")
struct PowerTransformTests {
    static let exponents = [-1, -0.5, 0, 0.5, 1, 2.0]

    @Test("Is SciPy's Yeo-Johnson transformation, standardised before and after")
    func references() throws {
        let references: [References.PowerTransform] = try References.rows("PowerTransform")
        #expect(references.count == 24)
        for reference in references {
            let transform = PowerTransform(reference.costs, exponent: reference.exponent)
            for (actual, expected) in zip(transform.transformed, reference.transformed) {
                #expect(abs(actual - expected) < 1e-11, "\(reference.costs)")
            }
            for (cost, transformed) in zip(reference.costs, transform.transformed) {
                #expect(abs(transform(cost) - transformed) < 1e-12)
            }
        }
    }

    @Test("Its inverse leads back, also for costs that were not among those transformed")
    func inverse() {
        for scale in [1e-300, 1e-3, 1, 1e5, 1e300] {
            let costs = [3, 1, 4, 1.5, 9, 2.6].map { $0 * scale }
            for exponent in Self.exponents {
                let transform = PowerTransform(costs, exponent: exponent)
                for cost in costs + [2 * scale, 5 * scale] {
                    let error = abs(transform.inverse(transform(cost)) - cost)
                    #expect(error < 1e-9 * scale, "\(cost), exponent \(exponent)")
                }
            }
        }
    }

    @Test("Never changes the order of costs, and gives finite costs for all beliefs")
    func order() {
        let costs = [-7, -1, 0, 0.5, 2, 30.0]
        for exponent in Self.exponents {
            let transform = PowerTransform(costs, exponent: exponent)
            #expect(transform.transformed == transform.transformed.sorted())
            let beliefs = stride(from: -50.0, through: 50, by: 5).map { transform.inverse($0) }
            #expect(beliefs.allSatisfy { $0.isFinite } && beliefs == beliefs.sorted())
        }
    }

    @Test("Its Jacobian is that of finite differences", arguments: exponents)
    func jacobian(exponent: Double) {
        let costs = [3.0, 1, 4, 1.5, 9, 2.6, -20]
        let transform = PowerTransform(costs, exponent: exponent)
        let mean = costs.reduce(0, +) / 7
        let deviation = (costs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 7).squareRoot()
        let expected = costs.reduce(0.0) { sum, cost in
            let step = 1e-5
            return sum
                + log(
                    (transform(cost + step) - transform(cost - step)) / (2 * step) * deviation)
        }
        #expect(abs(transform.logJacobian - expected) < 1e-7)
    }

    @Test("Jacobians do not depend on the unit of the costs")
    func jacobianOfUnits() {
        let costs = [3.0, 1, 4, 1.5, 9, 2.6, -20]
        for exponent in Self.exponents {
            let expected = PowerTransform(costs, exponent: exponent).logJacobian
            for scale in [1e-300, 1e-5, 1e300] {
                let scaled = PowerTransform(costs.map { $0 * scale }, exponent: exponent)
                #expect(abs(scaled.logJacobian - expected) < 1e-9)
            }
        }
    }

    @Test(
        "Costs that cannot be told apart become zeros",
        arguments: [
            [5.0], [0, 0, 0], [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1], [1e300, 1e300],
            [-1e-300, -1e-300],
            [.greatestFiniteMagnitude],
        ])
    func equal(costs: [Double]) {
        for exponent in Self.exponents {
            let transform = PowerTransform(costs, exponent: exponent)
            #expect(transform.transformed.allSatisfy { abs($0) < 1e-12 })
            #expect(transform.logJacobian.isFinite)
            #expect(abs(transform.inverse(0) - costs[0]) <= 1e-12 * abs(costs[0]))
        }
    }

    @Test("The greatest and the least of all numbers survive")
    func extremes() {
        let largest = Double.greatestFiniteMagnitude
        for costs in [
            [-largest, largest], [0, 1, largest],
            [0, .leastNonzeroMagnitude, .leastNormalMagnitude],
            [1e300, 2e300, 1e308], [-largest, 1, 2, 3],
        ] {
            for exponent in Self.exponents {
                let transform = PowerTransform(costs, exponent: exponent)
                #expect(transform.transformed.allSatisfy { $0.isFinite }, "\(costs)")
                #expect(transform.transformed == transform.transformed.sorted(), "\(costs)")
                #expect(transform.logJacobian.isFinite, "\(costs)")
                #expect(costs.allSatisfy { transform.inverse(transform($0)).isFinite })
            }
        }
    }
}
