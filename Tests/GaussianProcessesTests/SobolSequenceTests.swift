import Testing

@testable import GaussianProcesses

@Suite("Sobol sequence")
struct SobolSequenceTests {
    struct Row {
        let number: Int
        let numerators: [Int]
    }

    // SciPy 1.17.1; coordinates 0, 1, 2, 20, 40 and 63 in units of 2⁻³⁰:
    //     s = scipy.stats.qmc.Sobol(64, scramble=False); s.fast_forward(number)
    //     (s.random(1)[0, [0, 1, 2, 20, 40, 63]] * 2**30).astype(int)
    static let published = [
        Row(number: 0, numerators: [0, 0, 0, 0, 0, 0]),
        Row(
            number: 1,
            numerators: [
                536_870_912, 536_870_912, 536_870_912, 536_870_912, 536_870_912, 536_870_912,
            ]),
        Row(
            number: 2,
            numerators: [
                805_306_368, 268_435_456, 268_435_456, 268_435_456, 268_435_456, 805_306_368,
            ]),
        Row(
            number: 3,
            numerators: [
                268_435_456, 805_306_368, 805_306_368, 805_306_368, 805_306_368, 268_435_456,
            ]),
        Row(
            number: 7,
            numerators: [
                134_217_728, 671_088_640, 402_653_184, 939_524_096, 134_217_728, 402_653_184,
            ]),
        Row(
            number: 100,
            numerators: [
                444_596_224, 276_824_064, 830_472_192, 813_694_976, 763_363_328, 696_254_464,
            ]),
        Row(
            number: 127,
            numerators: [
                8_388_608, 713_031_680, 595_591_168, 578_813_952, 595_591_168, 327_155_712,
            ]),
        Row(
            number: 1_000_003,
            numerators: [
                296_862_720, 603_356_160, 83_747_840, 848_395_264, 979_020_800, 330_843_136,
            ]),
    ]

    @Test("Unscrambled points are SciPy's", arguments: published)
    func reference(row: Row) {
        let point = SobolSequence(dimension: 64)[row.number]
        let chosen = [0, 1, 2, 20, 40, 63].map { Int(point[$0] * 0x1p30) }
        #expect(chosen == row.numerators)
    }

    @Test("Each block of 2^m points has one in each of 2^m parts of every axis")
    func balance() {
        for seed in [nil, 1] as [UInt64?] {
            var sequence = SobolSequence(dimension: 64)
            if let seed {
                var random = SplitMix(state: seed)
                sequence = SobolSequence(dimension: 64, scrambledBy: &random)
            }
            for (start, count) in [(0, 1), (0, 16), (16, 16), (0, 256), (768, 256)] {
                let points = (start..<start + count).map { sequence[$0] }
                for coordinate in 0..<64 {
                    let parts = Set(points.map { Int($0[coordinate] * Double(count)) })
                    #expect(parts.count == count, "coordinate \(coordinate)")
                }
            }
        }
    }

    @Test("The first two coordinates are a (0, m, 2)-net, scrambled or not")
    func net() {
        var random = SplitMix(state: 4)
        for sequence in [
            SobolSequence(dimension: 2), SobolSequence(dimension: 2, scrambledBy: &random),
        ] {
            let points = (0..<256).map { sequence[$0] }
            for bits in 0...8 {
                let boxes = Set(
                    points.map { point in
                        [
                            Int(point[0] * Double(1 << bits)),
                            Int(point[1] * Double(1 << (8 - bits))),
                        ]
                    })
                #expect(boxes.count == 256, "\(bits) bits of the first coordinate, seed 4")
            }
        }
    }

    @Test("Scrambled points are more even than random ones", arguments: [2, 6, 10])
    func discrepancy(dimension: Int) {
        for seed in 0..<3 as Range<UInt64> {
            var random = SplitMix(state: seed)
            let sequence = SobolSequence(dimension: dimension, scrambledBy: &random)
            let even = centredDiscrepancy((0..<64).map { sequence[$0] })
            let drawn = centredDiscrepancy(
                (0..<64).map { _ in
                    (0..<dimension).map { _ in Double.random(in: 0..<1, using: &random) }
                })
            #expect(even < drawn * 0.7, "seed \(seed)")
        }
    }

    @Test("Scrambling makes every point uniform, also the first")
    func uniform() {
        var sum = 0.0
        var counts = Array(repeating: 0, count: 8)
        for seed in 0..<500 as Range<UInt64> {
            var random = SplitMix(state: seed)
            let point = SobolSequence(dimension: 2, scrambledBy: &random)[0]
            #expect(point.allSatisfy { 0 <= $0 && $0 < 1 })
            sum += point[1]
            counts[Int(point[0] * 8)] += 1
        }
        // Standard deviations: 0.013 of the mean, 7.4 of a count.
        #expect(abs(sum / 500 - 0.5) < 0.052)
        #expect(counts.allSatisfy { abs(Double($0) - 62.5) < 37 }, "\(counts)")
    }

    @Test("The same seed gives the same points, another seed others")
    func seeds() {
        var (first, same, other) = (SplitMix(state: 7), SplitMix(state: 7), SplitMix(state: 8))
        let points = SobolSequence(dimension: 5, scrambledBy: &first)[99]
        #expect(SobolSequence(dimension: 5, scrambledBy: &same)[99] == points)
        #expect(SobolSequence(dimension: 5, scrambledBy: &other)[99] != points)
        #expect(SobolSequence(dimension: 0)[12] == [])
    }
}

/// The squared centred discrepancy. Source: F. J. Hickernell, "A generalized discrepancy and
/// quadrature error bound", 1998, equation 1.1.
private func centredDiscrepancy(_ points: [[Double]]) -> Double {
    let count = Double(points.count)
    let dimension = points[0].count
    let constant = (0..<dimension).reduce(1.0) { product, _ in product * 13 / 12 }
    var single = 0.0
    var double = 0.0
    for point in points {
        single += point.reduce(1.0) { product, x in
            let distance = abs(x - 0.5)
            return product * (1 + distance / 2 - distance * distance / 2)
        }
        for other in points {
            double += zip(point, other).reduce(1.0) { product, pair in
                product
                    * (1 + abs(pair.0 - 0.5) / 2 + abs(pair.1 - 0.5) / 2 - abs(pair.0 - pair.1) / 2)
            }
        }
    }
    return constant - 2 / count * single + double / (count * count)
}

/// SplitMix64, so that these tests need no other target.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
