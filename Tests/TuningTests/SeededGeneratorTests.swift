import Testing
import Tuning

@Suite("Seeded generator")
struct SeededGeneratorTests {
    // The first outputs of SplitMix64 for seed 1234567, as published with the test vectors of
    // Rosetta Code, "Pseudo-random numbers/Splitmix64".
    @Test("Gives the published numbers of SplitMix64")
    func reference() {
        var generator = SeededGenerator(seed: 1_234_567)
        #expect(generator.next() == 6_457_827_717_110_365_317)
        #expect(generator.next() == 3_203_168_211_198_807_973)
        #expect(generator.next() == 9_817_491_932_198_370_423)
    }

    @Test("Neighbouring ordinals and seeds give unrelated numbers")
    func independence() {
        var seen: Set<UInt64> = []
        var sum = 0.0
        var products = 0.0
        var previous = 0.5
        for seed in 0..<100 as Range<UInt64> {
            for ordinal in 0..<100 {
                var generator = SeededGenerator(seed: seed, ordinal: ordinal)
                var copy = generator
                seen.insert(copy.next())
                let unit = generator.nextUnit()
                sum += unit
                products += (unit - 0.5) * (previous - 0.5)
                previous = unit
            }
        }
        #expect(seen.count == 10_000)
        // Standard errors: 0.0029 of the mean, 0.00083 of the mean product.
        #expect(abs(sum / 10_000 - 0.5) < 0.012)
        #expect(abs(products / 10_000) < 0.0034)
    }

    @Test("Streams of different ordinals do not overlap at their starts")
    func streams() {
        var seen: Set<UInt64> = []
        for ordinal in 0..<500 {
            var generator = SeededGenerator(seed: 9, ordinal: ordinal)
            for _ in 0..<100 { seen.insert(generator.next()) }
        }
        #expect(seen.count == 50_000)
    }

    @Test("Units are in [0, 1) and every tenth gets its share")
    func units() {
        var generator = SeededGenerator(seed: 5)
        var counts = Array(repeating: 0, count: 10)
        for _ in 0..<100_000 {
            let unit = generator.nextUnit()
            #expect(0 <= unit && unit < 1)
            counts[Int(unit * 10)] += 1
        }
        // The standard deviation of a count is 95.
        #expect(counts.allSatisfy { abs($0 - 10_000) < 475 }, "seed 5: \(counts)")
    }
}
