import Foundation
import Tuning

/// A metric's regular expression, made ready for many lines and bounded in what one may cost.
struct MetricPattern {
    /// What was found in a line.
    struct Finding {
        /// The values, in order.
        var values: [Double] = []
        /// Whether the search was cut off before its end.
        var isCutOff = false
    }

    /// The processor time one search may take.
    static let nanosecondsMax: UInt64 = 100_000_000
    /// How many values one line may hold; further ones are left out.
    static let valueCountMax = 1_000

    /// The metric.
    let name: MetricName
    /// Bytes that every match contains; empty when that is unknown.
    let requiredBytes: [UInt8]

    private let expression: NSRegularExpression

    /// Compiles a definition.
    ///
    /// - Throws: `MetricPatternError` when the regular expression is not one.
    init(_ definition: MetricDefinition) throws(MetricPatternError) {
        name = definition.name
        do {
            expression = try NSRegularExpression(pattern: definition.regex)
        } catch {
            throw MetricPatternError(definition)
        }
        requiredBytes = Array((RequiredLiteral.text(in: definition.regex) ?? "").utf8)
    }

    /// The values in a line.
    ///
    /// - Parameters:
    ///   - text: The line.
    ///   - isTruncated: Whether the end of the line is missing; then a match that touches the end
    ///     of the text is not believed.
    func values(in text: String, isTruncated: Bool) -> Finding {
        var finding = Finding()
        let length = text.utf16.count
        var ticks = 0
        var start: UInt64?
        expression.enumerateMatches(
            in: text, options: .reportProgress, range: NSRange(location: 0, length: length)
        ) { match, _, stop in
            if let match, !(isTruncated && NSMaxRange(match.range) == length),
                let value = Self.value(of: match, in: text)
            {
                finding.values.append(value)
                if finding.values.count == Self.valueCountMax { stop.pointee = true }
            }
            ticks += 1
            guard ticks.isMultiple(of: 64) else { return }
            let now = threadTime()
            if let start, now - start > Self.nanosecondsMax {
                finding.isCutOff = true
                stop.pointee = true
            }
            start = start ?? now
        }
        return finding
    }

    private static func value(of match: NSTextCheckingResult, in text: String) -> Double? {
        let range = match.numberOfRanges > 1 ? match.range(at: 1) : match.range
        guard range.location != NSNotFound, let found = Range(range, in: text) else { return nil }
        return metricValue(of: text[found])
    }
}

/// Why a metric definition was refused.
public struct MetricPatternError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong and what would be right.
    public let description: String

    init(_ definition: MetricDefinition) {
        description =
            "Metric '\(definition.name)': '\(definition.regex)' is not a valid regular expression;"
            + " check its parentheses, brackets and quantifiers."
    }
}

extension MetricDefinition {
    /// What is wrong with the regular expression, for the client; `nil` when nothing is.
    public var problem: String? {
        do {
            _ = try MetricPattern(self)
            return nil
        } catch {
            return error.description
        }
    }
}

/// The number a text stands for, spaces around it left out; `nil` when it stands for none.
func metricValue(of text: Substring) -> Double? {
    Double(text.trimmingCharacters(in: .whitespaces))
}

/// Processor time of this thread in nanoseconds: waiting for a busy machine does not count.
private func threadTime() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
