import Foundation
import SageMakerAPI
import Synchronization

/// Keeps credentials, and looks for new ones before they end, when a file they may be in changes,
/// and when their key is refused.
///
/// Who asks meanwhile waits for the same search. Where it fails, the old ones serve as long as they
/// are good.
actor CachedCredentials: CredentialProvider {
    /// How long before their end credentials are replaced, in seconds.
    static let leadSeconds = 300.0
    /// How long the old ones serve before the next search after one that brought nothing better.
    static let pauseSeconds = 30.0

    private struct Held {
        let credentials: Credentials
        /// The files as they were before the search.
        let files: [FileState?]
        var isRefused = false

        /// Whether they can be used at a time, if need be.
        func isGood(at time: Date) -> Bool {
            !isRefused && credentials.expiration.map { time < $0 } ?? true
        }

        /// Whether others should be looked for.
        func isDue(at time: Date, files: [FileState?]) -> Bool {
            files != self.files || !isGood(at: time + CachedCredentials.leadSeconds)
        }
    }

    private let source: any CredentialSource
    private let paths: [String]
    private let now: @Sendable () -> Date
    private var held: Held?
    private var lastSearch: (time: Date, files: [FileState?])?
    private var search: SharedTask<Credentials?>?

    /// Keeps what the places that Amazon's programs look in say.
    init(_ surroundings: Surroundings) {
        let paths = surroundings.filePaths
        self.init(
            CredentialChain(surroundings), files: [paths.configuration, paths.credentials],
            now: surroundings.now)
    }

    /// Keeps what one place says.
    init(
        _ source: any CredentialSource, files paths: [String], now: @escaping @Sendable () -> Date
    ) {
        self.source = source
        self.paths = paths
        self.now = now
    }

    func credentials() async throws -> Credentials {
        if let credentials = try await credentialsIfAny() { return credentials }
        throw CredentialError(
            "there are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or "
                + "AWS_PROFILE to the name of a profile that has some")
    }

    /// The credentials in force; `nil` where the source says nothing.
    func credentialsIfAny() async throws -> Credentials? {
        let files = paths.map(FileState.init)
        let time = now()
        if let held {
            guard held.isDue(at: time, files: files) else { return held.credentials }
            let isRecent =
                lastSearch.map { $0.files == files && time < $0.time + Self.pauseSeconds } ?? false
            if isRecent, held.isGood(at: time) { return held.credentials }
        }
        do {
            if let found = try await found() { return found }
        } catch let error as CancellationError {
            throw error
        } catch {
            if let held, held.isGood(at: now()) { return held.credentials }
            throw error as? CredentialError ?? CredentialError("\(error)")
        }
        return held.flatMap { $0.isGood(at: now()) ? $0.credentials : nil }
    }

    func forget(_ key: AccessKey) {
        if held?.credentials.key == key { held?.isRefused = true }
    }

    /// The result of the search that is going on, or of a new one.
    private func found() async throws -> Credentials? {
        while true {
            let current = search ?? SharedTask { try await self.searched() }
            search = current
            do {
                return try await current.value
            } catch let error as CancellationError {
                // Whoever else waited for that search has left it, not this one.
                if Task.isCancelled || !current.isCancelled { throw error }
            }
        }
    }

    private func searched() async throws -> Credentials? {
        let files = paths.map(FileState.init)
        defer {
            search = nil
            lastSearch = (now(), files)
        }
        let found = try await source.load()
        try Task.checkCancellation()
        guard let credentials = found else { return nil }
        if let end = credentials.expiration, end <= now() {
            throw CredentialError(
                "the credentials of key '\(credentials.key.id)' ended at \(end.formatted(.iso8601))"
                    + "; get new ones, and see that this machine's clock is right")
        }
        held = Held(credentials: credentials, files: files)
        return credentials
    }
}

/// What tells that a file has changed.
private struct FileState: Equatable {
    let changed: Date?
    let bytes: UInt64?
    let number: UInt64?

    /// Looks at a file; `nil` where there is none.
    init?(_ path: String) {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else {
            return nil
        }
        changed = attributes[.modificationDate] as? Date
        bytes = (attributes[.size] as? NSNumber)?.uint64Value
        number = (attributes[.systemFileNumber] as? NSNumber)?.uint64Value
    }
}

/// Work that several wait for; it is cancelled when none of them wants its result any more.
private final class SharedTask<Value: Sendable>: Sendable {
    private let task: Task<Value, any Error>
    private let waiting = Mutex(0)

    init(_ work: @escaping @Sendable () async throws -> Value) {
        task = Task { try await work() }
    }

    var isCancelled: Bool { task.isCancelled }

    var value: Value {
        get async throws {
            waiting.withLock { $0 += 1 }
            return try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                let isUnwanted = waiting.withLock { waiting in
                    waiting -= 1
                    return waiting == 0
                }
                if isUnwanted { task.cancel() }
            }
        }
    }
}
