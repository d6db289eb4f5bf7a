import Foundation
import SageMakerAPI
import Synchronization

/// Who is signed in to the dashboard; kept in memory alone, so a restart signs everybody out.
final class DashboardSessions: Sendable {
    /// A browser that showed an access key.
    struct Session: Sendable {
        /// The key.
        let keyID: String
        /// What forms of its pages carry, so that no other page can send them.
        let formToken: String
        /// When it began.
        let start: Date
    }

    /// How long one lasts.
    static let lifetime: TimeInterval = 12 * 3_600
    /// With more than this the oldest end.
    static let countMax = 1_000

    private let sessions = Mutex<[String: Session]>([:])

    /// Begins a session.
    ///
    /// - Returns: Its name, which nobody can guess.
    func begin(keyID: String, at now: Date) -> String {
        let name = Self.secret()
        sessions.withLock { sessions in
            sessions = sessions.filter { now.timeIntervalSince($0.value.start) < Self.lifetime }
            while sessions.count >= Self.countMax,
                let oldest = sessions.min(by: { $0.value.start < $1.value.start })
            {
                sessions[oldest.key] = nil
            }
            sessions[name] = Session(keyID: keyID, formToken: Self.secret(), start: now)
        }
        return name
    }

    /// The session with a name, while it lasts and its key is one of those that count now.
    func session(_ name: String, keys: [String: StoredAccessKey], at now: Date) -> Session? {
        sessions.withLock { sessions in
            guard let session = sessions[name] else { return nil }
            guard keys[session.keyID] != nil,
                now.timeIntervalSince(session.start) < Self.lifetime
            else {
                sessions[name] = nil
                return nil
            }
            return session
        }
    }

    /// Ends a session.
    func end(_ name: String) {
        sessions.withLock { $0[name] = nil }
    }

    /// 256 bits that nobody can guess: the system's generator is a cryptographic one.
    static func secret() -> String {
        var random = SystemRandomNumberGenerator()
        return (0..<4).map { _ in
            let digits = String(random.next(), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        .joined()
    }
}

/// Compares texts in a time that tells nothing about them.
enum SecretText {
    /// Whether two texts are equal.
    static func areEqual(_ left: String, _ right: String) -> Bool {
        // Of equal length, whatever the texts are.
        let pairs = zip(Array(left.utf8).sha256.utf8, Array(right.utf8).sha256.utf8)
        return pairs.reduce(into: UInt8(0)) { $0 |= $1.0 ^ $1.1 } == 0
    }
}
