import Foundation
import TuningServer

/// Reads what training jobs of a data directory printed, a piece at a time, for the dashboard.
///
/// A mark is `ATTEMPT:OFFSET`; where another attempt has begun since, it is read from its start.
struct TrainingLogs: Sendable {
    /// The longest piece, in bytes; the first one is the end of the log.
    private static let pieceBytesMax = 65_536

    let directory: DataDirectory

    /// The next piece of a training job's log; `nil` when there is none.
    ///
    /// - Throws: When the log cannot be read.
    func piece(of trainingJob: String, after mark: String?) throws -> TrainingLogPiece? {
        guard let attempt = directory.lastAttempt(of: trainingJob),
            let file = FileHandle(
                forReadingAtPath: attempt.appending(path: "stdout.log").path)
        else { return nil }
        defer { try? file.close() }
        let size = try file.seekToEnd()
        let number = attempt.lastPathComponent
        let parts = (mark ?? "").split(separator: ":")
        var start = size - min(size, UInt64(Self.pieceBytesMax))
        var isStart = start == 0
        if parts.count == 2, parts[0] == number, let offset = UInt64(parts[1]), offset <= size {
            start = offset
            isStart = false
        } else if mark != nil {
            (start, isStart) = (0, true)
        }
        try file.seek(toOffset: start)
        let data = try file.read(upToCount: Self.pieceBytesMax) ?? Data()
        let isWhole = start + UInt64(data.count) == size
        let text = Self.text(data, isCut: start > 0 && mark == nil, isWhole: isWhole)
        return TrainingLogPiece(
            text: text.text, mark: "\(number):\(start + UInt64(text.end))", isStart: isStart)
    }

    /// The part of some bytes that is whole: lines, where there are any, and characters.
    ///
    /// - Parameters:
    ///   - isCut: Whether the bytes begin within a line.
    ///   - isWhole: Whether they end where the log does for now; then the last line may be short.
    private static func text(
        _ data: Data, isCut: Bool, isWhole: Bool
    ) -> (text: String, end: Int) {
        let newline = UInt8(ascii: "\n")
        var bytes = data[...]
        if !isWhole, let last = bytes.lastIndex(of: newline) { bytes = bytes[...last] }
        if isWhole {
            // A character whose bytes are not all written yet is left for the next piece.
            let tail = bytes.suffix(3)
            if let lead = tail.lastIndex(where: { $0 & 0xC0 == 0xC0 }) {
                let length = bytes[lead] >= 0xF0 ? 4 : bytes[lead] >= 0xE0 ? 3 : 2
                if bytes.endIndex - lead < length { bytes = bytes[..<lead] }
            }
        }
        let end = bytes.endIndex - data.startIndex
        if isCut, let first = bytes.firstIndex(of: newline) { bytes = bytes[(first + 1)...] }
        return (String(decoding: bytes, as: UTF8.self), end)
    }
}
