import Tuning

/// How well the order of trials at each rung has foretold their order at the next.
///
/// For each rung, Kendall's τ over the last trials that have come to the next one, mixed with full
/// agreement as if `priorCount` more trials had shown it. Only trials that went on can be compared,
/// so it errs on the side of too little agreement.
struct RungAgreement: Sendable {
    /// How many trials are remembered for each rung.
    static let pairCountMax = 40
    /// With how many trials' weight full agreement is assumed beforehand.
    static let priorCount = 4.0
    /// The least agreement with which a rung is trusted.
    static let agreementMin = 0.5

    private struct Pair {
        let lower: Double
        let upper: Double
    }

    private var pairs: [[Pair]]

    /// Assumes full agreement.
    ///
    /// - Parameter rungCount: The number of rungs below the end of training.
    init(rungCount: Int) {
        pairs = Array(repeating: [], count: rungCount)
    }

    /// Takes in a trial's costs at a rung and at the next, or at the end of its training.
    mutating func insert(lower: Cost, upper: Cost, rung: Int) {
        if pairs[rung].count == Self.pairCountMax { pairs[rung].removeFirst() }
        pairs[rung].append(Pair(lower: lower.value, upper: upper.value))
    }

    /// The agreement of a rung with the next, from −1 to 1.
    func agreement(at rung: Int) -> Double {
        let pairs = pairs[rung]
        var sum = 0
        for (index, first) in pairs.enumerated() {
            for second in pairs[..<index] {
                let lower = Self.sign(first.lower, second.lower)
                sum += lower * Self.sign(first.upper, second.upper)
            }
        }
        let count = Double(pairs.count)
        let comparisons = count * (count - 1) / 2
        let tau = comparisons > 0 ? Double(sum) / comparisons : 0
        return (Self.priorCount + count * tau) / (Self.priorCount + count)
    }

    /// The bracket with the most rungs of which all can be trusted.
    var bracket: Int {
        var bracket = pairs.count
        while bracket > 0, agreement(at: bracket - 1) >= Self.agreementMin { bracket -= 1 }
        return bracket
    }

    private static func sign(_ left: Double, _ right: Double) -> Int {
        left < right ? -1 : left > right ? 1 : 0
    }
}
