import Foundation

// Notation
//   x   inputs of a layer; those of the first are pixels
//   W   weights of a layer, inputs × outputs; b its biases
//   z   xW + b, what a layer computes; hidden layers hand on f(z), f the activation
//   p   softmax(z) of the last layer: the probability of every digit
//   δ   derivative of the loss by z
//
// The loss of an image is −log p of what it shows. Zero inputs are skipped: half of all pixels are
// paper, and half of all rectified units are off.

/// A neural network of dense layers that says which digit an image shows.
public struct MultilayerPerceptron: Sendable {
    /// The function of the hidden units.
    public let activation: Activation
    /// Units a layer: pixels, hidden layers, digits.
    public let sizes: [Int]
    /// All weights and biases, layer after layer.
    var parameters: [Double]
    let layers: [DenseLayer]

    /// Draws the first weights; biases are zero.
    ///
    /// - Parameters:
    ///   - sizes: Units a layer, at least two layers, none empty.
    ///   - activation: What all layers but the last apply to their sums.
    ///   - random: What the weights are drawn with.
    public init(
        sizes: [Int], activation: Activation, using random: inout some RandomNumberGenerator
    ) {
        precondition(sizes.count >= 2 && sizes.allSatisfy { $0 > 0 }, "layers of \(sizes) units")
        self.sizes = sizes
        self.activation = activation
        layers = DenseLayer.layers(sizes: sizes)
        parameters = [Double](repeating: 0, count: layers[layers.count - 1].end)
        for layer in layers {
            let variance = activation.weightVarianceTimesInputs / Double(layer.inputCount)
            for index in layer.weightsStart..<layer.biasesStart {
                parameters[index] = variance.squareRoot() * Self.normal(using: &random)
            }
        }
    }

    /// The share of images whose digit is the most probable one; NaN for no images.
    public func accuracy(on digits: HandwrittenDigits) -> Double {
        var pass = NetworkPass(self)
        var correctCount = 0
        parameters.withUnsafeBufferPointer { parameters in
            for index in 0..<digits.count {
                pass.forward(digits, image: index, parameters: parameters)
                if pass.mostProbableClass == digits.labels[index] { correctCount += 1 }
            }
        }
        return Double(correctCount) / Double(digits.count)
    }

    /// The mean loss of some images, and its derivative by every parameter.
    func lossGradient(
        on digits: HandwrittenDigits, images: some Sequence<Int>
    ) -> (loss: Double, gradient: [Double]) {
        var pass = NetworkPass(self)
        var gradient = [Double](repeating: 0, count: parameters.count)
        var loss = 0.0
        var count = 0.0
        parameters.withUnsafeBufferPointer { parameters in
            gradient.withUnsafeMutableBufferPointer { gradient in
                for image in images {
                    pass.forward(digits, image: image, parameters: parameters)
                    loss += pass.loss(label: digits.labels[image])
                    pass.backward(
                        label: digits.labels[image], parameters: parameters, gradient: gradient)
                    count += 1
                }
            }
        }
        return (loss / count, gradient.map { $0 / count })
    }

    /// A normal number, by Box and Muller's method.
    private static func normal(using random: inout some RandomNumberGenerator) -> Double {
        let radius = (-2 * log(1 - Double.random(in: 0..<1, using: &random))).squareRoot()
        return radius * cos(2 * .pi * Double.random(in: 0..<1, using: &random))
    }
}
