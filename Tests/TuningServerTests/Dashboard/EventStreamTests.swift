import Foundation
import Hummingbird
import Orchestration
import ServiceLifecycle
import Synchronization
import Testing
import Tuning
import TuningTesting

@testable import TuningServer

@Suite("Event stream of the dashboard")
struct EventStreamTests {
    /// Keeps what is written, and can have gone away.
    private final class Reader: Sendable {
        private let state = Mutex((text: "", isGone: false, isAllowed: true))
        var text: String { state.withLock { $0.text } }
        var isAllowed: Bool { state.withLock { $0.isAllowed } }

        func forbid() { state.withLock { $0.isAllowed = false } }

        func leave() { state.withLock { $0.isGone = true } }

        func take(_ text: String) throws {
            try state.withLock { state in
                if state.isGone { throw CancellationError() }
                state.text += text
            }
        }
    }

    private struct Writer: ResponseBodyWriter {
        let reader: Reader

        mutating func write(_ buffer: ByteBuffer) async throws {
            try reader.take(String(buffer: buffer))
        }

        consuming func finish(_ trailers: HTTPFields?) async throws { try reader.take("END") }
    }

    /// A page that is told what happens, for as long as the service runs.
    private struct Connection: Service {
        let streams: EventStreams
        let reader: Reader

        func run() async throws {
            try await streams.body(of: nil) { true }.write(Writer(reader: reader))
            // A service that returns early is an error.
            try await gracefulShutdown()
        }
    }

    @Test("Tells the names that changed, many changes in one message, and ends when told to")
    func messages() async throws {
        try await TestService.run { service in
            let streams = EventStreams(service.orchestrator.changes)
            let reader = Reader()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    let body = streams.body(of: nil) { reader.isAllowed }
                    try await body.write(Writer(reader: reader))
                }
                try await waitUntil { reader.text.contains("connected") }
                #expect(streams.connectionCount == 1)
                _ = try await service.send(
                    "CreateHyperParameterTuningJob", Requests.tuningJob("digits", count: 20))
                _ = try await service.poll(
                    "DescribeHyperParameterTuningJob", ["HyperParameterTuningJobName": "digits"]
                ) { $0["HyperParameterTuningJobStatus"] == "Completed" }
                try await waitUntil { reader.text.contains("digits-020") }
                let messages = reader.text.split(separator: "\n").filter { $0.hasPrefix("data: ") }
                // Some eighty changes were stored; they fit into few messages.
                #expect(messages.count <= 20)
                for message in messages {
                    let news = try JSONValue(parsing: String(message.dropFirst(6)))
                    #expect(news["jobs"] == ["digits"])
                }
                reader.forbid()
                try await group.waitForAll()
            }
            #expect(reader.text.hasSuffix("END"))
            #expect(streams.connectionCount == 0)
        }
    }

    @Test("A page that went away is noticed, and its place is free again")
    func leaving() async throws {
        try await TestService.run { service in
            let streams = EventStreams(service.orchestrator.changes)
            let reader = Reader()
            let writing = Task {
                try await streams.body(of: nil) { true }.write(Writer(reader: reader))
            }
            try await waitUntil { reader.text.contains("connected") }
            reader.leave()
            _ = try await service.send("CreateTrainingJob", Requests.trainingJob("one"))
            await #expect(throws: CancellationError.self) { try await writing.value }
            #expect(streams.connectionCount == 0)
        }
    }

    @Test("Ends when the service shuts down")
    func shutdown() async throws {
        try await TestService.run { service in
            let streams = EventStreams(service.orchestrator.changes)
            let reader = Reader()
            let group = ServiceGroup(
                services: [Connection(streams: streams, reader: reader)],
                logger: TestService.silence)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                try await waitUntil { reader.text.contains("connected") }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
            #expect(reader.text.hasSuffix("END"))
        }
    }
}
