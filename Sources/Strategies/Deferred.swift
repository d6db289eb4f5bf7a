import Synchronization

/// A value that is computed when it is first asked for, and shared by all copies.
///
/// Whoever asks gives the same computation, of what does not change while this is kept; so nothing
/// can be told from whether it has been computed before.
final class Deferred<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)

    /// The value, computed now if it has not been.
    func value(computed compute: () -> Value) -> Value {
        value.withLock { value in
            if let value { return value }
            let new = compute()
            value = new
            return new
        }
    }
}
