extension TuningRecord {
    /// The objective of each training job in the order they were created, and the best so far.
    func historyFigure() -> Figure? { nil }
}
