import Tuning

/// The objective's values along a line, upwards, so that what matters of them can be seen.
///
/// Values above zero that span three powers of ten are on a logarithmic scale. On a linear one, a
/// few values that are far worse than the others do not press these together: they are drawn at
/// the edge.
struct ObjectiveAxis {
    /// The axis.
    let axis: NumberAxis
    /// What is measured, and which way is better.
    let title: String
    /// How many of the values are worse than the axis shows.
    let beyondCount: Int
    /// Whether higher is better.
    let isMaximum: Bool

    /// Spans the values of costs; `nil` without any.
    init?(_ costs: [Cost], of objective: Objective?) {
        guard !costs.isEmpty else { return nil }
        isMaximum = objective?.direction == .maximize
        let metric = objective?.metric ?? "objective"
        title = "\(metric) (\(isMaximum ? "higher" : "lower") is better)"
        let sorted = costs.map(\.value).sorted()
        let (best, worst) = (sorted[0], sorted[sorted.count - 1])
        let least = isMaximum ? -worst : best
        let greatest = isMaximum ? -best : worst
        if least > 0, greatest / least >= 1_000 {
            axis = NumberAxis(least / 1.2, greatest * 1.2, scale: .logarithmic)
            beyondCount = 0
            return
        }
        let usual = sorted[(sorted.count - 1) * 9 / 10]
        let limit = usual + 2 * (usual - best)
        let shown =
            sorted.count >= 10 && worst > limit && usual > best ? usual * 1.5 - best * 0.5 : worst
        beyondCount = sorted.reversed().prefix { $0 > shown }.count
        let room = (shown / 2 - best / 2) / 12
        let (low, high) = (best - room, beyondCount > 0 ? shown : shown + room)
        axis = NumberAxis(isMaximum ? -high : low, isMaximum ? -low : high)
    }

    /// Where a cost's value is, from 0 to 1.
    func position(of cost: Cost) -> Double {
        axis.position(of: isMaximum ? -cost.value : cost.value)
    }

    /// How good a cost is among what is shown, from 0 to 1.
    func quality(of cost: Cost) -> Double {
        isMaximum ? position(of: cost) : 1 - position(of: cost)
    }

    /// The class of a cost's colour, from `q0` to `q7`; better is more striking.
    func colour(of cost: Cost) -> String { Self.colours[min(Int(quality(of: cost) * 8), 7)] }

    private static let colours = (0..<8).map { "q\($0)" }

    /// What is to be said about values that are not shown where they are.
    var remark: String {
        beyondCount == 0
            ? "" : " \(NumberText.count(beyondCount)) far worse are drawn at the edge."
    }
}
