import Foundation
import Logging
import Synchronization
import Tuning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Logs lines of JSON: one object a line, in one write.
///
/// Members are `time`, `level`, `label` and `message`, then the metadata: nested names are joined
/// by dots, lists stay lists.
package struct JSONLogHandler: LogHandler {
    package var logLevel = Logger.Level.info
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let now: @Sendable () -> Date
    private let write: @Sendable ([UInt8]) -> Void

    /// Logs to a sink.
    ///
    /// - Parameters:
    ///   - provider: Adds what tasks know.
    ///   - write: Takes a line, its end included.
    package init(
        label: String, provider: Logger.MetadataProvider? = nil,
        now: @escaping @Sendable () -> Date = { Date() },
        write: @escaping @Sendable ([UInt8]) -> Void = { StandardErrorLines.write($0) }
    ) {
        self.label = label
        metadataProvider = provider
        self.now = now
        self.write = write
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var members = metadataProvider?.get() ?? [:]
        members.merge(metadata) { _, ours in ours }
        members.merge(event.metadata ?? [:]) { _, given in given }
        var line = JSONLogLine()
        line.append("time", text: now().formatted(JSONLogLine.timeStyle))
        line.append("level", text: event.level.rawValue)
        line.append("label", text: label)
        line.append("message", text: event.message.description)
        if let error = event.error { line.append("error", text: "\(error)") }
        line.append(members, at: "")
        write(line.end())
    }
}

/// A line of JSON that grows.
struct JSONLogLine {
    /// ISO 8601 in UTC, to the millisecond.
    static let timeStyle = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    private var bytes = [UInt8(ascii: "{")]
    private var names: Set<String> = []

    /// Adds a member with a text.
    mutating func append(_ name: String, text: String) {
        begin(name)
        append(text)
    }

    /// Adds members in the order of their names.
    mutating func append(_ metadata: Logger.Metadata, at prefix: String) {
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
            switch value {
            case .dictionary(let members): append(members, at: "\(prefix)\(name).")
            default:
                begin(prefix + name)
                append(value)
            }
        }
    }

    /// The line, with its end.
    consuming func end() -> [UInt8] {
        bytes += Array("}\n".utf8)
        return bytes
    }

    /// Begins a member; no name comes twice.
    private mutating func begin(_ name: String) {
        var name = name
        while !names.insert(name).inserted { name = "metadata." + name }
        if names.count > 1 { bytes.append(UInt8(ascii: ",")) }
        append(name)
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func append(_ value: Logger.MetadataValue) {
        switch value {
        case .string(let text): append(text)
        case .stringConvertible(let value): append(value.description)
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                append(value)
            }
            bytes.append(UInt8(ascii: "]"))
        case .dictionary(let members):
            var inner = JSONLogLine()
            inner.append(members, at: "")
            bytes += inner.end().dropLast()
        }
    }

    private mutating func append(_ text: String) {
        bytes += JSONValue.string(text).encoded
    }
}

/// Standard error, a line at a time.
package enum StandardErrorLines {
    private static let turn = Mutex(())

    /// Writes a line at once; one that nobody can read is dropped.
    package static func write(_ line: [UInt8]) {
        turn.withLock { _ in
            line.withUnsafeBytes { bytes in
                var rest = bytes[...]
                while !rest.isEmpty {
                    let count = rest.withUnsafeBytes { unsafeWrite($0) }
                    if count > 0 {
                        rest = rest.dropFirst(count)
                    } else if errno != EINTR {
                        return
                    }
                }
            }
        }
    }

    private static func unsafeWrite(_ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.write(STDERR_FILENO, bytes.baseAddress, bytes.count)
        #else
            Darwin.write(STDERR_FILENO, bytes.baseAddress, bytes.count)
        #endif
    }
}

extension Logger.MetadataProvider {
    /// Names the jobs that the current task works for.
    package static let jobs = Logger.MetadataProvider {
        guard let context = JobContext.current else { return [:] }
        var metadata: Logger.Metadata = [:]
        if let name = context.tuningJob { metadata["tuning_job"] = "\(name)" }
        if let name = context.trainingJob { metadata["training_job"] = "\(name)" }
        return metadata
    }
}
