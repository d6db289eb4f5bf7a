/// Cuts a container's log, as an engine sends it, into what went to standard output and what to
/// standard error.
///
/// A frame is a byte that says which of the two (2 for standard error), three zeros, its length in
/// four bytes, the highest first, and that many bytes.
struct LogFrames {
    /// A part of a frame.
    struct Part: Hashable {
        /// Whether it went to standard error.
        let isError: Bool
        let bytes: [UInt8]
    }

    private static let headerLength = 8

    private var header: [UInt8] = []
    private var missing = 0

    /// Takes a piece of the log, which may end anywhere.
    mutating func parts(of piece: [UInt8]) -> [Part] {
        var parts: [Part] = []
        var rest = piece[...]
        while !rest.isEmpty {
            if missing == 0 {
                let count = min(rest.count, Self.headerLength - header.count)
                header += rest.prefix(count)
                rest = rest.dropFirst(count)
                guard header.count == Self.headerLength else { break }
                missing = header[4...].reduce(0) { $0 << 8 | Int($1) }
                if missing == 0 { header = [] }
            } else {
                let bytes = Array(rest.prefix(missing))
                parts.append(Part(isError: header[0] == 2, bytes: bytes))
                rest = rest.dropFirst(bytes.count)
                missing -= bytes.count
                if missing == 0 { header = [] }
            }
        }
        return parts
    }
}
