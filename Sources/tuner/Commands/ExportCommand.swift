import ArgumentParser
import Foundation
import Reports
import Tuning

/// Writes the training jobs of a tuning job as a table.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the training jobs of a tuning job as a table, in CSV or JSON.",
        discussion: """
            There is a row for each training job and a column for its status, its objective, each \
            hyperparameter and metric, its times, and why it was chosen, stopped or failed. A \
            hyperparameter called as another column gets 'hyperparameter_' before its name. \
            pandas.read_csv and pandas.read_json read both formats without options. Texts are \
            written as they are, which a spreadsheet may take for formulas.
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case csv, json
    }

    @Argument(help: "The tuning job.") var name: String
    @Option(help: "csv or json; else as the name of the file ends, else csv.") var format: Format?
    @Option(help: "The file to write; by default standard output.") var out: String?
    @Flag(help: "A row for each report of the objective instead: training job, step, value.")
    var curves = false
    @OptionGroup var access: JobAccess

    func run() async throws {
        let table = try await access.table(of: name, curves: curves, format: chosenFormat)
        guard let out else {
            do {
                try FileHandle.standardOutput.write(contentsOf: table)
            } catch {
                throw CommandFailure("cannot write the table: \(error.oneLine)")
            }
            return
        }
        do {
            try Data(table).write(to: URL(filePath: out), options: .atomic)
        } catch {
            throw CommandFailure("cannot write '\(out)': \(error.oneLine)")
        }
    }

    private var chosenFormat: Format {
        if let format { return format }
        let isJSON = access.json || out?.lowercased().hasSuffix(".json") == true
        return isJSON ? .json : .csv
    }
}

extension JobAccess {
    /// A table of a tuning job: made here of what is in the data directory, or by a service.
    fileprivate func table(
        of name: String, curves: Bool, format: ExportCommand.Format
    ) async throws -> [UInt8] {
        if let endpoint {
            let table = curves ? "curves" : "training-jobs"
            return try await ServiceAccess(endpoint, caFile: caFile)
                .document(["tuning-jobs", name, "\(table).\(format.rawValue)"])
        }
        let reader = try Assembly(reading: try DataDirectory(data)).orchestrator.reader
        guard let job = try await reader.tuningJob(named: name, kind: .tuning) else {
            throw CommandFailure("there is no tuning job '\(name)'")
        }
        let record = try await TuningRecord(job.id, from: reader)
        let table = curves ? TrialTable(curvesOf: record) : TrialTable(record)
        return switch format {
        case .csv: table.csv()
        case .json: table.json()
        }
    }
}
