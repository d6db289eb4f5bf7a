import Foundation

/// Numbers as people read them on charts, pages and terminals, without Foundation's formatters,
/// which are slow.
package enum NumberText {
    /// A number in as few characters as a number of significant digits needs: `0.0123`, `1.2e-7`.
    package static func short(_ value: Double, digits: Int = 4) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "−∞" : "∞" }
        guard value != 0 else { return "0" }
        let magnitude = abs(value)
        var exponent = Int(log10(magnitude).rounded(.down))
        if (-4..<6).contains(exponent) {
            return withoutTrailingZeros(fixed(value, decimals: max(0, digits - 1 - exponent)))
        }
        // The power of ten below 1e-308 would be no normal number.
        let scaled = exponent < -300 ? magnitude * 1e300 : magnitude
        var mantissa = scaled / pow(10, Double(exponent < -300 ? exponent + 300 : exponent))
        let unit = pow(10, Double(digits - 1))
        mantissa = (mantissa * unit).rounded() / unit
        if mantissa >= 10 {
            mantissa /= 10
            exponent += 1
        }
        let text = withoutTrailingZeros(fixed(mantissa, decimals: digits - 1))
        return (value < 0 ? "-" : "") + text + "e\(exponent)"
    }

    /// A number with a fixed number of decimals, from 0 to 12; beyond 10¹⁵ with as many as there
    /// are.
    static func fixed(_ value: Double, decimals: Int) -> String {
        var unit = 1
        for _ in 0..<min(max(decimals, 0), 12) { unit *= 10 }
        let scaled = (abs(value) * Double(unit)).rounded()
        guard scaled < 1e15 else { return "\(value)" }
        let whole = Int(scaled)
        let sign = value < 0 && whole > 0 ? "-" : ""
        guard unit > 1 else { return "\(sign)\(whole)" }
        let fraction = String(whole % unit)
        let zeros = String(repeating: "0", count: min(max(decimals, 0), 12) - fraction.count)
        return "\(sign)\(whole / unit).\(zeros)\(fraction)"
    }

    /// A count with its thousands apart: `10,000`.
    static func count(_ value: Int) -> String {
        var text = ""
        for (index, digit) in String(value.magnitude).reversed().enumerated() {
            if index > 0, index.isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return (value < 0 ? "-" : "") + String(text.reversed())
    }

    /// A count of training jobs in words.
    static func trainingJobs(_ value: Int) -> String {
        value == 1 ? "1 training job" : "\(count(value)) training jobs"
    }

    /// A span of time in one or two units: `38 s`, `2 h 5 min`.
    package static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, abs(seconds) < 1e14 else { return "\(short(seconds)) s" }
        if abs(seconds) < 60 { return short(seconds, digits: 3) + " s" }
        let units = [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)]
        let whole = Int(abs(seconds).rounded())
        let first = units.firstIndex { whole >= $0.1 } ?? 3
        var text = "\(whole / units[first].1) \(units[first].0)"
        if first < 3, whole % units[first].1 / units[first + 1].1 > 0 {
            text += " \(whole % units[first].1 / units[first + 1].1) \(units[first + 1].0)"
        }
        return (seconds < 0 ? "-" : "") + text
    }

    private static func withoutTrailingZeros(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: ".")), !text.contains("e") else { return text }
        var rest = text[...]
        while rest.last == "0" { rest.removeLast() }
        if rest.last == "." { rest.removeLast() }
        return String(rest)
    }
}
