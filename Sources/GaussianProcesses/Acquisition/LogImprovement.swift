import Foundation

/// ln h(z), h(z) = φ(z) + z Φ(z), and the ratios its derivatives need.
struct LogImprovement {
    let value: Double
    /// φ/h.
    let densityRatio: Double
    /// Φ/h.
    let probabilityRatio: Double

    init(z: Double) {
        let logDensity = -0.5 * z * z - 0.9189385332046727
        let x = -z / 2.0.squareRoot()
        let logProbability: Double
        if z > -1 {
            let probability = 0.5 * erfc(x)
            value = log(exp(logDensity) + z * probability)
            logProbability = log(probability)
        } else if x < 10 {
            let scaled = exp(x * x) * erfc(x)
            value = logDensity + log(1 - x * Double.pi.squareRoot() * scaled)
            logProbability = log(0.5 * scaled) - x * x
        } else {
            let t = 1 / (2 * x * x)
            var term = 1.0, sum = 0.0, tail = 1.0, tailTerm = 1.0
            for k in 1...12 {
                term *= Double(2 * k - 1) * t * (k == 1 ? 1 : -1)
                sum += term
                tailTerm *= -Double(2 * k - 1) * t
                tail += tailTerm
            }
            value = logDensity + log(sum)
            logProbability = -x * x - log(2 * x * Double.pi.squareRoot()) + log(tail)
        }
        densityRatio = exp(logDensity - value)
        probabilityRatio = exp(logProbability - value)
    }
}
