import Logging
import Synchronization

/// A log that keeps everything it is told, at every level.
final class LogCapture: Sendable {
    private let kept = Mutex<[String]>([])

    /// All lines so far: level, message, then metadata in order.
    var lines: [String] { kept.withLock { $0 } }

    /// A logger that writes here.
    var logger: Logger {
        var logger = Logger(label: "test") { _ in Handler(capture: self) }
        logger.logLevel = .trace
        return logger
    }

    private struct Handler: LogHandler {
        let capture: LogCapture
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            let members = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            let line = (["\(event.level)", "\(event.message)"] + members).joined(separator: " ")
            capture.kept.withLock { $0.append(line) }
        }
    }
}
