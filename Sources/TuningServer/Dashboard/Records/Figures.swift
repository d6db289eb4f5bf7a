import Reports
import Synchronization
import Tuning

/// The charts that were drawn lately, as markup.
///
/// A chart of a tuning job changes when something else is stored of it; what shows the time changes
/// by itself, and is kept only when the tuning job is over.
final class Figures: Sendable {
    /// What a chart was drawn of.
    private struct Key: Hashable {
        let job: TuningJob.ID
        let position: EventPosition?
        let kind: ChartKind
        let definition: Int
        let parameters: [Parameter.Name]
    }

    /// With more than this, in bytes, it starts anew.
    private static let bytesMax = 32 << 20

    private let known = Mutex<(figures: [Key: Figure?], bytes: Int)>(([:], 0))

    /// A chart, drawn now or before; `nil` when there is nothing to draw.
    func figure(
        _ kind: ChartKind, _ selection: ChartSelection, of record: TuningRecord
    ) -> Figure? {
        let key = Self.key(kind, selection, record)
        if let figure = known.withLock({ $0.figures[key] }) { return figure }
        let figure = record.figure(kind, selection)
        guard record.job.status.isFinished || ![.timeline, .savings].contains(kind) else {
            return figure
        }
        known.withLock { known in
            if known.bytes > Self.bytesMax { known = ([:], 0) }
            known.figures[key] = .some(figure)
            known.bytes += 500 + (figure?.svg.utf8.count ?? 0)
        }
        return figure
    }

    /// Whether a chart is here already.
    func isKnown(
        _ kind: ChartKind, _ selection: ChartSelection, of record: TuningRecord
    ) -> Bool {
        let key = Self.key(kind, selection, record)
        return known.withLock { $0.figures[key] != nil }
    }

    private static func key(
        _ kind: ChartKind, _ selection: ChartSelection, _ record: TuningRecord
    ) -> Key {
        Key(
            job: record.job.id, position: record.position, kind: kind,
            definition: selection.definition,
            parameters: selection.parameters.map { [$0.0, $0.1] } ?? [])
    }
}
