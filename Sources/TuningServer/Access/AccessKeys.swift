import Foundation
import Logging
import SageMakerAPI
import Synchronization

/// The access keys of a running service: always those that the file holds now.
///
/// Looks at the file's status for every request, which takes a microsecond, and reads it when that
/// has changed. Once keys were seen, requests must be signed until the service ends, whatever
/// happens to the file.
package final class AccessKeys: Sendable {
    private struct State {
        var status: FileStatus?
        /// `nil`: there never was a key.
        var keys: [String: StoredAccessKey]?
    }

    private let file: AccessKeyFile
    private let logger: Logger
    private let state: Mutex<State>

    /// Reads the keys of a service.
    ///
    /// - Throws: `AccessKeyError` when others could read or replace the keys, or they are damaged.
    package init(_ file: AccessKeyFile, logger: Logger) throws(AccessKeyError) {
        self.file = file
        self.logger = logger
        let status = try file.status()
        state = Mutex(State(status: status, keys: (try file.keys()).map(Self.byID)))
    }

    /// Whether anybody may call the service: there never was a key.
    package var isOpen: Bool { current == nil }

    /// The keys by their IDs; `nil` while the service is open.
    package var current: [String: StoredAccessKey]? {
        state.withLock { state in
            do throws(AccessKeyError) {
                let status = try file.status()
                guard status != state.status else { return state.keys }
                if let keys = try file.keys() {
                    state.keys = Self.byID(keys)
                    logger.notice("Access keys were read", metadata: ["count": "\(keys.count)"])
                } else if state.keys != nil {
                    state.keys = [:]
                    logger.warning("Access keys are gone; no request is accepted any more")
                }
                state.status = status
            } catch {
                // Whoever made the file unreadable must not thereby open the service, nor keep
                // alive a key that was just revoked.
                if state.keys?.isEmpty != true {
                    logger.error("Access keys cannot be used", metadata: ["error": "\(error)"])
                }
                state.keys = [:]
                state.status = nil
            }
            return state.keys
        }
    }

    private static func byID(_ keys: [StoredAccessKey]) -> [String: StoredAccessKey] {
        Dictionary(keys.map { ($0.id, $0) }) { first, _ in first }
    }
}
