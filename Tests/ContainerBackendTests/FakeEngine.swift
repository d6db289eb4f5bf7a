import EngineHTTP
import Foundation
import Synchronization
import Tuning

@testable import ContainerBackend

/// An engine in memory that a test can make go wrong.
///
/// Its containers run until the test ends them; their logs are what the test writes.
final class FakeEngine: EngineTransport {
    /// One container.
    struct Container {
        let id = UUID().uuidString
        var body: JSONValue
        var state = "created"
        var exitCode = 0
        var isOutOfMemory = false
        var log: [UInt8] = []
        var signals: [String] = []
        var startCount = 0
    }

    fileprivate struct State {
        var containers: [String: Container] = [:]
        var images: Set<String> = ["trainer:1"]
        var requests: [EngineRequest] = []
        var isDown = false
        var holdsPulls = false
        /// Answers in place of the engine's own, by method and the end of the path, once each.
        var answers: [(request: String, status: Int, body: String)] = []
        /// How many bytes of a log come before the connection breaks, once each.
        var breaks: [Int] = []
    }

    private let state = Mutex(State())

    var requests: [EngineRequest] { state.withLock { $0.requests } }

    var containers: [String: Container] { state.withLock { $0.containers } }

    /// Keeps images from coming, or not.
    func setHoldsPulls(_ holdsPulls: Bool) { state.withLock { $0.holdsPulls = holdsPulls } }

    /// Makes the engine silent, or not.
    func setDown(_ isDown: Bool) { state.withLock { $0.isDown = isDown } }

    /// Answers the next request of a method, whose path ends so if that is given; 0 breaks the
    /// connection.
    func answer(_ request: String, _ status: Int, _ body: String) {
        state.withLock { $0.answers.append((request, status, body)) }
    }

    /// Breaks the next connection that reads a log after some bytes.
    func breakLog(after count: Int) { state.withLock { $0.breaks.append(count) } }

    /// Changes the only container.
    func change(_ work: (inout Container) -> Void) {
        state.withLock { state in
            guard let name = state.containers.keys.first else { return }
            work(&state.containers[name]!)
        }
    }

    /// Removes everything, as somebody else may.
    func removeAll() { state.withLock { $0.containers = [:] } }

    /// A frame of a log.
    static func frame(_ text: String, isError: Bool = false) -> [UInt8] {
        let count = text.utf8.count
        return [isError ? 2 : 1, 0, 0, 0, 0, 0, UInt8(count >> 8), UInt8(count & 255)]
            + Array(text.utf8)
    }

    func send(
        _ request: EngineRequest,
        _ receive: @escaping @Sendable (_ status: Int, _ piece: [UInt8]) async throws -> Void
    ) async throws -> Int {
        try Task.checkCancellation()
        let given = try state.withLock { state -> (Int, String)? in
            state.requests.append(request)
            if state.isDown { throw EngineUnreachable(description: "nobody listens") }
            let key = "\(request.method) \(request.path)"
            let index = state.answers.firstIndex { answer in
                let parts = answer.request.split(separator: " ", maxSplits: 1)
                return key.hasPrefix(parts[0]) && key.hasSuffix(parts.dropFirst().first ?? "")
            }
            return index.map {
                let answer = state.answers.remove(at: $0)
                return (answer.status, answer.body)
            }
        }
        if let (status, body) = given {
            if status == 0 { throw EngineUnreachable(description: "the connection broke") }
            if !body.isEmpty { try await receive(status, Array(body.utf8)) }
            return status
        }
        while request.path == "/images/create", state.withLock({ $0.holdsPulls }) {
            try await Task.sleep(for: .milliseconds(2))
        }
        if request.path.hasSuffix("/logs") { return try await sendLog(request, receive) }
        let (status, body) = state.withLock { $0.answer(request) }
        if let body { try await receive(status, body.encoded) }
        return status
    }

    private func sendLog(
        _ request: EngineRequest, _ receive: @Sendable (Int, [UInt8]) async throws -> Void
    ) async throws -> Int {
        let name = request.path.split(separator: "/")[1]
        var sent = 0
        var limit = state.withLock { $0.breaks.isEmpty ? nil : $0.breaks.removeFirst() }
        while true {
            let container = state.withLock { $0.isDown ? nil : $0.containers[String(name)] }
            guard let container else { return 404 }
            var piece = Array(container.log.dropFirst(sent))
            if let rest = limit {
                piece = Array(piece.prefix(rest))
                limit = rest - piece.count
            }
            sent += piece.count
            if !piece.isEmpty { try await receive(200, piece) }
            if limit == 0 { throw EngineUnreachable(description: "the connection broke") }
            if request.query["follow"] == "0" || container.state == "exited" { return 200 }
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}

extension FakeEngine.State {
    fileprivate mutating func answer(_ request: EngineRequest) -> (Int, JSONValue?) {
        let parts = request.path.split(separator: "/").map(String.init)
        switch (request.method, parts.first, parts.last) {
        case ("GET", "version", _): return (200, ["ApiVersion": "1.44", "MinAPIVersion": "1.24"])
        case ("POST", "containers", "create"): return create(request)
        case ("POST", "images", _):
            images.insert("\(request.query["fromImage"] ?? ""):\(request.query["tag"] ?? "")")
            return (200, ["status": "Pull complete"])
        case ("GET", "containers", "json") where parts.count == 2:
            return (200, .array(listed(request)))
        case ("GET", "info", _): return (200, ["SecurityOptions": []])
        default: break
        }
        let name = parts.count > 1 ? parts[1] : ""
        guard let container = containers[name] else {
            return (404, ["message": "no such container"])
        }
        switch (request.method, parts.last) {
        case ("DELETE", _):
            containers[name] = nil
            return (204, nil)
        case ("POST", "start"):
            containers[name]?.startCount += 1
            guard container.state != "running" else { return (304, nil) }
            containers[name]?.state = "running"
            return (204, nil)
        case ("POST", "kill"):
            containers[name]?.signals.append(request.query["signal"] ?? "")
            guard container.state == "running" else { return (409, ["message": "not running"]) }
            containers[name]?.state = "exited"
            containers[name]?.exitCode = 143
            return (204, nil)
        default: return (200, details(container))
        }
    }

    private mutating func create(_ request: EngineRequest) -> (Int, JSONValue?) {
        let image = request.body?.json?["Image"]?.string ?? ""
        guard images.contains(image) else { return (404, ["message": "no such image"]) }
        let name = request.query["name"] ?? ""
        guard containers[name] == nil else { return (409, ["message": "name in use"]) }
        containers[name] = FakeEngine.Container(body: request.body?.json ?? .null)
        return (201, ["Id": .string(name)])
    }

    private func listed(_ request: EngineRequest) -> [JSONValue] {
        let filters = try? JSONValue(parsing: request.query["filters"] ?? "")
        let states = (filters?["status"]?.array ?? []).compactMap(\.string)
        return containers.filter { states.contains($0.value.state) }.map { name, container in
            [
                "Names": [.string("/\(name)")], "State": .string(container.state),
                "Labels": container.body["Labels"] ?? [:],
            ]
        }
    }

    private func details(_ container: FakeEngine.Container) -> JSONValue {
        [
            "Id": .string(container.id), "Config": ["User": ""],
            "State": [
                "Status": .string(container.state), "ExitCode": .integer(container.exitCode),
                "OOMKilled": .bool(container.isOutOfMemory), "Error": "",
                "StartedAt": .string(Date().ISO8601Format()),
            ],
        ]
    }
}
