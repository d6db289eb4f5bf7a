import Foundation

// Notation as in MultilayerPerceptron.swift.

/// One image's way through a network and back: the numbers of all units, kept for reuse.
struct NetworkPass {
    private let activation: Activation
    private let layers: [DenseLayer]
    /// The numbers each layer takes in, and the probabilities at the end.
    private var values: [[Double]]
    /// δ of every layer.
    private var derivatives: [[Double]]
    /// Of the last layer: log Σ exp z, and z itself before it became probabilities.
    private var logSum = 0.0
    private var scores: [Double]

    init(_ network: MultilayerPerceptron) {
        activation = network.activation
        layers = network.layers
        values = network.sizes.map { [Double](repeating: 0, count: $0) }
        derivatives = network.sizes.dropFirst().map { [Double](repeating: 0, count: $0) }
        scores = values[values.count - 1]
    }

    /// The digit with the greatest probability; the first one when there is none, being NaN.
    var mostProbableClass: Int {
        var best = 0
        for index in scores.indices where scores[index] > scores[best] { best = index }
        return best
    }

    /// The loss of the image that went through last.
    func loss(label: Int) -> Double { logSum - scores[label] }

    /// Computes the numbers of all units for an image.
    mutating func forward(
        _ digits: HandwrittenDigits, image: Int, parameters: UnsafeBufferPointer<Double>
    ) {
        digits.pixels.withUnsafeBufferPointer { pixels in
            values[0].withUnsafeMutableBufferPointer { inputs in
                let start = image * HandwrittenDigits.pixelCount
                for index in 0..<inputs.count { inputs[index] = pixels[start + index] }
            }
        }
        for (index, layer) in layers.enumerated() {
            Self.forward(layer, from: values[index], to: &values[index + 1], parameters)
            if index + 1 < layers.count { activate(&values[index + 1]) }
        }
        normalize()
    }

    /// Adds the derivative of the last image's loss by every parameter to a gradient.
    mutating func backward(
        label: Int, parameters: UnsafeBufferPointer<Double>,
        gradient: UnsafeMutableBufferPointer<Double>
    ) {
        derivatives[layers.count - 1] = values[layers.count]
        derivatives[layers.count - 1][label] -= 1
        for index in layers.indices.reversed() {
            Self.accumulate(
                layers[index], inputs: values[index], derivatives: derivatives[index], gradient)
            if index > 0 { propagate(through: index, parameters) }
        }
    }
}

// MARK: - Layers

extension NetworkPass {
    /// z ← xW + b.
    private static func forward(
        _ layer: DenseLayer, from inputs: [Double], to outputs: inout [Double],
        _ parameters: UnsafeBufferPointer<Double>
    ) {
        guard let parameters = parameters.baseAddress else { return }
        inputs.withUnsafeBufferPointer { inputs in
            outputs.withUnsafeMutableBufferPointer { outputs in
                guard let output = outputs.baseAddress else { return }
                output.update(from: parameters + layer.biasesStart, count: layer.outputCount)
                var row = parameters + layer.weightsStart
                var index = 0
                while index < layer.inputCount {
                    let input = inputs[index]
                    if input != 0 { addScaled(input, row, to: output, count: layer.outputCount) }
                    row += layer.outputCount
                    index &+= 1
                }
            }
        }
    }

    /// dW ← dW + xᵀδ, db ← db + δ.
    private static func accumulate(
        _ layer: DenseLayer, inputs: [Double], derivatives: [Double],
        _ gradient: UnsafeMutableBufferPointer<Double>
    ) {
        guard let gradient = gradient.baseAddress else { return }
        derivatives.withUnsafeBufferPointer { derivatives in
            guard let derivatives = derivatives.baseAddress else { return }
            inputs.withUnsafeBufferPointer { inputs in
                var row = gradient + layer.weightsStart
                var index = 0
                while index < layer.inputCount {
                    let input = inputs[index]
                    if input != 0 {
                        addScaled(input, derivatives, to: row, count: layer.outputCount)
                    }
                    row += layer.outputCount
                    index &+= 1
                }
            }
            addScaled(1, derivatives, to: gradient + layer.biasesStart, count: layer.outputCount)
        }
    }

    /// δ of the layer before ← (Wδ) f′(z).
    private mutating func propagate(
        through index: Int, _ parameters: UnsafeBufferPointer<Double>
    ) {
        guard let parameters = parameters.baseAddress else { return }
        let layer = layers[index]
        let inputs = values[index]
        let derivativesAfter = derivatives[index]
        derivativesAfter.withUnsafeBufferPointer { after in
            guard let after = after.baseAddress else { return }
            var row = parameters + layer.weightsStart
            for input in 0..<layer.inputCount {
                let slope = activation.slope(atValue: inputs[input])
                derivatives[index - 1][input] =
                    slope == 0 ? 0 : slope * dotProduct(row, after, count: layer.outputCount)
                row += layer.outputCount
            }
        }
    }

    private func activate(_ values: inout [Double]) {
        for index in values.indices { values[index] = activation.value(values[index]) }
    }

    /// Turns the scores of the last layer into probabilities.
    private mutating func normalize() {
        scores = values[layers.count]
        // Subtracting the greatest score keeps exp from overflowing.
        let greatest = scores.max() ?? 0
        var sum = 0.0
        for score in scores { sum += exp(score - greatest) }
        logSum = greatest + log(sum)
        for index in scores.indices { values[layers.count][index] = exp(scores[index] - logSum) }
    }
}
