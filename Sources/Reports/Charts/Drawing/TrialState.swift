/// How a training job is marked: a shape, and a colour beside it.
enum TrialState: String, CaseIterable {
    /// Trained to its end: a disc.
    case completed
    /// Stopped: a triangle.
    case stopped
    /// Failed: a cross.
    case failed
    /// Not over: a ring.
    case running

    /// The state in which a training job is.
    init(_ trial: TrialRecord) {
        switch trial.status {
        case .completed: self = .completed
        case .stopped: self = .stopped
        case .failed: self = .failed
        case .inProgress, .stopping: self = .running
        }
    }

    /// The state's outline, relative to its middle.
    var outline: String {
        switch self {
        case .completed, .running: "m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0"
        case .stopped: "m0-4.2l4.2 7.2h-8.4z"
        case .failed: "m-3.2-3.2l6.4 6.4m0-6.4l-6.4 6.4"
        }
    }
}

extension Markup {
    /// Writes a training job's mark with a tooltip.
    ///
    /// - Parameter classes: More classes, with a space before each.
    mutating func mark(
        _ state: TrialState, at point: Point, trial: Int, classes: String = "", tooltip: String
    ) {
        raw("<path class=\"mark ")
        raw(state.rawValue)
        raw(classes)
        raw("\" data-trial=\"")
        integer(trial)
        raw("\" d=\"M")
        coordinates(point)
        raw(state.outline)
        raw("\"><title>")
        text(tooltip)
        raw("</title></path>")
    }

    /// Writes the pattern of bars that were stopped.
    mutating func stripes(_ identifier: String) {
        raw("<pattern id=\"\(identifier)\" width=\"6\" height=\"6\" ")
        raw("patternUnits=\"userSpaceOnUse\">")
        raw("<path class=\"stripe\" d=\"M-1 7L7-1M-1 1L1-1M5 7L7 5\"/></pattern>")
    }

    /// Writes what the marks mean, to the left of a point.
    mutating func legend(_ states: [TrialState], endingAt end: Point) {
        var x = end.x
        for state in states.reversed() {
            x -= Double(state.rawValue.count) * 6.6
            label(state.rawValue, at: Point(x: x, y: end.y + 4))
            raw("<path class=\"key \(state.rawValue)\" d=\"M")
            coordinates(Point(x: x - 8, y: end.y))
            raw(state.outline)
            raw("\"/>")
            x -= 26
        }
    }
}
