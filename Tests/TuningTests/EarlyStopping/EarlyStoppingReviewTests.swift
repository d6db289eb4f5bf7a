import Foundation
import Testing

@testable import Tuning

@Suite("Looking back at early stopping")
struct EarlyStoppingReviewTests {
    /// The events of trials that run one after another, a report every ten seconds.
    struct Log {
        var events: [TuningEvent] = []
        private var seconds = 0

        mutating func wait(_ seconds: Int) { self.seconds += seconds }

        mutating func run(_ trial: Trial.ID, _ costs: [Double], end: Trial.Outcome? = nil) {
            let hyperparameters = Hyperparameters(checked: [:])
            add(trial, .created(hyperparameters, Decision(rule: "test"), definition: 0))
            add(trial, .started(attempt: 1, .toTheEnd))
            for (index, cost) in costs.enumerated() {
                seconds += 10
                let sample = MetricSample(time: .distantPast, values: ["loss": cost])
                let report = MetricReport(
                    sample, objective: Objective(.minimize, "loss"), after: Resource(index))
                add(trial, .reported([report], ReportMark("")))
            }
            add(trial, .finished(end ?? .completed(costs.last.flatMap { Cost($0) })))
        }

        mutating func add(_ trial: Trial.ID, _ change: TrialEvent.Change) {
            let time = Date(timeIntervalSinceReferenceDate: Double(seconds))
            events.append(.trial(TrialEvent(trial: trial, time: time, change: change)))
        }
    }

    @Test("A tuning job without anything has nothing to say")
    func nothing() {
        let review = EarlyStoppingReview([])
        #expect(review.stoppedCount == 0 && review.wouldStopCount == 0)
        #expect(review.stopsBest == nil)
    }

    @Test("Finds what the rule would have stopped, and how much that would have saved")
    func wouldStop() {
        var log = Log()
        for trial in 0..<5 { log.run(trial, [5, 4, 3, 2]) }
        // Worse from the start: stopped at the third of six reports.
        log.run(5, [9, 9, 9, 9, 9, 9])
        log.run(6, [5, 4, 3, 1])
        let review = EarlyStoppingReview(log.events)
        #expect(review.wouldStopCount == 1)
        #expect(review.savableRuntime == .seconds(30))
        #expect(review.stoppedCount == 0 && review.savedRuntime == .zero)
        #expect(review.stopsBest == false)
    }

    @Test("Says so when the rule would have stopped the best")
    func best() {
        var log = Log()
        for trial in 0..<5 { log.run(trial, [5, 4, 3, 2]) }
        log.run(5, [9, 9, 9, 1])
        #expect(EarlyStoppingReview(log.events).stopsBest == true)
    }

    @Test("Time that a training job was paused is not training")
    func paused() {
        var log = Log()
        for trial in 0..<5 { log.run(trial, [5, 4, 3, 2, 1]) }
        let hyperparameters = Hyperparameters(checked: [:])
        log.add(5, .created(hyperparameters, Decision(rule: "test"), definition: 0))
        log.add(5, .started(attempt: 1, .toTheEnd))
        log.wait(10)
        log.add(5, .paused(Checkpoint(location: "1")))
        log.wait(1_000)
        log.add(5, .started(attempt: 2, .toTheEnd))
        log.wait(10)
        log.add(5, .paused(Checkpoint(location: "2")))
        log.wait(1_000)
        log.add(5, .finished(.stopped(.earlyStopping, nil)))
        #expect(EarlyStoppingReview(log.events).savedRuntime == .seconds(30))
    }

    @Test("Of what was stopped, assumes that it would have trained as long as others")
    func stopped() {
        var log = Log()
        for trial in 0..<5 { log.run(trial, [5, 4, 3, 2, 1]) }
        log.run(5, [9, 9, 9], end: .stopped(.earlyStopping, Cost(9)))
        log.run(6, [9], end: .stopped(.requested, Cost(9)))
        let review = EarlyStoppingReview(log.events)
        #expect(review.stoppedCount == 1)
        #expect(review.savedRuntime == .seconds(20))
        #expect(review.stopsBest == false)
    }
}
