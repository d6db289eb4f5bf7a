import Foundation
import Testing
import Tuning

@testable import Reports

@Suite("Tables of training jobs")
struct TrialTableTests {
    private static let failure = TrainingFailure(.algorithm, "=1+1, \"quoted\"\nand more")

    private static func sample() throws -> TuningRecord {
        let space = try SearchSpace([
            .continuous("rate", min: "1e-5", max: "1"),
            .integer("status", min: "1", max: "8"),
            .categorical("loss", values: ["a,b", "say \"é\"", "=x", " "]),
        ])
        var trials = RecordedTrials([space], objective: Objective(.maximize, "loss"))
        try trials.append(
            .init(
                tuned: try space.hyperparameters(["rate": "1e-5", "status": "3", "loss": "a,b"]),
                values: [0.25, 0.5], outcome: .completed(Cost(-0.5))),
            metrics: ["rate": .infinity, "seconds": 2])
        try trials.append(
            .init(
                tuned: try space.hyperparameters(
                    ["rate": "0.5", "status": "8", "loss": "say \"é\""]),
                values: [0.75], outcome: .failed(failure)))
        try trials.append(
            .init(
                tuned: try space.hyperparameters(["rate": "1", "status": "1", "loss": "=x"]),
                values: [1], outcome: .stopped(.earlyStopping, Cost(-1))))
        return trials.record
    }

    @Test("Fixed columns come first, then the objective, parameters and metrics make room")
    func columns() throws {
        #expect(
            TrialTable(try Self.sample()).columns == [
                "name", "ordinal", "status", "loss", "rate", "hyperparameter_status",
                "hyperparameter_loss", "metric_rate", "seconds", "start_time", "end_time",
                "duration_seconds", "rule", "stop_reason", "failure_reason",
            ])
    }

    @Test("Each training job has the value of its own definition's objective")
    func directions() throws {
        let space = try SearchSpace([.continuous("rate", min: "0", max: "1")])
        var trials = RecordedTrials(
            [space, space], objectives: [.init(.minimize, "loss"), .init(.maximize, "loss")])
        let tuned = try space.hyperparameters(["rate": "0.5"])
        try trials.append(
            .init(tuned: tuned, values: [3], outcome: .completed(Cost(3))))
        try trials.append(
            .init(tuned: tuned, definition: 1, values: [5], outcome: .completed(Cost(-5))))
        let record = trials.record
        let column = try #require(TrialTable(record).columns.firstIndex(of: "loss"))
        #expect(TrialTable(record).rows.map { $0[column] } == [.number(3), .number(5)])
        #expect(TrialTable(curvesOf: record).rows.map { $0[3] } == [.number(3), .number(5)])
        let history = record.figure(.history, ChartSelection(now: RecordedTrials.start))
        #expect(history?.summary.contains("number 2, with loss 5.") == true)
    }

    @Test("CSV has a line for each training job, with quotes only where they are needed")
    func csv() throws {
        let record = try Self.sample()
        let text = String(decoding: TrialTable(record).csv(), as: UTF8.self)
        let names = record.trials.map(\.name)
        #expect(
            text == """
                name,ordinal,status,loss,rate,hyperparameter_status,hyperparameter_loss,\
                metric_rate,seconds,start_time,end_time,duration_seconds,rule,stop_reason,\
                failure_reason\r
                \(names[0]),0,Completed,0.5,1e-05,3,"a,b",inf,2.0,\
                2023-11-14T22:13:20.250Z,2023-11-14T22:13:21.500Z,1.25,random,,\r
                \(names[1]),1,Failed,,0.5,8,"say ""é""\",,,\
                2023-11-14T22:13:21.250Z,2023-11-14T22:13:22.500Z,1.25,random,,\
                "'=1+1, ""quoted""\nand more"\r
                \(names[2]),2,Stopped,1.0,1.0,1,=x,,,\
                2023-11-14T22:13:22.250Z,2023-11-14T22:13:23.500Z,1.25,random,earlyStopping,\r\n
                """)
    }

    @Test("JSON has the same cells with their types, and null for what it has no words for")
    func json() throws {
        let record = try Self.sample()
        let rows = try #require(try JSONValue(parsing: TrialTable(record).json()).array)
        #expect(rows.count == 3)
        #expect(rows[0]["rate"] == 1e-5)
        #expect(rows[0]["hyperparameter_status"] == 3)
        #expect(rows[0]["metric_rate"] == nil)
        #expect(rows[0].object?["metric_rate"] == .null)
        #expect(rows[1]["failure_reason"] == .string(Self.failure.reason))
        #expect(rows[2]["hyperparameter_loss"] == "=x")
        #expect(rows.allSatisfy { $0.object?.count == 15 })
    }

    @Test("Curves have a row for each report, on the scale of the objective")
    func curves() throws {
        let record = try Self.sample()
        let names = record.trials.map(\.name)
        #expect(
            String(decoding: TrialTable(curvesOf: record).csv(), as: UTF8.self)
                == "name,ordinal,step,value\r\n\(names[0]),0,1,0.25\r\n\(names[0]),0,2,0.5\r\n"
                + "\(names[1]),1,1,0.75\r\n\(names[2]),2,1,1.0\r\n")
    }

    @Test("Definitions have a column where there are several, and share those of parameters")
    func definitions() throws {
        let first = try SearchSpace([.integer("x", min: "1", max: "9")])
        let second = try SearchSpace([
            .categorical("x", values: ["16"]), .integer("y", min: "1", max: "9"),
        ])
        var trials = RecordedTrials([first, second], names: ["one", "two"])
        let failed = Tuning.Trial.Outcome.failed(Self.failure)
        try trials.append(.init(tuned: try first.hyperparameters(["x": "2"]), outcome: failed))
        try trials.append(
            .init(
                tuned: try second.hyperparameters(["x": "16", "y": "3"]), definition: 1,
                outcome: failed))
        let table = TrialTable(trials.record)
        #expect(
            table.columns.prefix(6) == ["name", "ordinal", "status", "definition", "loss", "x"])
        #expect(table.rows[0][3] == "one" && table.rows[1][3] == "two")
        #expect(table.rows[0][5...6] == [2, .null])
        #expect(table.rows[1][5...6] == ["16", 3])
    }

    @Test("A tuning job without training jobs is a header, or an empty array")
    func empty() throws {
        let table = TrialTable(RecordedTrials([.empty]).record)
        #expect(
            String(decoding: table.csv(), as: UTF8.self)
                == "name,ordinal,status,loss,start_time,end_time,duration_seconds,rule,"
                + "stop_reason,failure_reason\r\n")
        #expect(try JSONValue(parsing: table.json()) == [])
    }
}
