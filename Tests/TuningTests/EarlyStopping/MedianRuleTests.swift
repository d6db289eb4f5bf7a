import Foundation
import Testing

@testable import Tuning

@Suite("The median rule")
struct MedianRuleTests {
    /// Trials that report costs and end, told to a rule.
    struct Told {
        var rule = MedianRule()
        private var counts: [Trial.ID: Int] = [:]

        mutating func report(_ trial: Trial.ID, _ values: Double...) {
            for value in values {
                let sample = MetricSample(time: .distantPast, values: ["loss": value])
                let report = MetricReport(
                    sample, objective: Objective(.minimize, "loss"),
                    after: Resource(counts[trial] ?? 0))
                counts[trial, default: 0] += 1
                observe(trial, .reported([report], ReportMark("")))
            }
        }

        mutating func complete(_ trial: Trial.ID, _ values: Double...) {
            for value in values { report(trial, value) }
            observe(trial, .finished(.completed(values.last.flatMap { Cost($0) })))
        }

        mutating func restart(_ trial: Trial.ID) {
            counts[trial] = 0
            observe(trial, .started(attempt: 2, .toTheEnd))
        }

        mutating func observe(_ trial: Trial.ID, _ change: TrialEvent.Change) {
            rule.observe(TrialEvent(trial: trial, time: .distantPast, change: change))
        }
    }

    /// Five trials whose averages at the third report are 2, 3, 4, 5 and 6.
    private static func five() -> Told {
        var told = Told()
        for trial in 0..<5 {
            let last = Double(trial) + 1
            told.complete(trial, last + 2, last + 1, last)
        }
        return told
    }

    @Test(
        "Stops what is worse than the median of the averages, and only that",
        arguments: [(4.0, Verdict.proceed), (4.001, .stop), (100, .stop), (-1, .proceed)])
    func median(value: Double, verdict: Verdict) {
        var told = Self.five()
        told.report(9, 0, 0, value)
        #expect(told.rule.verdict(on: 9) == verdict)
    }

    @Test("Judges nothing before the third report, nor before five have completed as much")
    func minimums() {
        var told = Self.five()
        for verdict in [Verdict.proceed, .proceed, .stop, .proceed] {
            told.report(9, 100)
            #expect(told.rule.verdict(on: 9) == verdict)
        }
        var four = Told()
        for trial in 0..<4 { four.complete(trial, 1, 1, 1) }
        four.report(9, 100, 100, 100)
        #expect(four.rule.verdict(on: 9) == .proceed)
        four.complete(4, 1, 1, 1)
        #expect(four.rule.verdict(on: 9) == .stop)
    }

    @Test("NaN reports anywhere change no verdict on others", arguments: 1...20)
    func notFinite(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var (plain, mixed) = (Told(), Told())
        var stopCount = 0
        for trial in 0..<60 {
            let isNaN = random.nextUnit() < 0.4
            for _ in 0..<6 {
                let value = random.nextUnit()
                if !isNaN { plain.report(trial, value) }
                mixed.report(trial, isNaN ? [.nan, .infinity][trial % 2] : value)
                let verdict = mixed.rule.verdict(on: trial)
                #expect(verdict == (isNaN ? .proceed : plain.rule.verdict(on: trial)))
                if verdict == .stop { stopCount += 1 }
            }
            if !isNaN { plain.observe(trial, .finished(.completed(Cost(1)))) }
            mixed.observe(trial, .finished(.completed(Cost(1))))
        }
        #expect(stopCount > 10)
    }

    @Test("A NaN among the reports of a training job is left out of its average")
    func oneNaN() {
        var told = Told()
        for trial in 0..<5 { told.complete(trial, 1, .nan, 3) }
        told.report(9, 0, 0, 2.01)
        #expect(told.rule.verdict(on: 9) == .stop)
        told.report(8, 0, 0, 1.99)
        #expect(told.rule.verdict(on: 8) == .proceed)
    }

    @Test("Training jobs that failed or were stopped are in no median")
    func onlyCompleted() {
        var told = Self.five()
        for trial in 10..<30 {
            told.report(trial, 0, 0, 0)
            let outcome: Trial.Outcome =
                trial.isMultiple(of: 2)
                ? .stopped(.earlyStopping, Cost(0)) : .failed(TrainingFailure(.algorithm, "bad"))
            told.observe(trial, .finished(outcome))
        }
        told.report(99, 0, 0, 3.9)
        #expect(told.rule.verdict(on: 99) == .proceed)
    }

    @Test("A program that starts again is judged by its new reports")
    func restart() {
        var told = Self.five()
        told.report(9, 100, 100)
        told.restart(9)
        told.report(9, 0, 0, 3)
        #expect(told.rule.verdict(on: 9) == .proceed)
        told.observe(9, .finished(.completed(Cost(3))))
        // Its average, 1, is the lowest: the median of six lies between 3 and 4.
        told.report(10, 0, 0, 3.6)
        #expect(told.rule.verdict(on: 10) == .stop)
        told.report(11, 0, 0, 3.4)
        #expect(told.rule.verdict(on: 11) == .proceed)
    }

    @Test("The largest numbers overflow nowhere")
    func largest() {
        var told = Told()
        for trial in 0..<6 { told.complete(trial, 1.7e308, 1.7e308, 1.7e308, -1.7e308) }
        told.report(9, 0, 0, 1.6e308)
        #expect(told.rule.verdict(on: 9) == .proceed)
        told.report(9, 1.7e308)
        #expect(told.rule.verdict(on: 9) == .stop)
    }

    @Test("Says in values of the objective what a stop rests on")
    func explanation() {
        var told = Self.five()
        told.report(9, 0, 0, 7)
        let explanation = told.rule.explanation(ofVerdictOn: 9)
        #expect(
            explanation?.text(for: Objective(.maximize, "accuracy"))
                == "Stopped early by the median rule: after 3 reports, accuracy is -7.0, worse "
                + "than -4.0, the median of 5 completed training jobs.")
    }
}
