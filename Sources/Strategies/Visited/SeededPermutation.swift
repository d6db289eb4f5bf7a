import Tuning

// Notation
//   N      how many numbers are permuted
//   h      half of the bits of the smallest 2²ʰ that is not less than N
//   l, r   the upper and lower h bits of a number
//
// A balanced Feistel network permutes the numbers below 2²ʰ for any round function: (l, r) becomes
// (r, l ^ f(r)). Following the network until it comes back below N makes it a permutation of those
// ("cycle walking"); as 2²ʰ < 4N, that takes four steps at most on average.
// Source: J. Black and P. Rogaway, "Ciphers with arbitrary finite domains", 2002.

/// A permutation of the numbers from 0 up to a count that looks random, and needs no memory.
struct SeededPermutation: Sendable {
    /// How many numbers are permuted; at least one.
    let count: Int
    private let halfBits: UInt64
    private let roundKeys: [UInt64]

    /// The permutation of a seed.
    init(count: Int, seed: UInt64) {
        precondition(count >= 1, "a permutation of \(count) numbers")
        self.count = count
        let bits = Int.bitWidth - (count - 1).leadingZeroBitCount
        halfBits = UInt64((bits + 1) / 2)
        var random = SeededGenerator(seed: seed)
        roundKeys = (0..<4).map { _ in random.next() }
    }

    /// The number at a position; takes O(1) time on average.
    subscript(position: Int) -> Int {
        precondition(0 <= position && position < count, "position \(position) of \(count)")
        var bits = UInt64(position)
        repeat { bits = encrypted(bits) } while bits >= UInt64(count)
        return Int(bits)
    }

    /// The position of a number; takes O(1) time on average.
    func position(of number: Int) -> Int {
        precondition(0 <= number && number < count, "number \(number) of \(count)")
        var bits = UInt64(number)
        repeat { bits = decrypted(bits) } while bits >= UInt64(count)
        return Int(bits)
    }

    private var mask: UInt64 { (1 << halfBits) - 1 }

    private func encrypted(_ bits: UInt64) -> UInt64 {
        var (left, right) = (bits >> halfBits, bits & mask)
        for key in roundKeys {
            (left, right) = (right, left ^ round(right, key))
        }
        return left << halfBits | right
    }

    private func decrypted(_ bits: UInt64) -> UInt64 {
        var (left, right) = (bits >> halfBits, bits & mask)
        for key in roundKeys.reversed() {
            (left, right) = (right ^ round(left, key), left)
        }
        return left << halfBits | right
    }

    private func round(_ half: UInt64, _ key: UInt64) -> UInt64 {
        var random = SeededGenerator(seed: half &+ key)
        return random.next() & mask
    }
}
