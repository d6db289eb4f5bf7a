import Foundation
import Testing

@testable import GaussianProcesses

@Suite("Special functions")
struct SpecialFunctionTests {
    /// |actual - expected| in units of the expected number.
    private func error(_ actual: Double, _ expected: Double) -> Double {
        actual == expected ? 0 : abs(actual - expected) / abs(expected)
    }

    @Test("The normal distribution is mpmath's to a few units in the last place")
    func normal() throws {
        let references: [References.Normal] = try References.rows("StandardNormal")
        for reference in references {
            let z = reference.z
            #expect(error(StandardNormal.density(z), reference.density) < 1e-15, "\(z)")
            #expect(
                error(
                    StandardNormal.cumulativeProbability(z), reference.cumulativeProbability)
                    < 1e-15, "\(z)")
            #expect(
                error(
                    StandardNormal.logCumulativeProbability(z),
                    reference.logCumulativeProbability) < 1e-15, "\(z)")
        }
    }

    @Test("The normal distribution ends in limits")
    func limits() {
        #expect(StandardNormal.density(.infinity) == 0)
        #expect(StandardNormal.density(-.infinity) == 0)
        #expect(StandardNormal.cumulativeProbability(-.infinity) == 0)
        #expect(StandardNormal.cumulativeProbability(.infinity) == 1)
        #expect(StandardNormal.cumulativeProbability(-50) == 0)
        #expect(StandardNormal.logCumulativeProbability(.infinity) == 0)
        #expect(StandardNormal.logCumulativeProbability(-.infinity) == -.infinity)
        #expect(StandardNormal.logCumulativeProbability(-1e150).isFinite)
        #expect(StandardNormal.density(.nan).isNaN)
        #expect(StandardNormal.cumulativeProbability(.nan).isNaN)
        #expect(StandardNormal.logCumulativeProbability(.nan).isNaN)
    }

    @Test("Quantiles are mpmath's to a few units in the last place")
    func quantile() throws {
        let references: [References.Quantile] = try References.rows("Quantile")
        for reference in references {
            let quantile = StandardNormal.quantile(reference.probability)
            #expect(error(quantile, reference.quantile) < 1e-15, "\(reference.probability)")
        }
        #expect(StandardNormal.quantile(0) == -.infinity)
        #expect(StandardNormal.quantile(1) == .infinity)
        #expect(StandardNormal.quantile(-0.1).isNaN)
        #expect(StandardNormal.quantile(1.1).isNaN)
        #expect(StandardNormal.quantile(.nan).isNaN)
    }

    @Test("Log improvement and its ratios are mpmath's, for z from 5 to -1e8")
    func logImprovement() throws {
        let references: [References.Improvement] = try References.rows("LogImprovement")
        for reference in references {
            let improvement = LogImprovement(z: reference.z)
            #expect(
                abs(improvement.value - reference.value)
                    <= 1e-15 * max(1, abs(reference.value)), "\(reference.z)")
            #expect(
                error(improvement.densityRatio, reference.densityRatio) < 5e-14, "\(reference.z)")
            #expect(
                error(improvement.probabilityRatio, reference.probabilityRatio) < 5e-14,
                "\(reference.z)")
        }
    }

    @Test("Log improvement rises, is continuous, and has the slope it says")
    func slope() {
        var previous = LogImprovement(z: -30)
        for step in 1...3500 {
            let z = -30 + 0.01 * Double(step)
            let improvement = LogImprovement(z: z)
            let rise = improvement.value - previous.value
            #expect(rise > 0)
            // ln h is concave: the rise lies between the slopes at both ends.
            #expect(rise <= 0.01 * previous.probabilityRatio * (1 + 1e-9), "\(z)")
            #expect(rise >= 0.01 * improvement.probabilityRatio * (1 - 1e-9), "\(z)")
            previous = improvement
        }
    }

    @Test("Log improvement is finite far beyond what beliefs ask for")
    func extremes() {
        for z in [-1e150, -1e30, 1e30, 1e150] {
            let improvement = LogImprovement(z: z)
            #expect(improvement.value.isFinite, "\(z)")
            #expect(improvement.densityRatio.isFinite, "\(z)")
            #expect(improvement.probabilityRatio.isFinite, "\(z)")
        }
    }
}
