import Testing
import Tuning

@Suite("Objective")
struct ObjectiveTests {
    @Test(
        "The better value has the lower cost, and comes back from it",
        arguments: [
            (Objective.Direction.minimize, 1.0, 2.0), (.maximize, 2, 1),
            (.maximize, -1e308, -1.1e308),
            (.minimize, -5, 0),
        ])
    func cost(direction: Objective.Direction, better: Double, worse: Double) throws {
        let objective = Objective(direction, "m")
        let low = try #require(objective.cost(of: better))
        let high = try #require(objective.cost(of: worse))
        #expect(low < high)
        #expect(objective.value(of: low) == better)
        #expect(objective.value(of: high) == worse)
    }

    @Test("What is not finite has no cost", arguments: [Double.nan, .infinity, -.infinity])
    func notFinite(value: Double) {
        #expect(Objective(.minimize, "m").cost(of: value) == nil)
        #expect(Objective(.maximize, "m").cost(of: value) == nil)
    }

    @Test("A maximised zero comes back without a minus sign")
    func zero() throws {
        let objective = Objective(.maximize, "m")
        let cost = try #require(objective.cost(of: 0))
        #expect(objective.value(of: cost).sign == .plus)
    }
}
