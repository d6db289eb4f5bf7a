import Foundation
import Reports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A terminal, and what it can show.
struct Terminal: Sendable {
    /// Whether the cursor can be moved.
    let canDraw: Bool
    /// What it can print.
    let characters: HistoryPlot.Characters
    /// Whether colours are wanted; see no-color.org.
    let hasColours: Bool
    private let descriptor: Int32

    /// The terminal of standard error; `nil` where that is a file or a pipe.
    static var standardError: Terminal? {
        guard isatty(STDERR_FILENO) == 1 else { return nil }
        return Terminal(STDERR_FILENO, environment: ProcessInfo.processInfo.environment)
    }

    private init(_ descriptor: Int32, environment: [String: String]) {
        func value(_ name: String) -> String? {
            environment[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        let kind = value("TERM") ?? "dumb"
        let locale = value("LC_ALL") ?? value("LC_CTYPE") ?? value("LANG") ?? ""
        let isUnicode = ["utf-8", "utf8"].contains { locale.lowercased().hasSuffix($0) }
        self.descriptor = descriptor
        canDraw = kind != "dumb"
        // The font of the kernel's own terminal has no Braille.
        characters = isUnicode && kind != "linux" ? .braille : .ascii
        hasColours = value("NO_COLOR") == nil
    }

    /// Its size now, in characters; 80 × 24 where it does not say.
    var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0
        else { return (80, 24) }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// What turns lines in which the cursor is at the end of the last into others.
    func replacement(of shown: [String], with lines: [String]) -> String {
        guard canDraw else {
            let line = lines.last ?? ""
            let rest = max(0, (shown.last?.count ?? 0) - line.count)
            return "\r" + line + String(repeating: " ", count: rest)
        }
        let start = shown.count > 1 ? "\r\u{1B}[\(shown.count - 1)A" : "\r"
        return start + lines.map { $0 + "\u{1B}[K" }.joined(separator: "\n") + "\u{1B}[J"
    }
}
