import Synchronization
import Testing
import Tuning

@testable import Orchestration

@Suite("Slot pool")
struct SlotPoolTests {
    /// Notes who was given slots, in order.
    final class Ledger: Sendable {
        private let given = Mutex([Int64]())

        var jobs: [Int64] { given.withLock { $0 } }

        func request(_ job: Int64, from pool: SlotPool) {
            pool.request(for: TuningJob.ID(rawValue: job)) {
                self.given.withLock { $0.append(job) }
            }
        }
    }

    @Test("Free slots are given at once, and no more than there are")
    func bounded() {
        let pool = SlotPool(slotCount: 2)
        let ledger = Ledger()
        for _ in 0..<5 { ledger.request(1, from: pool) }
        #expect(ledger.jobs == [1, 1])
        pool.release(by: TuningJob.ID(rawValue: 1))
        #expect(ledger.jobs == [1, 1, 1])
    }

    @Test("A free slot goes to the tuning job that has fewest, and among equals to the first")
    func fair() {
        let pool = SlotPool(slotCount: 4)
        let ledger = Ledger()
        for _ in 0..<8 { ledger.request(1, from: pool) }
        for job in [Int64(2), 3, 2, 3] { ledger.request(job, from: pool) }
        #expect(ledger.jobs == [1, 1, 1, 1])
        for _ in 0..<4 { pool.release(by: TuningJob.ID(rawValue: 1)) }
        #expect(ledger.jobs.dropFirst(4) == [2, 3, 1, 1])
    }

    @Test("Whoever leaves gives back its slots and asks for no more")
    func leaving() {
        let pool = SlotPool(slotCount: 2)
        let ledger = Ledger()
        for job in [Int64(1), 1, 1, 1, 2, 2, 2] { ledger.request(job, from: pool) }
        pool.leave(TuningJob.ID(rawValue: 1))
        #expect(ledger.jobs == [1, 1, 2, 2])
        pool.leave(TuningJob.ID(rawValue: 2))
        ledger.request(3, from: pool)
        #expect(ledger.jobs == [1, 1, 2, 2, 3])
    }

    @Test("Attempts that run already take slots beyond the limit, which come back before others")
    func occupied() {
        let pool = SlotPool(slotCount: 1)
        let ledger = Ledger()
        let job = TuningJob.ID(rawValue: 1)
        for _ in 0..<3 { pool.occupy(for: job) }
        ledger.request(2, from: pool)
        pool.release(by: job)
        pool.release(by: job)
        #expect(ledger.jobs.isEmpty)
        pool.release(by: job)
        #expect(ledger.jobs == [2])
    }

    @Test("A pool that is held gives nothing until it is resumed")
    func held() {
        let pool = SlotPool(slotCount: 2)
        let ledger = Ledger()
        pool.hold()
        ledger.request(1, from: pool)
        pool.occupy(for: TuningJob.ID(rawValue: 2))
        #expect(ledger.jobs.isEmpty)
        ledger.request(1, from: pool)
        pool.resume()
        #expect(ledger.jobs == [1])
    }

    @Test("A thousand tuning jobs get their turns alike")
    func many() {
        let pool = SlotPool(slotCount: 10)
        let ledger = Ledger()
        for _ in 0..<3 {
            for job in 1...1000 { ledger.request(Int64(job), from: pool) }
        }
        for index in 0..<2990 { pool.release(by: TuningJob.ID(rawValue: ledger.jobs[index])) }
        let turns = Dictionary(grouping: ledger.jobs) { $0 }.mapValues(\.count)
        #expect(turns.count == 1000)
        #expect(turns.values.allSatisfy { $0 == 3 })
    }
}

@Suite("Mailbox")
struct MailboxTests {
    @Test("Everything that waits is taken at once, in order")
    func batches() async {
        let mailbox = Mailbox<Int>()
        for number in 1...3 { mailbox.send(number) }
        #expect(await mailbox.take() == [1, 2, 3])
        async let next = mailbox.take()
        mailbox.send(4)
        #expect(await next == [4])
    }

    @Test("Nothing is lost between many senders and one receiver")
    func concurrent() async {
        let mailbox = Mailbox<Int>()
        await withDiscardingTaskGroup { group in
            for sender in 0..<8 {
                group.addTask { for index in 0..<500 { mailbox.send(sender * 500 + index) } }
            }
            var taken: [Int] = []
            while taken.count < 4000, let batch = await mailbox.take() { taken += batch }
            #expect(Set(taken).count == 4000)
            let first = taken.filter { $0 < 500 }
            #expect(first == first.sorted())
        }
    }

    @Test("A closed mailbox refuses messages and hands out those that were left")
    func closed() async {
        let mailbox = Mailbox<Int>()
        mailbox.send(1)
        #expect(mailbox.close() == [1])
        #expect(!mailbox.send(2))
        #expect(await mailbox.take() == nil)
    }

    @Test("Cancelling the receiver closes the mailbox")
    func cancelled() async {
        let mailbox = Mailbox<Int>()
        let receiver = Task { await mailbox.take() }
        receiver.cancel()
        #expect(await receiver.value == nil)
        #expect(!mailbox.send(1))
    }
}
