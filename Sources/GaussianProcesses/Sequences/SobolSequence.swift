// A Sobol sequence, point n straight from n: reproducible first, even second, fast third.
//
//   d       dimension, at most 64
//   n       number of a point, from 0; g its Gray code n ^ (n >> 1), bit k of it g_k
//   v_k     direction number k of a coordinate, a fraction of 52 bits whose lead is bit k
//   x       a coordinate: the exclusive or of all v_k with g_k = 1, and of the shift
//   L       lower triangular 52 × 52 matrix over GF(2) with a diagonal of ones
//
// Gray code order visits every aligned block of 2ᵐ points in another order only, and is the order
// of SciPy's generator. Scrambling is Matoušek's: v_k ← L v_k with a random L for each coordinate,
// then a random digital shift. It keeps all nets nets, makes each point uniform, and costs nothing
// once the direction numbers are scrambled; full Owen scrambling would have to be done at every
// point. Sources: S. Joe and F. Y. Kuo, "Notes on generating Sobol sequences", 2008; J. Matoušek,
// "On the L2-discrepancy for anchored boxes", 1998.

/// A low-discrepancy sequence of points in the unit cube: it fills the cube more evenly than
/// independent draws, from the first points on.
///
/// The first 2ᵐ points, and every further block of as many, have one point in each of the 2ᵐ equal
/// parts of every axis.
package struct SobolSequence: Sendable {
    /// The most coordinates a point can have.
    package static let dimensionMax = 1 + SobolDirectionNumbers.afterFirst.count

    /// How many coordinates a point has.
    package let dimension: Int
    // Coordinate i has the direction numbers from i * bitCount on.
    private var directions: [UInt64]
    private var shifts: [UInt64]

    private static let bitCount = 52

    /// The sequence as it is published; its first point is zero.
    ///
    /// - Parameter dimension: From 0 to `dimensionMax`.
    package init(dimension: Int) {
        precondition(
            0 <= dimension && dimension <= Self.dimensionMax, "Sobol dimension \(dimension)")
        self.dimension = dimension
        directions = []
        directions.reserveCapacity(dimension * Self.bitCount)
        for coordinate in 0..<dimension {
            directions +=
                coordinate == 0
                ? Self.directionsOfFirst
                : Self.directions(SobolDirectionNumbers.afterFirst[coordinate - 1])
        }
        shifts = Array(repeating: 0, count: dimension)
    }

    /// The sequence, scrambled: every coordinate of every point is uniform, and the points together
    /// are as even as before.
    package init(dimension: Int, scrambledBy random: inout some RandomNumberGenerator) {
        self.init(dimension: dimension)
        for coordinate in 0..<dimension {
            let rows = (0..<Self.bitCount).map { Self.scramblingRow($0, using: &random) }
            for k in 0..<Self.bitCount {
                let index = coordinate * Self.bitCount + k
                directions[index] = Self.product(of: rows, directions[index])
            }
            shifts[coordinate] = random.next() >> UInt64(64 - Self.bitCount)
        }
    }

    /// The point with a number, from 0 up to 2⁵²: coordinates in [0, 1).
    ///
    /// - Complexity: O(d log n).
    package subscript(number: Int) -> [Double] {
        precondition(0 <= number && number < 1 << Self.bitCount, "Sobol point \(number)")
        let grayCode = UInt64(number) ^ (UInt64(number) >> 1)
        return (0..<dimension).map { coordinate in
            var digits = shifts[coordinate]
            var rest = grayCode
            while rest != 0 {
                digits ^= directions[coordinate * Self.bitCount + rest.trailingZeroBitCount]
                rest &= rest - 1
            }
            return Double(digits) * 0x1p-52
        }
    }
}

// MARK: - Direction numbers

extension SobolSequence {
    private static let directionsOfFirst = (0..<bitCount).map { leading($0) }

    /// Bit k of a fraction, counted from its lead.
    private static func leading(_ k: Int) -> UInt64 { 1 << UInt64(bitCount - 1 - k) }

    private static func directions(_ numbers: SobolDirectionNumbers) -> [UInt64] {
        let degree = numbers.initial.count
        var directions = numbers.initial.enumerated().map { k, number in
            UInt64(number) * leading(k)
        }
        for k in degree..<bitCount {
            var next = directions[k - degree] ^ (directions[k - degree] >> UInt64(degree))
            for term in 1..<max(degree, 1) where numbers.polynomial >> (degree - term) & 1 == 1 {
                next ^= directions[k - term]
            }
            directions.append(next)
        }
        return directions
    }
}

// MARK: - Scrambling

extension SobolSequence {
    /// Row i of L as a mask of digits: random before digit i, one at it, zero behind it.
    private static func scramblingRow(
        _ i: Int, using random: inout some RandomNumberGenerator
    ) -> UInt64 {
        let own = leading(i)
        let before = ~(own | (own - 1)) & (1 << UInt64(bitCount) - 1)
        return random.next() & before | own
    }

    private static func product(of rows: [UInt64], _ digits: UInt64) -> UInt64 {
        var result: UInt64 = 0
        for (i, row) in rows.enumerated() where (row & digits).nonzeroBitCount & 1 == 1 {
            result |= leading(i)
        }
        return result
    }
}
