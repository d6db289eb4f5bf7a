import Testing

@testable import DigitsTraining

@Suite("Gradient of the network")
struct GradientTests {
    @Test(
        "The derivative by every parameter equals the central finite difference",
        arguments: Activation.allCases, [[64, 7, 10], [64, 6, 5, 10]])
    func finiteDifferences(activation: Activation, sizes: [Int]) {
        var random = SplitMix64(seed: 11)
        let network = MultilayerPerceptron(
            sizes: sizes, activation: activation, using: &random)
        let digits = HandwrittenDigits.training
        let images = [0, 1, 2, 3, 4]
        let gradient = network.lossGradient(on: digits, images: images).gradient
        let step = 1e-5
        for index in network.parameters.indices {
            var above = network
            var below = network
            above.parameters[index] += step
            below.parameters[index] -= step
            let difference =
                above.lossGradient(on: digits, images: images).loss
                - below.lossGradient(on: digits, images: images).loss
            #expect(
                abs(difference / (2 * step) - gradient[index]) < 1e-7,
                "parameter \(index) of \(sizes), \(activation)")
        }
    }

    @Test("A network that knows nothing loses log 10 an image")
    func lossWithoutKnowledge() {
        var random = SplitMix64(seed: 1)
        var network = MultilayerPerceptron(
            sizes: [64, 4, 10], activation: .tanh, using: &random)
        for index in network.parameters.indices { network.parameters[index] = 0 }
        let loss = network.lossGradient(on: .training, images: [0, 1, 2]).loss
        #expect(abs(loss - 2.302_585_092_994_046) < 1e-12)
    }
}
