import Testing
import Tuning

@testable import Strategies

@Suite("Seeded permutation")
struct SeededPermutationTests {
    @Test("Each number comes once, and its position is found", arguments: [1, 2, 3, 10, 257, 5000])
    func bijection(count: Int) {
        for seed in 0..<5 as Range<UInt64> {
            let permutation = SeededPermutation(count: count, seed: seed)
            let numbers = (0..<count).map { permutation[$0] }
            #expect(numbers.sorted() == Array(0..<count), "seed \(seed)")
            for (position, number) in numbers.enumerated() {
                #expect(permutation.position(of: number) == position, "seed \(seed)")
            }
        }
    }

    @Test("The largest counts work", arguments: [Int.max, Int.max - 1, 1 << 62, 1 << 62 + 1])
    func large(count: Int) {
        let permutation = SeededPermutation(count: count, seed: 3)
        for position in [0, 1, count / 2, count - 1] {
            let number = permutation[position]
            #expect(0 <= number && number < count)
            #expect(permutation.position(of: number) == position)
        }
    }

    @Test("Neighbours are spread: about a third of their distances exceeds 0.42 of the count")
    func spread() {
        let permutation = SeededPermutation(count: 10_000, seed: 4)
        let far = (0..<9999).count { abs(permutation[$0] - permutation[$0 + 1]) > 4226 }
        // Two independent uniform numbers are further apart than 1 − √⅓ with a chance of ⅓.
        #expect(abs(Double(far) / 9999 - 1.0 / 3) < 0.03, "seed 4")
    }
}

@Suite("Visited combinations")
struct VisitedCombinationsTests {
    @Test("Knows what was visited and ends, whatever the order")
    func anyOrder() {
        var random = SeededGenerator(seed: 6)
        for count in [1, 2, 50, 300] {
            var visited = VisitedCombinations(count: count, seed: 9)
            var left = Set(0..<count)
            while let next = visited.next {
                #expect(left.contains(next), "seed 6")
                let chosen =
                    Bool.random(using: &random) ? next : Int.random(in: 0..<count, using: &random)
                visited.insert(chosen)
                left.remove(chosen)
                #expect((0..<count).allSatisfy { visited.contains($0) != left.contains($0) })
            }
            #expect(left.isEmpty)
        }
    }
}

@Suite("Key set")
struct KeySetTests {
    @Test("Holds what was put in and not taken out, also beside a copy")
    func model() {
        var random = SeededGenerator(seed: 2)
        var (keys, model) = (KeySet(), Set<UInt64>())
        for _ in 0..<5000 {
            let key = random.next() % 1000
            if Bool.random(using: &random) {
                keys.insert(key)
                model.insert(key)
            } else {
                #expect(keys.remove(key) == (model.remove(key) != nil), "seed 2")
            }
            #expect(keys.count == model.count)
        }
        let copy = keys
        keys.insert(5000)
        #expect(!copy.contains(5000) && keys.contains(5000))
        #expect((0..<1000).allSatisfy { keys.contains($0) == model.contains($0) })
    }
}
