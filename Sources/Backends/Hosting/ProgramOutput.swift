import Foundation
import Tuning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The metrics in the two logs of an attempt, read as they grow.
struct ProgramOutput: ~Copyable {
    /// Samples in order, and the mark behind them.
    struct Batch {
        var samples: [MetricSample]
        var mark: ReportMark
    }

    /// How many samples a batch may hold.
    static let batchCountMax = 1_000

    private var standardOutput: OutputLog
    private var standardError: OutputLog

    /// Begins behind a mark.
    ///
    /// - Throws: `MetricPatternError`.
    init(
        of attempt: AttemptDirectory, metrics: [MetricDefinition], mark: ReportMark?
    ) throws(MetricPatternError) {
        let positions = (mark?.text ?? "").split(separator: " ").compactMap { UInt64($0) }
        let (first, second) = positions.count == 2 ? (positions[0], positions[1]) : (0, 0)
        let scanners = (
            try MetricScanner(metrics, position: first),
            try MetricScanner(metrics, position: second)
        )
        standardOutput = OutputLog(path: attempt.standardOutput, scanner: scanners.0)
        standardError = OutputLog(path: attempt.standardError, scanner: scanners.1)
    }

    /// The metrics whose regular expressions take too long.
    var givenUp: Set<MetricName> {
        Set(standardOutput.scanner.givenUp).union(standardError.scanner.givenUp)
    }

    /// Whether a log is there but cannot be opened for now.
    var isUnreadable: Bool { standardOutput.isUnreadable || standardError.isUnreadable }

    /// Takes the logs as they are now for complete.
    mutating func seal() {
        standardOutput.seal()
        standardError.seal()
    }

    /// Reads a piece of each log.
    ///
    /// - Returns: What was in them, and whether both have been read to their present end.
    mutating func read() -> (batches: [Batch], isAtEnd: Bool) {
        let time = Date()
        let (first, firstIsAtEnd) = standardOutput.read()
        let standardErrorConsumed = standardError.scanner.consumed
        var batches = Self.batches(first, at: time) {
            Self.mark($0 ?? standardOutput.scanner.consumed, standardErrorConsumed)
        }
        let (second, secondIsAtEnd) = standardError.read()
        batches += Self.batches(second, at: time) {
            Self.mark(standardOutput.scanner.consumed, $0 ?? standardError.scanner.consumed)
        }
        return (batches, firstIsAtEnd && secondIsAtEnd)
    }

    private static func mark(_ standardOutput: UInt64, _ standardError: UInt64) -> ReportMark {
        ReportMark("\(standardOutput) \(standardError)")
    }

    /// Puts whole lines together; `mark` gets the end of the last line, or nothing for the last
    /// batch.
    private static func batches(
        _ findings: [MetricScanner.Finding], at time: Date, mark: (UInt64?) -> ReportMark
    ) -> [Batch] {
        var batches: [Batch] = []
        var samples: [MetricSample] = []
        var end: UInt64 = 0
        for finding in findings {
            if !samples.isEmpty, samples.count + finding.samples.count > batchCountMax {
                batches.append(Batch(samples: samples, mark: mark(end)))
                samples = []
            }
            samples += finding.samples.map { MetricSample(time: time, values: $0) }
            end = finding.end
        }
        if !samples.isEmpty { batches.append(Batch(samples: samples, mark: mark(nil))) }
        return batches
    }
}

/// One log of an attempt, and how far it has been read.
private struct OutputLog: ~Copyable {
    /// How much is read at once.
    private static let pieceBytes = 64 * 1024

    private let path: String
    private(set) var scanner: MetricScanner
    private(set) var isUnreadable = false
    private var descriptor: Int32 = -1
    private var end: UInt64?

    init(path: String, scanner: MetricScanner) {
        self.path = path
        self.scanner = scanner
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    mutating func seal() {
        var status = stat()
        end = stat(path, &status) == 0 ? UInt64(status.st_size) : 0
    }

    mutating func read() -> (findings: [MetricScanner.Finding], isAtEnd: Bool) {
        openIfNeeded()
        guard !isUnreadable else { return ([], false) }
        var size = Self.pieceBytes
        if let end { size = min(size, Int(end - min(end, scanner.position))) }
        let piece = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            guard descriptor >= 0, size > 0 else { return }
            count = max(0, pread(descriptor, buffer.baseAddress, size, off_t(scanner.position)))
        }
        guard piece.isEmpty else {
            let findings = piece.withUnsafeBufferPointer { scanner.scan($0) }
            return (findings, end == nil && piece.count < size)
        }
        return (end == nil ? [] : scanner.finish(), true)
    }

    private mutating func openIfNeeded() {
        guard descriptor < 0 else { return }
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        isUnreadable = descriptor < 0 && [EMFILE, ENFILE, ENOMEM].contains(errno)
    }
}
