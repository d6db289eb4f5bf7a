import Foundation
import Reports
import Synchronization

/// Shows progress on standard error: in a terminal a plot of the course and a line below it,
/// redrawn in place; elsewhere a line whenever a job is done.
///
/// What is drawn is written at once and only where it has changed, without clearing first, so that
/// nothing flickers. May be called from several tasks.
final class ProgressDisplay: Sendable {
    private struct State {
        var shownCount = -1
        /// The lines in which the cursor is at the end of the last.
        var shownLines: [String] = []
        var hasPlot = true
    }

    private let terminal: Terminal?
    private let state = Mutex(State())

    /// The lines of a plot, and from how many of the terminal on there is room for it.
    private static let (plotHeight, terminalHeightMin) = (8, 14)
    /// A wider plot says nothing more.
    private static let plotWidthMax = 100

    /// Shows progress in a terminal; in lines without one.
    init(_ terminal: Terminal? = .standardError) {
        self.terminal = terminal
    }

    /// Whether it shows a plot, if it is given the values for one.
    var hasPlot: Bool { terminal?.canDraw == true && state.withLock { $0.hasPlot } }

    /// Shows how far a tuning job is.
    ///
    /// - Parameter values: What each training job came to, in their order; `nil` without a value.
    func show(_ progress: Progress, values: [Double?]) {
        state.withLock { state in
            if let terminal {
                let lines = Self.lines(
                    progress, values: state.hasPlot ? values : [], width: terminal.size.columns - 1,
                    height: terminal.size.rows, terminal)
                if lines != state.shownLines {
                    StandardStreams.tell(terminal.replacement(of: state.shownLines, with: lines))
                }
                state.shownLines = lines
            } else if progress.finishedCount != state.shownCount {
                StandardStreams.tell(progress.line + "\n")
            }
            state.shownCount = progress.finishedCount
        }
    }

    /// Leaves what is shown as it is; what is shown from now on comes below it, without a plot.
    func close() {
        state.withLock { state in
            if !state.shownLines.isEmpty { StandardStreams.tell("\n") }
            state.shownLines = []
            state.hasPlot = false
        }
    }

    private static func lines(
        _ progress: Progress, values: [Double?], width: Int, height: Int, _ terminal: Terminal
    ) -> [String] {
        let line = String(progress.line.prefix(max(1, width)))
        guard terminal.canDraw, height >= terminalHeightMin else { return [line] }
        let plot = HistoryPlot(
            values: values, isMaximum: progress.objective?.direction == .maximize,
            characters: terminal.characters, hasColours: terminal.hasColours)
        return plot.lines(width: min(width, plotWidthMax), height: plotHeight) + [line]
    }
}
