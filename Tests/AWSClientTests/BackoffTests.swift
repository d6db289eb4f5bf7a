import AWSClient
import Testing
import Tuning

@Suite("Backing off")
struct BackoffTests {
    @Test("Waits are spread from zero to a limit that doubles", arguments: [1, 2, 5, 6, 7, 400])
    func delays(failureCount: Int) {
        let backoff = Backoff(base: .seconds(1), limit: .seconds(32))
        var random = SeededGenerator(seed: 7)
        let delays = (0..<2_000).map { _ in
            backoff.delay(after: failureCount, using: &random) / .seconds(1)
        }
        let longest = min(32, Double(1 << min(failureCount - 1, 20)))
        #expect(delays.allSatisfy { 0 <= $0 && $0 <= longest })
        #expect(abs(delays.reduce(0, +) / 2_000 - longest / 2) < longest / 20)
    }
}
