import Foundation

/// How far training has come after an epoch.
public struct EpochReport: Hashable, Sendable {
    /// The epoch, from 1.
    public let epoch: Int
    /// The mean loss of the training images during the epoch; NaN when training has diverged.
    public let loss: Double
    /// The share of validation images that are recognised, from 0 to 1.
    public let validationAccuracy: Double
}

// MARK: - CustomStringConvertible

extension EpochReport: CustomStringConvertible {
    /// `epoch=3 loss=0.2135 validation:accuracy=0.9540`; a loss that is not finite is `nan`.
    public var description: String {
        let loss = loss.isFinite ? String(format: "%.4f", loss) : "nan"
        let accuracy = String(format: "%.4f", validationAccuracy)
        return "epoch=\(epoch) loss=\(loss) validation:accuracy=\(accuracy)"
    }
}
