import Foundation
import Tuning

/// A table for other programs, with a name for each column and a row for each training job or for
/// each of its reports.
package struct TrialTable: Sendable {
    /// The names of the columns, all different.
    package let columns: [String]
    /// The rows: texts, whole numbers and numbers; `null` for what is missing.
    package let rows: [[JSONValue]]
    /// The columns with text that training programs have written.
    private let foreignColumns: Set<Int>

    private init(columns: [String], rows: [[JSONValue]], foreignColumns: Set<Int> = []) {
        self.columns = columns
        self.rows = rows
        self.foreignColumns = foreignColumns
    }
}

// MARK: - Training jobs

extension TrialTable {
    private static let firstColumns = ["name", "ordinal", "status"]
    private static let definitionColumn = "definition"
    private static let lastColumns = [
        "start_time", "end_time", "duration_seconds", "rule", "stop_reason", "failure_reason",
    ]

    /// One row for each training job of a tuning job.
    ///
    /// | column | has |
    /// |---|---|
    /// | `name`, `ordinal` | its name; its place in the tuning job, from 0 |
    /// | `status` | as in the API, such as `Completed` |
    /// | `definition` | the name of its definition, where there are several |
    /// | the objective's name | its value in the end, or so far; none for one that failed |
    /// | each parameter's name | its value: a number where the range is one, else a text |
    /// | each other metric's name | its last value |
    /// | `start_time`, `end_time` | ISO 8601 in UTC, with milliseconds |
    /// | `duration_seconds` | from start to end, with all breaks |
    /// | `rule` | how the hyperparameters were chosen |
    /// | `stop_reason`, `failure_reason` | why it was stopped; why it failed |
    ///
    /// A parameter with the name of another column is called `hyperparameter_NAME`, a metric
    /// `metric_NAME`; fixed columns come first, then the objective, then parameters.
    package init(_ record: TuningRecord) {
        let definitions = record.specification.definitions
        let definitionColumns = definitions.count > 1 ? [Self.definitionColumn] : []
        var names = ColumnNames(
            Self.firstColumns + [Self.definitionColumn] + Self.lastColumns)
        let objective = record.objective?.metric
        let objectiveColumn = objective.map { names.add($0, prefix: "metric_") }
        let parameters = definitions.flatMap(\.searchSpace.parameters).map(\.name).withoutRepeats
        let parameterColumns = parameters.map { names.add($0, prefix: "hyperparameter_") }
        let metrics = Set(record.trials.flatMap(\.metrics.keys)).sorted().filter { $0 != objective }
        let metricColumns = metrics.map { names.add($0, prefix: "metric_") }
        let domains = definitions.map { definition in
            Dictionary(
                uniqueKeysWithValues: definition.searchSpace.parameters.map { ($0.name, $0.domain) }
            )
        }
        let rows = record.trials.map { trial in
            var row: [JSONValue] = [
                .string(trial.name), .integer(trial.id), .string(trial.status.rawValue),
            ]
            row += definitionColumns.map { _ in
                definitions[trial.definition].name.map { .string($0) } ?? .null
            }
            if objectiveColumn != nil {
                let cost = trial.status == .failed ? nil : trial.cost
                row.append(cost.map { .number(record.value(of: $0, to: trial)) } ?? .null)
            }
            row += parameters.map { name in
                trial.tuned[name].map { domains[trial.definition][name].cell($0) } ?? .null
            }
            row += metrics.map { trial.metrics[$0].map { .number($0) } ?? .null }
            return row + Self.lastCells(of: trial)
        }
        let columns =
            Self.firstColumns + definitionColumns + [objectiveColumn].compactMap { $0 }
            + parameterColumns + metricColumns + Self.lastColumns
        // The reason of a failure is the last.
        self.init(columns: columns, rows: rows, foreignColumns: [columns.count - 1])
    }

    private static func lastCells(of trial: TrialRecord) -> [JSONValue] {
        func text(_ date: Date?) -> JSONValue { date.map { .string($0.formatted(time)) } ?? .null }
        var duration: JSONValue = .null
        if let start = trial.startTime, let end = trial.endTime {
            duration = .number(end.timeIntervalSince(start))
        }
        return [
            text(trial.startTime), text(trial.endTime), duration, .string(trial.rule),
            trial.stopReason.map { .string($0.rawValue) } ?? .null,
            trial.failureReason.map { .string($0) } ?? .null,
        ]
    }

    private static let time = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
}

// MARK: - Curves

extension TrialTable {
    /// One row for each report of the objective: `name` and `ordinal` of the training job, `step`,
    /// which counts its reports from 1, and the `value`.
    ///
    /// Long curves have been thinned out in equal steps; values that were not finite are left out.
    package init(curvesOf record: TuningRecord) {
        let rows = record.trials.flatMap { trial in
            trial.curve.points.map { point -> [JSONValue] in
                [
                    .string(trial.name), .integer(trial.id), .integer(point.resource),
                    .number(record.value(of: point.cost, to: trial)),
                ]
            }
        }
        self.init(columns: ["name", "ordinal", "step", "value"], rows: rows)
    }
}

// MARK: - Texts

extension TrialTable {
    /// The table as RFC 4180 has it: a header, commas, lines that end in CR LF, quotes where they
    /// are needed; in UTF-8. What is missing is empty, as is NaN; infinite numbers are `inf`.
    ///
    /// Spreadsheets take a cell that begins with `=`, `+`, `-`, `@`, a tab or a CR for a formula.
    /// Names and hyperparameters are written all the same as they are, so that programs read back
    /// what was used; a failure's reason, which a training program may have written, gets an
    /// apostrophe before it then.
    ///
    /// CSV has no types: pandas takes categories that are all numbers for numbers, and the texts
    /// that it knows for missing values, such as `None` and `NA`, for these.
    package func csv() -> [UInt8] {
        var writer = CSVWriter()
        writer.write(columns.map { .string($0) })
        for row in rows { writer.write(row, guarding: foreignColumns) }
        return writer.bytes
    }

    /// The table as an array of objects, one a line, members in the order of the columns; in UTF-8.
    /// What is missing is null, as are numbers that are not finite, for which JSON has no words.
    package func json() -> [UInt8] {
        let names = columns.map { JSONValue.string($0).encoded }
        var bytes = Array("[".utf8)
        for (index, row) in rows.enumerated() {
            bytes += index == 0 ? "\n{".utf8 : ",\n{".utf8
            for (column, cell) in row.enumerated() {
                if column > 0 { bytes += ",".utf8 }
                bytes += names[column]
                bytes += ":".utf8
                bytes += cell.finite.encoded
            }
            bytes += "}".utf8
        }
        return bytes + "\n]\n".utf8
    }
}

/// Names of columns that were given away.
private struct ColumnNames {
    private var taken: Set<String>

    init(_ names: [String]) {
        taken = Set(names)
    }

    /// Gives a name away, with a prefix, or several, where it is taken.
    mutating func add(_ name: String, prefix: String) -> String {
        var name = name
        while !taken.insert(name).inserted { name = prefix + name }
        return name
    }
}

extension [String] {
    /// The texts, each at the place of its first.
    fileprivate var withoutRepeats: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}

extension ParameterDomain? {
    /// A value as a number where the domain is a range.
    fileprivate func cell(_ text: String) -> JSONValue {
        switch self {
        case .continuous: Double(wire: text).map { .number($0) } ?? .string(text)
        case .integer: Int(text).map { .integer($0) } ?? .string(text)
        case .categorical, nil: .string(text)
        }
    }
}

extension JSONValue {
    /// Null in place of a number that is not finite.
    fileprivate var finite: JSONValue {
        if case .number(let number) = self, !number.isFinite { return .null }
        return self
    }
}
