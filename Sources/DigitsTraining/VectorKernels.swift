// The two inner loops of a dense layer: correct first, fast without optimisation second.
//
//   a     a factor
//   x, y  vectors of n numbers
//
// Debug builds run these loops as they are written: pointers and `while`, four elements a turn,
// because iterators and array subscripts are calls there. Optimised builds lose nothing by it.

/// y ← y + a x.
func addScaled(
    _ a: Double, _ x: UnsafePointer<Double>, to y: UnsafeMutablePointer<Double>, count n: Int
) {
    var index = 0
    let fours = n & ~3
    while index < fours {
        y[index] += a * x[index]
        y[index &+ 1] += a * x[index &+ 1]
        y[index &+ 2] += a * x[index &+ 2]
        y[index &+ 3] += a * x[index &+ 3]
        index &+= 4
    }
    while index < n {
        y[index] += a * x[index]
        index &+= 1
    }
}

/// xᵀy.
func dotProduct(
    _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, count n: Int
) -> Double {
    var index = 0
    var sum = 0.0
    let fours = n & ~3
    while index < fours {
        sum +=
            x[index] * y[index] + x[index &+ 1] * y[index &+ 1]
            + x[index &+ 2] * y[index &+ 2] + x[index &+ 3] * y[index &+ 3]
        index &+= 4
    }
    while index < n {
        sum += x[index] * y[index]
        index &+= 1
    }
    return sum
}
