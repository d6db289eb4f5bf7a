/// The place of one dense layer's weights and biases in the parameters of a network.
struct DenseLayer: Hashable, Sendable {
    /// Numbers that come in.
    let inputCount: Int
    /// Numbers that go out.
    let outputCount: Int
    /// Where the weights begin: inputs × outputs, the row of an input together.
    let weightsStart: Int

    /// Where the biases begin, one an output.
    var biasesStart: Int { weightsStart + inputCount * outputCount }
    /// Where the layer's parameters end.
    var end: Int { biasesStart + outputCount }

    /// Lays out layers one after the other, each between two neighbours of these sizes.
    static func layers(sizes: [Int]) -> [DenseLayer] {
        var layers: [DenseLayer] = []
        for (inputCount, outputCount) in zip(sizes, sizes.dropFirst()) {
            layers.append(
                DenseLayer(
                    inputCount: inputCount, outputCount: outputCount,
                    weightsStart: layers.last?.end ?? 0))
        }
        return layers
    }
}
