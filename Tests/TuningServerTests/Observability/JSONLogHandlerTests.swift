import Foundation
import Logging
import Synchronization
import Testing
import Tuning

@testable import TuningServer

@Suite("A log of JSON")
struct JSONLogHandlerTests {
    /// What was written, a write an element.
    private final class Sink: Sendable {
        let writes = Mutex<[[UInt8]]>([])
    }

    private let sink = Sink()

    private func logger(_ provider: Logger.MetadataProvider? = nil) -> Logger {
        Logger(label: "tuner") { [sink] label in
            JSONLogHandler(
                label: label, provider: provider,
                now: { Date(timeIntervalSince1970: 1_700_000_000.25) },
                write: { line in sink.writes.withLock { $0.append(line) } })
        }
    }

    /// The one line that was written, and its members.
    private func line() throws -> (text: String, members: JSONValue) {
        let writes = sink.writes.withLock { $0 }
        #expect(writes.count == 1)
        let text = String(decoding: try #require(writes.first), as: UTF8.self)
        #expect(text.hasSuffix("}\n") && !text.dropLast().contains("\n"))
        return (text, try JSONValue(parsing: Array(text.utf8)))
    }

    @Test("A line is one object, in one write")
    func oneObject() throws {
        logger().warning("disk", metadata: ["tuning_job": "a", "count": .stringConvertible(3)])
        #expect(
            try line().text == """
                {"time":"2023-11-14T22:13:20.250Z","level":"warning","label":"tuner",\
                "message":"disk","count":"3","tuning_job":"a"}\n
                """)
    }

    @Test(
        "Any text comes back as it was",
        arguments: ["\n", "\r\n", "\u{0}\u{1f}", "\"}", "\\", "ä🙂", "\u{2028}", "\u{fffd}"])
    func texts(text: String) throws {
        logger().info("\(text)", metadata: ["\(text)": ["\(text)", ["\(text)": "\(text)"]]])
        let members = try line().members
        #expect(members["message"]?.string == text)
        #expect(members[text]?.array?.first?.string == text)
        #expect(members[text]?.array?.last?[text]?.string == text)
    }

    @Test("Nested metadata is flattened, and no member comes twice")
    func nested() throws {
        logger().info("m", metadata: ["a": ["b": "1", "c": ["d": "2"]], "time": "3"])
        let (text, members) = try line()
        #expect(members["a.b"]?.string == "1")
        #expect(members["a.c.d"]?.string == "2")
        #expect(members["metadata.time"]?.string == "3")
        #expect(text.ranges(of: "\"time\":").count == 1)
    }

    @Test("A line names the jobs that its task works for")
    func jobs() throws {
        JobContext.$current.withValue(JobContext(tuningJob: "a", trainingJob: "a-001")) {
            logger(.jobs).info("m")
        }
        let members = try line().members
        #expect(members["tuning_job"]?.string == "a")
        #expect(members["training_job"]?.string == "a-001")
    }
}
