// A cyclic redundancy check of 32 bits, low bit first, eight bytes at a time.
//
//   table[0][b]   the remainder of byte b
//   table[k][b]   the remainder of byte b with k zero bytes behind it
//
// Source: M. Kounavis, F. Berry, "A Systematic Approach to Building High Performance
// Software-Based CRC Generators", 2005 ("slicing by 8").

/// A CRC-32 or CRC-32C of what has been added so far.
struct CyclicSum {
    /// The remainders of a polynomial, by place and byte: eight times 256 of them.
    struct Table: Sendable {
        fileprivate let remainders: [UInt32]

        /// That of ISO 3309, as in zip files.
        static let crc32 = Table(polynomial: 0xEDB8_8320)
        /// Castagnoli's, as in iSCSI.
        static let crc32c = Table(polynomial: 0x82F6_3B78)

        private init(polynomial: UInt32) {
            var remainders = (0..<256).map { byte in
                (0..<8).reduce(UInt32(byte)) { sum, _ in
                    sum & 1 == 0 ? sum >> 1 : sum >> 1 ^ polynomial
                }
            }
            for index in 256..<2048 {
                let before = remainders[index - 256]
                remainders.append(before >> 8 ^ remainders[Int(before & 255)])
            }
            self.remainders = remainders
        }
    }

    private let table: Table
    private var state: UInt32 = .max

    /// Begins with nothing.
    init(_ table: Table) {
        self.table = table
    }

    /// The sum, high byte first.
    var value: [UInt8] {
        withUnsafeBytes(of: (~state).bigEndian) { Array($0) }
    }

    /// Adds bytes behind those before.
    mutating func add(_ bytes: [UInt8]) {
        var sum = state
        table.remainders.withUnsafeBufferPointer { table in
            bytes.withUnsafeBytes { bytes in
                var index = 0
                while index + 8 <= bytes.count {
                    let word = UInt64(
                        littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                    let low = UInt32(truncatingIfNeeded: word) ^ sum
                    let high = UInt32(truncatingIfNeeded: word >> 32)
                    sum =
                        table[1792 + Int(low & 255)] ^ table[1536 + Int(low >> 8 & 255)]
                        ^ table[1280 + Int(low >> 16 & 255)] ^ table[1024 + Int(low >> 24)]
                    sum ^=
                        table[768 + Int(high & 255)] ^ table[512 + Int(high >> 8 & 255)]
                        ^ table[256 + Int(high >> 16 & 255)] ^ table[Int(high >> 24)]
                    index += 8
                }
                while index < bytes.count {
                    sum = sum >> 8 ^ table[Int((sum ^ UInt32(bytes[index])) & 255)]
                    index += 1
                }
            }
        }
        state = sum
    }
}
