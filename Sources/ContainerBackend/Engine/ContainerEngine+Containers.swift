import EngineHTTP
import Foundation
import Synchronization
import Tuning

// MARK: - Containers

extension ContainerEngine {
    /// What came of the wish for a container.
    enum Creation: Hashable {
        case created
        /// There is one with this name.
        case nameIsTaken
        /// The engine does not have the image.
        case noImage(String)
    }

    /// All containers with a label, running or not, by name; but not those that are being removed.
    ///
    /// Podman answers no list at all that would have one whose removal it did not survive.
    func containers(labelled label: String) async throws -> [String: ListedContainer] {
        let filters: JSONValue = [
            "label": [.string(label)], "status": ["created", "running", "paused", "exited"],
        ]
        let answer = try await ask(
            EngineRequest(
                "GET", "/containers/json",
                query: ["all": "1", "filters": filters.encodedText]))
        guard answer.status == 200, let list = answer.json?.array else { throw answer.error }
        let containers = list.compactMap(ListedContainer.init)
        return Dictionary(containers.map { ($0.name, $0) }) { first, _ in first }
    }

    /// A container; `nil` when there is none with this name.
    func container(_ name: String) async throws -> ContainerDetails? {
        let answer = try await ask(
            EngineRequest("GET", "/containers/\(name)/json"))
        // Podman answers 500 for one whose removal it did not survive.
        if answer.status == 404 || answer.error.message.contains("container not known") {
            return nil
        }
        guard answer.status == 200, let details = ContainerDetails(answer.json) else {
            throw answer.error
        }
        return details
    }

    /// Creates a container without starting it.
    ///
    /// - Throws: `EngineError` when the engine does not want to.
    func create(_ name: String, _ body: JSONValue) async throws -> Creation {
        let answer = try await ask(
            EngineRequest("POST", "/containers/create", query: ["name": name], body: .json(body)))
        if answer.isSuccess { return .created }
        let error = answer.error
        // Podman before 4.4 answers 500.
        if answer.status == 409 || error.message.contains("is already in use") {
            return .nameIsTaken
        }
        if answer.status == 404 { return .noImage(error.message) }
        throw error
    }

    /// Starts a container; one that runs is left alone.
    ///
    /// - Throws: `EngineError` when it cannot be started.
    func start(_ name: String) async throws {
        let answer = try await ask(
            EngineRequest("POST", "/containers/\(name)/start"))
        guard answer.isSuccess || answer.status == 304 else { throw answer.error }
    }

    /// Sends a signal to a container; one that does not run, or is gone, is left alone.
    func send(_ signal: String, to name: String) async throws {
        let answer = try await ask(
            EngineRequest("POST", "/containers/\(name)/kill", query: ["signal": signal]))
        // Podman before 4.4 answers 500 for one that does not run.
        let isOver =
            [404, 409].contains(answer.status)
            || answer.error.message.contains("can only kill running")
        guard answer.isSuccess || isOver else { throw answer.error }
    }

    /// Removes a container with its anonymous volumes, killing it if it runs.
    func remove(_ name: String) async throws {
        let answer = try await ask(
            EngineRequest("DELETE", "/containers/\(name)", query: ["force": "1", "v": "1"]))
        // 409: somebody else is removing it.
        guard answer.isSuccess || [404, 409].contains(answer.status) else { throw answer.error }
    }

    /// Whether a container's log has anything in it.
    func hasOutput(_ name: String) async throws -> Bool {
        let hasOutput = Mutex(false)
        try await logs(of: name, follows: false) { piece in
            if !piece.isEmpty { hasOutput.withLock { $0 = true } }
        }
        return hasOutput.withLock { $0 }
    }

    /// Reads a container's log from its beginning, in frames.
    ///
    /// - Parameter follows: Whether to wait for more until the container has ended.
    /// - Throws: `EngineError`; of status 404 when the container is gone.
    func logs(
        of name: String, follows: Bool,
        _ receive: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws {
        try await stream(
            EngineRequest(
                "GET", "/containers/\(name)/logs",
                query: ["follow": follows ? "1" : "0", "stdout": "1", "stderr": "1"],
                timeout: nil),
            receive)
    }
}

/// A container as the list of all tells it.
struct ListedContainer: Hashable, Sendable {
    /// The name, without a slash.
    let name: String
    /// Its state.
    let state: ContainerState
    /// Its labels.
    let labels: [String: String]

    init?(_ json: JSONValue) {
        guard let name = json["Names"]?.array?.first?.string, let state = json["State"]?.string
        else { return nil }
        self.name = name.hasPrefix("/") ? String(name.dropFirst()) : name
        self.state = ContainerState(state)
        labels = (json["Labels"]?.object ?? [:]).compactMapValues(\.string)
    }
}

/// What a container does.
enum ContainerState: Hashable, Sendable {
    /// It has been created, but not started.
    case created
    /// It runs, is paused, or is being started or ended.
    case running
    /// It is over.
    case exited
    /// It is being removed, or was not removed to its end.
    case removing

    init(_ name: String) {
        switch name {
        case "created", "configured", "initialized": self = .created
        case "exited", "stopped": self = .exited
        case "removing", "dead": self = .removing
        default: self = .running
        }
    }
}

/// A container, by itself.
struct ContainerDetails: Hashable, Sendable {
    /// What tells it from others that have had its name.
    let id: String
    /// Its state.
    let state: ContainerState
    /// Since when it runs or ran; `nil` when it never has.
    let startTime: Date?
    /// How it ended, as a shell counts it.
    let exitCode: Int
    /// Whether it was killed for want of memory.
    let isOutOfMemory: Bool
    /// What the engine has to say of its end.
    let problem: String
    /// The user its program runs as; empty for root.
    let user: String

    init?(_ json: JSONValue?) {
        id = json?["Id"]?.string ?? ""
        user = json?["Config"]?["User"]?.string ?? ""
        guard let json = json?["State"], let status = json["Status"]?.string else { return nil }
        state = ContainerState(status)
        startTime = json["StartedAt"]?.string.flatMap(Self.time)
        exitCode = json["ExitCode"]?.integer ?? 0
        isOutOfMemory = json["OOMKilled"]?.bool ?? false
        problem = json["Error"]?.string ?? ""
    }

    /// A time such as `2026-01-02T03:04:05.678901234Z`; the year 1 stands for none.
    private static func time(_ text: String) -> Date? {
        guard !text.hasPrefix("0001-") else { return nil }
        // Fractions of any length are read apart.
        let parts = text.split(separator: ".", maxSplits: 1)
        let fraction = parts.count == 2 ? parts[1].prefix { $0.isNumber } : ""
        let zone = parts.count == 2 ? parts[1].drop { $0.isNumber } : ""
        guard let first = parts.first,
            let time = try? Date("\(first)\(zone)", strategy: .iso8601)
        else { return nil }
        return time.addingTimeInterval(Double("0.\(fraction)0") ?? 0)
    }
}
