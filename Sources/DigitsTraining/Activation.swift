import Foundation

/// The function of hidden units.
public enum Activation: String, Hashable, Codable, Sendable, CaseIterable {
    /// max(0, x).
    case relu
    /// Hyperbolic tangent.
    case tanh

    /// The function's value.
    func value(_ x: Double) -> Double {
        switch self {
        // Written so that NaN stays NaN: a network that has diverged has to show it.
        case .relu: x < 0 ? 0 : x
        case .tanh: Foundation.tanh(x)
        }
    }

    /// The function's slope where it has a value.
    func slope(atValue value: Double) -> Double {
        switch self {
        case .relu: value == 0 ? 0 : 1
        case .tanh: 1 - value * value
        }
    }

    /// The variance of first weights times their inputs that keeps the signal's size.
    ///
    /// - SeeAlso: He et al., "Delving Deep into Rectifiers", 2015; Glorot and Bengio,
    ///   "Understanding the Difficulty of Training Deep Feedforward Neural Networks", 2010.
    var weightVarianceTimesInputs: Double {
        switch self {
        case .relu: 2
        case .tanh: 1
        }
    }
}
