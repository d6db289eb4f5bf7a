// A zip archive of stored files, written into memory.
//
//   local header, content        for each file
//   central directory            a header for each file
//   end of central directory
//
// Everything is little-endian. Times are all the same, so that the same files give the same bytes.
// Source: PKWARE, ".ZIP File Format Specification", version 6.3.10.

/// A zip archive that is being written.
struct ZipArchive {
    /// Version 2.0, for directories; made on Unix.
    private static let version: UInt16 = 20
    private static let versionMadeBy: UInt16 = 3 << 8 | 20
    /// Names are UTF-8.
    private static let flags: UInt16 = 1 << 11
    /// 1 January 1980, the first there is.
    private static let date: UInt16 = 1 << 5 | 1
    private static let directoryType: UInt16 = 0o040000
    private static let fileType: UInt16 = 0o100000

    private var bytes: [UInt8] = []
    private var centralDirectory: [UInt8] = []
    private var count: UInt16 = 0

    /// Adds a directory.
    mutating func addDirectory(_ path: String, mode: UInt16) {
        add(path + "/", [], attributes: UInt32(Self.directoryType | mode) << 16 | 0x10)
    }

    /// Adds a file; the directories above it need not be there.
    mutating func addFile(_ path: String, _ content: [UInt8], mode: UInt16) {
        add(path, content, attributes: UInt32(Self.fileType | mode) << 16)
    }

    /// The whole archive.
    func finished() -> [UInt8] {
        var all = bytes
        all += centralDirectory
        all.append(0x0605_4B50 as UInt32)
        all.append(0 as UInt32)  // Disks.
        all.append(count)
        all.append(count)
        all.append(UInt32(centralDirectory.count))
        all.append(UInt32(bytes.count))
        all.append(0 as UInt16)  // Comment.
        return all
    }

    private mutating func add(_ path: String, _ content: [UInt8], attributes: UInt32) {
        precondition(count < .max && bytes.count + content.count < UInt32.max, "too large a zip")
        let offset = UInt32(bytes.count)
        let name = Array(path.utf8)
        var header: [UInt8] = []
        header.append(Self.version)
        header.append(Self.flags)
        header.append(0 as UInt16)  // Stored.
        header.append(0 as UInt16)  // Time.
        header.append(Self.date)
        header.append(CyclicRedundancyCheck.value(of: content))
        header.append(UInt32(content.count))
        header.append(UInt32(content.count))
        header.append(UInt16(name.count))
        header.append(0 as UInt16)  // Extra field.

        bytes.append(0x0403_4B50 as UInt32)
        bytes += header + name + content

        centralDirectory.append(0x0201_4B50 as UInt32)
        centralDirectory.append(Self.versionMadeBy)
        centralDirectory += header
        centralDirectory.append(0 as UInt16)  // Comment.
        centralDirectory.append(0 as UInt16)  // Disk.
        centralDirectory.append(0 as UInt16)  // Internal attributes.
        centralDirectory.append(attributes)
        centralDirectory.append(offset)
        centralDirectory += name
        count += 1
    }
}

/// CRC-32, reflected, with the polynomial 0xEDB88320.
enum CyclicRedundancyCheck {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in
            value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1
        }
    }

    /// The check value of some bytes.
    static func value(of bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { value, byte in
            table[Int((value ^ UInt32(byte)) & 0xFF)] ^ value >> 8
        }
    }
}

extension [UInt8] {
    /// Appends a number, the lowest byte first.
    fileprivate mutating func append(_ number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }
}
