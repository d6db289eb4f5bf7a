import Tuning

/// Writes rows of comma-separated values.
///
/// - SeeAlso: RFC 4180.
struct CSVWriter {
    /// What has been written.
    private(set) var bytes: [UInt8] = []

    /// With what cells begin that a spreadsheet takes for formulas.
    private static let formulaStarts = Set("=+-@\t\r".utf8)
    private static let quote = UInt8(ascii: "\"")

    /// Writes a row of texts and numbers.
    ///
    /// - Parameter guarded: The cells whose text must not be taken for a formula.
    mutating func write(_ cells: [JSONValue], guarding guarded: Set<Int> = []) {
        for (index, cell) in cells.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            switch cell {
            case .string(let text): write(text, isGuarded: guarded.contains(index))
            case .integer(let number): bytes += "\(number)".utf8
            case .number(let number): if !number.isNaN { bytes += "\(number)".utf8 }
            case .null, .bool, .array, .object: break
            }
        }
        bytes += "\r\n".utf8
    }

    private mutating func write(_ text: String, isGuarded: Bool) {
        var utf8 = Array(text.utf8)
        if isGuarded, let first = utf8.first, Self.formulaStarts.contains(first) {
            utf8.insert(UInt8(ascii: "'"), at: 0)
        }
        let needsQuotes =
            utf8.isEmpty || utf8.first == UInt8(ascii: " ") || utf8.last == UInt8(ascii: " ")
            || utf8.contains { [Self.quote, UInt8(ascii: ","), 0x0A, 0x0D].contains($0) }
        guard needsQuotes else {
            bytes += utf8
            return
        }
        bytes.append(Self.quote)
        for byte in utf8 {
            if byte == Self.quote { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(Self.quote)
    }
}
