// Notation
//   s   state, 64 bits
//   γ   0x9E3779B97F4A7C15, 2⁶⁴ divided by the golden ratio
//
// SplitMix64: s ← s + γ, then s is mixed. Passes BigCrush; every seed is a good seed.
// Source: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014.

/// A small, fast random generator that gives the same numbers for the same seed on every machine.
public struct SeededGenerator: RandomNumberGenerator, Hashable, Sendable {
    private var state: UInt64

    /// Starts from a seed.
    public init(seed: UInt64) {
        state = seed
    }

    /// Starts the generator of one suggestion, independent of those of others.
    ///
    /// - Parameters:
    ///   - seed: The seed that all suggestions share.
    ///   - ordinal: The suggestion's number, from 0.
    public init(seed: UInt64, ordinal: Int) {
        let own = Self.mixed(UInt64(bitPattern: Int64(ordinal)) &+ Self.increment)
        state = Self.mixed(seed) ^ own
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= Self.increment
        return Self.mixed(state)
    }

    /// A real number in [0, 1), a multiple of 2⁻⁵³.
    public mutating func nextUnit() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    private static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

    private static func mixed(_ bits: UInt64) -> UInt64 {
        var bits = bits
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
