#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Cuts a stream of bytes into lines, in bounded memory however long a line is.
///
/// A line ends with a newline or a carriage return, so each state of a progress bar is a line.
struct LineSplitter {
    /// A line without its end; of a longer one only the beginning.
    struct Line {
        /// The bytes; at most `lineBytesMax`, valid while the line is handled.
        let bytes: UnsafeBufferPointer<UInt8>
        /// Whether the end of the line is missing.
        let isTruncated: Bool
        /// The position in the stream behind the line's end.
        let end: UInt64
    }

    /// How much of a line is kept.
    static let lineBytesMax = 64 * 1024

    /// How many bytes have come.
    private(set) var position: UInt64
    /// The position behind the last complete line.
    private(set) var consumed: UInt64

    private var pending: [UInt8] = []
    private var pendingIsTruncated = false

    /// Begins at a position in the stream that is behind a line's end, or at its start.
    init(position: UInt64 = 0) {
        self.position = position
        consumed = position
    }

    /// Takes the next bytes, and hands out the lines that end in them.
    ///
    /// - Parameter isInteresting: Whether any line in some bytes is wanted; else they are passed
    ///   over together, which is much faster.
    mutating func feed(
        _ chunk: UnsafeBufferPointer<UInt8>,
        where isInteresting: (UnsafeBufferPointer<UInt8>) -> Bool = { _ in true },
        _ handle: (Line) -> Void
    ) {
        var start = 0
        while start < chunk.count {
            let rest = UnsafeBufferPointer(rebasing: chunk[start...])
            if position == consumed, let end = Self.lastLineEnd(in: rest),
                !isInteresting(UnsafeBufferPointer(rebasing: rest[..<end]))
            {
                position += UInt64(end)
                consumed = position
                start += end
                continue
            }
            let length = feedLines(rest, handle, count: position == consumed ? .max : 1)
            start += length
        }
    }

    /// Hands out complete lines, and keeps what is left unless enough lines were found before.
    ///
    /// - Returns: How many bytes were taken.
    private mutating func feedLines(
        _ bytes: UnsafeBufferPointer<UInt8>, _ handle: (Line) -> Void, count: Int
    ) -> Int {
        var start = 0
        var lineCount = 0
        while start < bytes.count, lineCount < count {
            let rest = UnsafeBufferPointer(rebasing: bytes[start...])
            guard let length = Self.lineLength(in: rest) else {
                keep(rest)
                return bytes.count
            }
            position += UInt64(length + 1)
            consumed = position
            finishLine(UnsafeBufferPointer(rebasing: rest[..<length]), handle)
            start += length + 1
            lineCount += 1
        }
        return start
    }

    /// Hands out what came after the last line's end as a line of its own, if anything did.
    mutating func finish(_ handle: (Line) -> Void) {
        guard position > consumed else { return }
        consumed = position
        finishLine(UnsafeBufferPointer(start: nil, count: 0), handle)
    }

    private mutating func finishLine(
        _ bytes: UnsafeBufferPointer<UInt8>, _ handle: (Line) -> Void
    ) {
        if pending.isEmpty {
            let kept = UnsafeBufferPointer(rebasing: bytes.prefix(Self.lineBytesMax))
            let isTruncated = bytes.count > Self.lineBytesMax
            if !kept.isEmpty {
                handle(Line(bytes: kept, isTruncated: isTruncated, end: consumed))
            }
            return
        }
        append(bytes)
        pending.withUnsafeBufferPointer {
            handle(Line(bytes: $0, isTruncated: pendingIsTruncated, end: consumed))
        }
        pending.removeAll(keepingCapacity: true)
        pendingIsTruncated = false
    }

    private mutating func keep(_ bytes: UnsafeBufferPointer<UInt8>) {
        position += UInt64(bytes.count)
        append(bytes)
    }

    private mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        let room = Self.lineBytesMax - pending.count
        pending.append(contentsOf: bytes.prefix(room))
        if bytes.count > room { pendingIsTruncated = true }
    }

    /// Where the last complete line ends; `nil` when no line ends here.
    private static func lastLineEnd(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        bytes.lastIndex { $0 == 0x0A || $0 == 0x0D }.map { $0 + 1 }
    }

    private static func lineLength(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        let newline = memchr(base, 0x0A, bytes.count)
        let count = newline.map { $0 - UnsafeMutableRawPointer(mutating: base) } ?? bytes.count
        let carriageReturn = memchr(base, 0x0D, count)
        if let carriageReturn { return carriageReturn - UnsafeMutableRawPointer(mutating: base) }
        return newline == nil ? nil : count
    }
}
