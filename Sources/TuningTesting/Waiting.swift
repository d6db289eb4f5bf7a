/// Looks again and again until something is so that has no signal of its own.
///
/// - Parameter what: What is waited for, for the error.
/// - Throws: What the condition throws; `WaitedTooLong` after five minutes, which are enough on a
///   machine that does much else.
package func waitUntil(
    _ what: String = "a condition", _ isMet: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + .seconds(300)
    while try await !isMet() {
        guard ContinuousClock.now < deadline else { throw WaitedTooLong(what: what) }
        try await Task.sleep(for: .milliseconds(2))
    }
}

/// What was waited for did not come.
package struct WaitedTooLong: Error {
    let what: String
}
