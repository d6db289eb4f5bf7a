import EngineHTTP
import Foundation
import Synchronization
import Tuning

/// A container engine that speaks Docker's API: Docker itself, or Podman.
struct ContainerEngine: Sendable {
    /// The newest version of the API that is known to work.
    private static let versionMax = EngineVersion(1, 47)

    private final class Contact: Sendable {
        let version = Mutex<EngineVersion?>(nil)
        let silenceCount = Mutex(0)
    }

    private let transport: any EngineTransport
    private let contact = Contact()

    init(_ transport: any EngineTransport) { self.transport = transport }

    /// How often it has not answered.
    var silenceCount: Int { contact.silenceCount.withLock { $0 } }

    /// The version of the API that both sides know; asked for once, and again after a silence.
    func version() async throws -> EngineVersion {
        if let known = contact.version.withLock({ $0 }) { return known }
        let answer = try await whole(EngineRequest("GET", "/version"))
        guard answer.status == 200, let newest = EngineVersion(answer.json?["ApiVersion"]) else {
            throw answer.error
        }
        let oldest = EngineVersion(answer.json?["MinAPIVersion"]) ?? newest
        let version = max(oldest, min(newest, Self.versionMax))
        contact.version.withLock { $0 = version }
        return version
    }

    /// Whether root in its containers is an ordinary user of the machine.
    func isRootless() async throws -> Bool {
        let answer = try await ask(EngineRequest("GET", "/info"))
        guard answer.status == 200, let json = answer.json else { throw answer.error }
        return json["SecurityOptions"]?.array?.contains("name=rootless") ?? false
    }

    /// Sends a request, and gives the answer whole.
    func ask(_ request: EngineRequest) async throws -> EngineAnswer {
        try await whole(versioned(request))
    }

    /// Sends a request, and hands over the answer as it comes.
    ///
    /// - Throws: `EngineError` for an answer that is none of success.
    func stream(
        _ request: EngineRequest, _ receive: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws {
        let request = try await versioned(request)
        let refusal = try await noticingSilence { try await transport.stream(request, receive) }
        if let refusal { throw refusal.error }
    }

    private func versioned(_ request: EngineRequest) async throws -> EngineRequest {
        var request = request
        request.prefix = "/v\(try await version())"
        return request
    }

    private func whole(_ request: EngineRequest) async throws -> EngineAnswer {
        try await noticingSilence { try await transport.answer(to: request) }
    }

    private func noticingSilence<Answer>(
        _ ask: () async throws -> Answer
    ) async throws -> Answer {
        do {
            return try await ask()
        } catch let error as EngineUnreachable {
            // It may be another one when it is back.
            contact.version.withLock { $0 = nil }
            contact.silenceCount.withLock { $0 += 1 }
            throw error
        }
    }
}

/// A version of the API, such as 1.41.
struct EngineVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
    private let major: Int
    private let minor: Int

    init(_ major: Int, _ minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Reads a version; `nil` for what is none.
    init?(_ value: JSONValue?) {
        let numbers = value?.string?.split(separator: ".").compactMap { Int($0) } ?? []
        guard numbers.count == 2 else { return nil }
        self.init(numbers[0], numbers[1])
    }

    var description: String { "\(major).\(minor)" }

    static func < (left: EngineVersion, right: EngineVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}

/// An answer that a container engine should not have given.
struct EngineError: Error, Hashable, CustomStringConvertible {
    /// The status.
    let status: Int
    /// What the engine says.
    let message: String

    /// What was refused, and why.
    var description: String { "the container engine answered \(status): \(message)" }
}

extension EngineAnswer {
    /// The answer as an error.
    var error: EngineError {
        let message = json?["message"]?.string ?? text
        return EngineError(
            status: status, message: message.trimmingCharacters(in: .whitespacesAndNewlines))
    }
}
