import Foundation

extension MultilayerPerceptron {
    /// The network as JSON: its activation, and the weights and biases of every layer.
    ///
    /// Weights have a row for every input. Numbers that JSON cannot hold, after divergence, are the
    /// texts `NaN`, `Infinity` and `-Infinity`.
    public func jsonData() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return try encoder.encode(
            StoredNetwork(
                activation: activation,
                layers: layers.map { layer in
                    StoredLayer(
                        weights: (0..<layer.inputCount).map { input in
                            let start = layer.weightsStart + input * layer.outputCount
                            return Array(parameters[start..<start + layer.outputCount])
                        },
                        biases: Array(parameters[layer.biasesStart..<layer.end]))
                }))
    }
}

private struct StoredNetwork: Encodable {
    let activation: Activation
    let layers: [StoredLayer]
}

private struct StoredLayer: Encodable {
    let weights: [[Double]]
    let biases: [Double]
}
