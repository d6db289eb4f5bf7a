/// A dense matrix of doubles, row-major.
public struct Matrix: Hashable, Sendable {
    /// Number of rows.
    public let rowCount: Int
    /// Number of columns.
    public let columnCount: Int
    /// The elements, row after row.
    public private(set) var elements: [Double]

    /// A matrix with the same number everywhere.
    public init(rows: Int, columns: Int, repeating value: Double = 0) {
        rowCount = rows
        columnCount = columns
        elements = Array(repeating: value, count: rows * columns)
    }

    /// Takes rows, all of the same length.
    public init(rows: [[Double]]) {
        rowCount = rows.count
        columnCount = rows.first?.count ?? 0
        precondition(
            rows.allSatisfy { [columnCount] in $0.count == columnCount }, "rows differ in length")
        elements = Array(rows.joined())
    }

    /// One element.
    public subscript(row: Int, column: Int) -> Double {
        get { elements[row * columnCount + column] }
        set { elements[row * columnCount + column] = newValue }
    }

    /// One row.
    public func row(_ index: Int) -> [Double] {
        Array(elements[index * columnCount..<(index + 1) * columnCount])
    }

    /// Lends the elements to be changed in place.
    mutating func withUnsafeMutableElements<Result>(
        _ body: (UnsafeMutablePointer<Double>) -> Result
    ) -> Result {
        elements.withUnsafeMutableBufferPointer { buffer in
            // An empty matrix has no elements to point at, and nobody looks at them.
            body(buffer.baseAddress ?? UnsafeMutablePointer(bitPattern: 8)!)
        }
    }

    /// Lends the elements.
    func withUnsafeElements<Result>(_ body: (UnsafePointer<Double>) -> Result) -> Result {
        elements.withUnsafeBufferPointer { buffer in
            body(buffer.baseAddress ?? UnsafePointer(bitPattern: 8)!)
        }
    }
}
