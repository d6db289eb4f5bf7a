import CNumerics

/// Points that a kernel compares, kept one dimension after another so that a kernel can go through
/// all of them at once; can grow.
///
/// A point has `numericCount` coordinates, usually in [0, 1], and after them `categoricalCount`
/// category numbers, which are only ever compared for being equal.
public struct PointSet: Sendable {
    /// Coordinates that differ by their distance.
    public let numericCount: Int
    /// Coordinates that differ by being equal or not.
    public let categoricalCount: Int
    /// Number of points.
    public private(set) var count = 0
    private var stride: Int
    private var coordinates: [Double]

    /// No points yet.
    ///
    /// - Parameters:
    ///   - numericCount: How many coordinates are numbers.
    ///   - categoricalCount: How many coordinates are categories.
    ///   - capacity: Room for this many before anything is moved.
    public init(numericCount: Int, categoricalCount: Int, capacity: Int = 16) {
        self.numericCount = numericCount
        self.categoricalCount = categoricalCount
        stride = max(1, capacity)
        coordinates = Array(repeating: 0, count: stride * (numericCount + categoricalCount))
    }

    /// Takes points.
    public init(_ points: [[Double]], numericCount: Int, categoricalCount: Int) {
        self.init(
            numericCount: numericCount, categoricalCount: categoricalCount, capacity: points.count)
        for point in points { append(point) }
    }

    /// Coordinates of one point.
    public var dimension: Int { numericCount + categoricalCount }

    /// The numbers of the points.
    public var indices: Range<Int> { 0..<count }

    /// Adds a point.
    public mutating func append(_ point: [Double]) {
        precondition(point.count == dimension, "\(point.count) coordinates for \(dimension)")
        if count == stride { reserve(2 * stride) }
        for (index, value) in point.enumerated() { coordinates[index * stride + count] = value }
        count += 1
    }

    /// The point with a number.
    public subscript(index: Int) -> [Double] {
        (0..<dimension).map { coordinates[$0 * stride + index] }
    }

    private mutating func reserve(_ capacity: Int) {
        var grown = Array(repeating: 0.0, count: capacity * dimension)
        for dimension in 0..<dimension {
            for index in 0..<count {
                grown[dimension * capacity + index] = coordinates[dimension * stride + index]
            }
        }
        coordinates = grown
        stride = capacity
    }

    /// Lends the points to the kernels in C.
    ///
    /// - Parameter weights: 1/ℓ² for each dimension.
    func withKernelPoints<Result>(
        weights: [Double], _ body: (cn_points) throws -> Result
    ) rethrows -> Result {
        try coordinates.withUnsafeBufferPointer { coordinates in
            try weights.withUnsafeBufferPointer { weights in
                try body(
                    cn_points(
                        coordinates: coordinates.baseAddress, stride: stride,
                        numericCount: numericCount, categoricalCount: categoricalCount,
                        weights: weights.baseAddress))
            }
        }
    }
}
