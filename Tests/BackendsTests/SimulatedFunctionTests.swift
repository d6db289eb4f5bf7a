import Testing

@testable import Backends

@Suite("Simulated functions")
struct SimulatedFunctionTests {
    struct Row {
        let function: SimulatedFunction
        let inputs: [Double]
        let value: Double
    }

    // S. Surjanovic and D. Bingham, "Virtual Library of Simulation Experiments", pages of the
    // functions: global minima, to the digits given there.
    static let optima = [
        Row(function: .branin, inputs: [-Double.pi, 12.275], value: 0.397887),
        Row(function: .branin, inputs: [.pi, 2.275], value: 0.397887),
        Row(function: .branin, inputs: [9.42478, 2.475], value: 0.397887),
        Row(
            function: .hartmann6,
            inputs: [0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573], value: -3.32237),
        Row(function: .ackley, inputs: [0, 0, 0], value: 0),
        Row(function: .rosenbrock, inputs: [1, 1, 1, 1], value: 0),
        Row(function: .sphere, inputs: [0, 0], value: 0),
        Row(function: .levy, inputs: [1, 1, 1], value: 0),
    ]

    @Test("Have the published minima where they were published", arguments: optima)
    func optimum(row: Row) {
        #expect(abs(row.function.value(at: row.inputs) - row.value) < 1e-5)
        for index in row.inputs.indices {
            for step in [-0.01, 0.01] {
                var moved = row.inputs
                moved[index] += step
                #expect(row.function.value(at: moved) > row.function.value(at: row.inputs))
            }
        }
    }

    // Worked out from the formulas with NumPy 2.4.6, rosenbrock by scipy.optimize.rosen.
    @Test(
        "Have the values of an independent calculation elsewhere",
        arguments: [
            Row(function: .branin, inputs: [0.5, -1.5], value: 63.807367344160625),
            Row(
                function: .hartmann6, inputs: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6],
                value: -1.4069105761385297),
            Row(function: .ackley, inputs: [0.5, -1.5, 2], value: 7.102062941907507),
            Row(function: .rosenbrock, inputs: [0.5, -1.5, 2], value: 319),
            Row(function: .levy, inputs: [0.5, -1.5, 2], value: 3.362778096654422),
            Row(function: .sphere, inputs: [0.5, -1.5, 2], value: 6.5),
        ])
    func value(row: Row) {
        #expect(abs(row.function.value(at: row.inputs) - row.value) < 1e-12 * abs(row.value))
    }

    @Test("Missing inputs stand at the optimum, superfluous ones change nothing")
    func inputCounts() {
        for function in SimulatedFunction.allCases {
            #expect(function.value(at: []) == function.value(at: function.optimum))
        }
        let branin = SimulatedFunction.branin
        #expect(branin.value(at: [1]) == branin.value(at: [1, 2.275]))
        #expect(branin.value(at: [1, 2, 3]) == branin.value(at: [1, 2]))
    }
}
