/// Names for requests, in the form the service gives them: random UUIDs.
enum RequestName {
    /// A new name.
    static func next() -> String {
        var random = SystemRandomNumberGenerator()
        let high = random.next() & ~0xF000 | 0x4000
        let low = random.next() & ~(3 << 62) | 1 << 63
        return [
            hexadecimal(high >> 32, 8), hexadecimal(high >> 16, 4), hexadecimal(high, 4),
            hexadecimal(low >> 48, 4), hexadecimal(low, 12),
        ].joined(separator: "-")
    }

    /// The last digits of a number.
    private static func hexadecimal(_ number: UInt64, _ count: Int) -> String {
        let digits = String(number & (1 << (4 * UInt64(count)) - 1), radix: 16)
        return String(repeating: "0", count: count - digits.count) + digits
    }
}
