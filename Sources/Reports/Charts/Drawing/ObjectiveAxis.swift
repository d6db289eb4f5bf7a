import Tuning

/// The objective's values along a line, upwards, so that what matters of them can be seen.
///
/// Values above zero of which less is better are on a logarithmic scale when they span two powers
/// of ten; where more is better it would press the good ones together. On a linear one, a few
/// values that are far worse than the others do not press these together: they are drawn at the
/// edge.
struct ObjectiveAxis {
    /// The axis.
    let axis: NumberAxis
    /// What is measured, and which way is better.
    let title: String
    /// How many of the values are worse than the axis shows.
    let beyondCount: Int
    /// The best of the values.
    let best: Double
    /// The worst of the values that is not beyond the axis.
    let worstShown: Double
    /// Whether higher is better.
    private let isMaximum: Bool

    /// Spans the values of costs; `nil` without any.
    init?(_ costs: [Cost], of objective: Objective?) {
        guard !costs.isEmpty else { return nil }
        isMaximum = objective?.direction == .maximize
        let metric = objective?.metric ?? "objective"
        title = "\(metric) (\(isMaximum ? "higher" : "lower") is better)"
        let sorted = costs.map(\.value).sorted()
        let (lowest, highest) = (sorted[0], sorted[sorted.count - 1])
        let sign = isMaximum ? -1.0 : 1
        best = sign * lowest
        let (least, greatest) = (min(best, sign * highest), max(best, sign * highest))
        if !isMaximum, least > 0, greatest / least >= 100 {
            axis = NumberAxis(least / 1.2, greatest * 1.2, scale: .logarithmic)
            beyondCount = 0
            worstShown = sign * highest
            return
        }
        let usual = sorted[(sorted.count - 1) * 9 / 10]
        let isCut =
            sorted.count >= 10 && usual > lowest && highest > usual + 2 * (usual - lowest)
        let limit = isCut ? usual + (usual - lowest) / 2 : highest
        beyondCount = sorted.reversed().prefix { $0 > limit }.count
        worstShown = sign * limit
        let room = (limit / 2 - lowest / 2) / 12
        axis = NumberAxis(sign * (lowest - room), sign * (isCut ? limit : limit + room))
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
