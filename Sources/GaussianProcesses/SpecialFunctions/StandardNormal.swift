import Foundation

// The standard normal distribution. Accurate to a few units in the last place first, also far out
// in both tails; fast second.
//
//   z      a number
//   φ, Φ   density and cumulative probability
//
// Sources: Wichura, "Algorithm AS 241: The Percentage Points of the Normal Distribution", 1988
// (quantile); Abramowitz and Stegun, *Handbook of Mathematical Functions*, 7.1.23 (tail of Φ).

/// The normal distribution with mean 0 and variance 1.
public enum StandardNormal {
    /// ln √(2π).
    static let logNormalisation = 0.918_938_533_204_672_741_8

    /// φ(z).
    public static func density(_ z: Double) -> Double {
        guard abs(z) < 40 else { return z.isNaN ? z : 0 }
        return exp(-0.5 * z * z) * (1 - 0.5 * squareResidual(z)) * 0.398_942_280_401_432_677_9
    }

    /// ln φ(z).
    public static func logDensity(_ z: Double) -> Double {
        -0.5 * z * z - logNormalisation
    }

    /// Φ(z).
    public static func cumulativeProbability(_ z: Double) -> Double {
        let x = -z * 0.5.squareRoot()
        guard z < -1, z > -40 else { return 0.5 * erfc(x) }
        // Far out, erfc magnifies the rounding of x; its derivative takes that back.
        let residual = (-z).addingProduct(-x, rootOfTwo) - x * rootOfTwoResidual
        return 0.5 * erfc(x) - density(z) * residual
    }

    /// ln Φ(z); finite down to z = -1e154, where Φ itself has long been 0.
    public static func logCumulativeProbability(_ z: Double) -> Double {
        if z > 0 { return log1p(-cumulativeProbability(-z)) }
        if z > -20 { return log(cumulativeProbability(z)) }
        return logDensity(z) + log(tailRatio(z))
    }

    /// The z with Φ(z) = p; infinite at 0 and 1, not a number outside.
    public static func quantile(_ probability: Double) -> Double {
        guard probability >= 0, probability <= 1 else { return .nan }
        let centred = probability - 0.5
        if abs(centred) <= 0.425 {
            return centred * Quantile.centre.value(at: 0.180625 - centred * centred)
        }
        let tail = centred < 0 ? probability : 1 - probability
        if tail == 0 { return centred < 0 ? -.infinity : .infinity }
        let root = (-log(tail)).squareRoot()
        let size =
            root <= 5
            ? Quantile.middle.value(at: root - 1.6)
            : Quantile.tail.value(at: root - 5)
        return centred < 0 ? -size : size
    }
}

// MARK: - Tails

extension StandardNormal {
    /// √2, and what its rounding left out.
    private static let rootOfTwo = 2.0.squareRoot()
    private static let rootOfTwoResidual = -9.667_293_313_452_913e-17

    /// z² less its rounded value.
    private static func squareResidual(_ z: Double) -> Double {
        (-(z * z)).addingProduct(z, z)
    }

    /// Φ(z) / φ(z) for z from -10 to 0.
    static func ratio(_ z: Double) -> Double {
        // Both at the same rounded x: the quotient hardly depends on it, the two terms very much.
        let x = -z * 0.5.squareRoot()
        return halfRootOfTau * erfc(x) * exp(x * x) * (1 + squareResidual(x))
    }

    private static let halfRootOfTau = 1.253_314_137_315_500_251_2

    /// Φ(z) / φ(z) for z below -10, where 20 terms of the asymptotic series are exact to rounding.
    static func tailRatio(_ z: Double) -> Double {
        asymptoticSeries(z, from: 0) / -z
    }

    /// Σ (-1)ᵏ (2k - 1)!! / z²ᵏ for k from `first`, where it is 1 for k = 0, over 20 terms.
    static func asymptoticSeries(_ z: Double, from first: Int) -> Double {
        let step = -1 / (z * z)
        var term = 1.0
        var sum = 0.0
        for k in 0..<first + 20 {
            if k >= first { sum += term }
            term *= Double(2 * k + 1) * step
        }
        return sum
    }
}

// MARK: - Coefficients of the quantile

/// A quotient of polynomials of degree 7; the denominator begins with 1.
private struct Quantile {
    /// Coefficients by increasing power.
    let numerator, denominator: SIMD8<Double>

    func value(at x: Double) -> Double {
        var above = numerator[7]
        var below = denominator[7]
        for power in (0..<7).reversed() {
            above = above * x + numerator[power]
            below = below * x + denominator[power]
        }
        return above / below
    }

    /// Of 0.180625 - (p - 1/2)², for |p - 1/2| up to 0.425; gives the quantile over p - 1/2.
    static let centre = Quantile(
        numerator: SIMD8(
            3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427,
            13731.693765509461125, 45921.953931549871457, 67265.770927008700853,
            33430.575583588128105, 2509.0809287301226727),
        denominator: SIMD8(
            1, 42.313330701600911252, 687.18700749205790830, 5394.1960214247511077,
            21213.794301586595867, 39307.895800092710610, 28729.085735721942674,
            5226.4952788528545610))

    /// Of √(-ln p) - 1.6, for √(-ln p) up to 5.
    static let middle = Quantile(
        numerator: SIMD8(
            1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550,
            3.64784832476320460504, 1.27045825245236838258, 0.241780725177450611770,
            0.0227238449892691845833, 7.74545014278341407640e-4),
        denominator: SIMD8(
            1, 2.05319162663775882187, 1.67638483018380384940, 0.689767334985100004550,
            0.148103976427480074590, 0.0151986665636164571966, 5.47593808499534494600e-4,
            1.05075007164441684324e-9))

    /// Of √(-ln p) - 5, for √(-ln p) from 5 to 27.
    static let tail = Quantile(
        numerator: SIMD8(
            6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580,
            0.296560571828504891230, 0.0265321895265761230930, 1.24266094738807843860e-3,
            2.71155556874348757815e-5, 2.01033439929228813265e-7),
        denominator: SIMD8(
            1, 0.599832206555887937690, 0.136929880922735805310, 0.0148753612908506148525,
            7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
            2.04426310338993978564e-15))
}
