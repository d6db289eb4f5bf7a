import Tuning

/// Finds metrics in the output of a training program, whatever that output is.
///
/// Memory is bounded by `LineSplitter.lineBytesMax`, the time one line may cost by
/// `MetricPattern.nanosecondsMax` for each metric. A metric whose expression uses that up is
/// skipped in that line; after `cutOffCountMax` such lines it is given up.
struct MetricScanner {
    /// What a line held.
    struct Finding {
        /// The values of all metrics that were found a first time, a second time, and so on.
        let samples: [[MetricName: Double]]
        /// The position behind the line's end.
        let end: UInt64
    }

    /// In how many lines a metric's expression may use up its budget.
    static let cutOffCountMax = 10
    /// How many bytes are searched at once for what a match requires.
    private static let blockBytes = 8 * 1024

    /// The metrics that were given up.
    private(set) var givenUp: [MetricName] = []

    private var patterns: [MetricPattern]
    private var cutOffCounts: [MetricName: Int] = [:]
    private var lines: LineSplitter

    /// Takes metrics, and the position of the first byte that will come.
    ///
    /// - Throws: `MetricPatternError`.
    init(
        _ definitions: [MetricDefinition], position: UInt64 = 0
    ) throws(MetricPatternError) {
        var patterns: [MetricPattern] = []
        for definition in definitions { patterns.append(try MetricPattern(definition)) }
        self.patterns = patterns
        lines = LineSplitter(position: position)
    }

    /// The position of the next byte.
    var position: UInt64 { lines.position }

    /// The position behind the last complete line.
    var consumed: UInt64 { lines.consumed }

    /// Takes the next bytes; returns what the lines that end in them held, if anything.
    mutating func scan(_ chunk: UnsafeBufferPointer<UInt8>) -> [Finding] {
        let patterns = patterns
        return collect { lines, handle in
            for start in stride(from: 0, to: chunk.count, by: Self.blockBytes) {
                let block = chunk[start..<min(start + Self.blockBytes, chunk.count)]
                lines.feed(
                    UnsafeBufferPointer(rebasing: block),
                    where: { bytes in patterns.contains { bytes.contains($0.requiredBytes) } },
                    handle)
            }
        }
    }

    /// Takes an unfinished last line as complete; returns what it held.
    mutating func finish() -> [Finding] {
        collect { lines, handle in lines.finish(handle) }
    }

    private mutating func collect(
        _ feed: (inout LineSplitter, (LineSplitter.Line) -> Void) -> Void
    ) -> [Finding] {
        var findings: [Finding] = []
        var lines = lines
        self.lines = LineSplitter()
        feed(&lines) { line in
            let samples = samples(in: line)
            if !samples.isEmpty { findings.append(Finding(samples: samples, end: line.end)) }
        }
        self.lines = lines
        return findings
    }

    private mutating func samples(in line: LineSplitter.Line) -> [[MetricName: Double]] {
        var samples: [[MetricName: Double]] = []
        var text: String?
        for pattern in patterns where line.bytes.contains(pattern.requiredBytes) {
            let decoded = text ?? String(decoding: line.bytes, as: UTF8.self)
            text = decoded
            let finding = pattern.values(in: decoded, isTruncated: line.isTruncated)
            if finding.isCutOff { countCutOff(of: pattern.name) }
            for (index, value) in finding.values.enumerated() {
                if index == samples.count { samples.append([:]) }
                samples[index][pattern.name] = value
            }
        }
        return samples
    }

    private mutating func countCutOff(of name: MetricName) {
        cutOffCounts[name, default: 0] += 1
        guard cutOffCounts[name] == Self.cutOffCountMax else { return }
        patterns.removeAll { $0.name == name }
        givenUp.append(name)
    }
}
