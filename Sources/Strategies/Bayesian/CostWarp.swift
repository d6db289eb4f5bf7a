import Foundation
import GaussianProcesses

enum CostWarp {
    /// Costs as a model likes them: mean 0, deviation 1, bad outliers drawn in.
    static func warped(_ costs: [Double], mode: Int) -> [Double] {
        guard costs.count > 1 else { return costs.map { _ in 0 } }
        let scale = costs.reduce(0) { max($0, abs($1)) }
        var values = scale > 0 ? costs.map { $0 / scale } : costs
        if mode == 1 { values = halfRank(values) }
        if mode == 2 { values = logWarp(halfRank(values)) }
        if mode == 3 { values = yeoJohnson(values) }
        if mode == 4 { values = winsor(values) }
        return standardised(values)
    }

    static func winsor(_ v: [Double]) -> [Double] {
        let s = v.sorted()
        let q1 = s[s.count / 4], q2 = s[s.count / 2]
        let cap = q2 + 5 * max(q2 - q1, 1e-12)
        return v.map { min($0, cap) }
    }

    static func standardised(_ values: [Double]) -> [Double] {
        let mean = values.reduce(0, +) / Double(values.count)
        let variance =
            values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        let deviation = variance.squareRoot()
        guard deviation > 1e-15 else { return values.map { _ in 0 } }
        return values.map { ($0 - mean) / deviation }
    }

    static func halfRank(_ values: [Double]) -> [Double] {
        let sorted = values.sorted()
        let n = sorted.count
        let median = n % 2 == 1 ? sorted[n / 2] : 0.5 * (sorted[n / 2 - 1] + sorted[n / 2])
        let good = sorted.filter { $0 < median }
        guard !good.isEmpty else { return values }
        // The good half's spread, as that of a half-normal distribution.
        let spread = (good.reduce(0) { $0 + ($1 - median) * ($1 - median) } / Double(good.count))
            .squareRoot()
        guard spread > 0 else { return values }
        var unique = Array(Set(sorted)).sorted()
        unique.sort()
        var rank: [Double: Double] = [:]
        var below = 0
        var i = 0
        while i < n {
            var j = i
            while j < n, sorted[j] == sorted[i] { j += 1 }
            rank[sorted[i]] = (Double(i + j - 1) / 2 + 0.5) / Double(n)
            i = j
            below = j
        }
        return values.map { value in
            value <= median ? value : median + spread * quantile(max(rank[value] ?? 0.5, 0.5))
        }
    }

    static func logWarp(_ values: [Double]) -> [Double] {
        let lowest = values.min() ?? 0, highest = values.max() ?? 0
        guard highest > lowest else { return values }
        // Stretches the good end: Vizier's log warp with offset 1.5.
        return values.map { value in
            let normal = (value - lowest) / (highest - lowest)
            return -(0.5 - log1p(normal * 0.5) / log(1.5))
        }
    }

    static func yeoJohnson(_ values: [Double]) -> [Double] {
        let v = standardised(values)
        func transform(_ x: Double, _ l: Double) -> Double {
            if x >= 0 { return abs(l) < 1e-9 ? log1p(x) : (pow(1 + x, l) - 1) / l }
            return abs(l - 2) < 1e-9 ? -log1p(-x) : -(pow(1 - x, 2 - l) - 1) / (2 - l)
        }
        func score(_ l: Double) -> Double {
            let t = v.map { transform($0, l) }
            let m = t.reduce(0, +) / Double(t.count)
            let s = t.reduce(0) { $0 + ($1 - m) * ($1 - m) } / Double(t.count)
            let jac = v.reduce(0) { $0 + ($1 < 0 ? -1 : 1) * log1p(abs($1)) }
            return -0.5 * Double(t.count) * log(max(s, 1e-300)) + (l - 1) * jac
                - 0.5 * (l - 1) * (l - 1) * 4
        }
        var best = 1.0, bestScore = score(1)
        for k in 0...40 {
            let l = -1 + Double(k) * 0.1
            let s = score(l)
            if s > bestScore { (best, bestScore) = (l, s) }
        }
        return v.map { transform($0, best) }
    }

    static func quantile(_ p: Double) -> Double {
        // bisection is enough here
        var lo = -8.0, hi = 8.0
        for _ in 0..<60 {
            let m = 0.5 * (lo + hi)
            if 0.5 * erfc(-m / 2.0.squareRoot()) < p { lo = m } else { hi = m }
        }
        return 0.5 * (lo + hi)
    }
}
