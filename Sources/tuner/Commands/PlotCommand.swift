import ArgumentParser
import Foundation
import Orchestration
import Reports
import Tuning

/// Writes a tuning job's charts: a report in HTML, or one chart as SVG.
struct PlotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plot",
        abstract: "Write a tuning job's charts: a report in one HTML file, or one chart as SVG.",
        discussion: """
            The files ask for nothing from elsewhere. A data directory is only read, also while \
            a service uses it. A report leaves out environment variables.
            """)

    @Argument(help: "The tuning job.") var name: String
    @Option(help: "The file to write, .html or .svg; else NAME.html, or NAME-CHART.svg.")
    var out: String?
    @Option(help: "The one chart to write.") var chart: ChartKind?
    @Option(help: "The two hyperparameters of the model's chart, as A,B.") var parameters: String?
    @Option(help: "The data directory.") var data: String?
    @Option(help: "The address of a running service, in place of a data directory.")
    var endpoint: String?
    @Option(help: "Certificates to trust at an https endpoint, a PEM file.") var caFile: String?

    func run() async throws {
        let request = try PlotRequest(name: name, out: out, chart: chart, parameters: parameters)
        let text: String
        if let endpoint {
            text = try await Self.text(of: request, at: ServiceAccess(endpoint, caFile: caFile))
        } else {
            text = try await Self.text(of: request, in: DataDirectory(data))
        }
        do {
            try text.write(toFile: request.file, atomically: true, encoding: .utf8)
        } catch {
            throw CommandFailure("cannot write '\(request.file)': \(error.oneLine)")
        }
        print(request.file)
    }

    private static func text(
        of request: PlotRequest, at service: ServiceAccess
    ) async throws -> String {
        let document = try await service.document(request.path, query: request.query)
        return String(decoding: document, as: UTF8.self)
    }

    private static func text(
        of request: PlotRequest, in directory: DataDirectory
    ) async throws -> String {
        let reader = try Assembly(reading: directory).orchestrator.reader
        guard let job = try await reader.tuningJob(named: request.name, kind: .tuning) else {
            throw CommandFailure("there is no tuning job '\(request.name)'")
        }
        let record = try await TuningRecord(job.id, from: reader)
        let selection = ChartSelection(parameters: request.parameters, now: Date())
        if let problem = record.problem(with: selection) { throw CommandFailure(problem) }
        guard let chart = request.chart else { return record.report(selection) }
        guard let figure = record.figure(chart, selection) else {
            throw CommandFailure(record.absence(of: chart, selection))
        }
        return figure.document
    }
}

extension ChartKind: ExpressibleByArgument {}

/// What is to be plotted, and where to.
struct PlotRequest {
    /// The tuning job.
    let name: String
    /// The one chart; `nil` for a report.
    let chart: ChartKind?
    /// The parameters of the model's chart.
    let parameters: (Parameter.Name, Parameter.Name)?
    /// The file to write.
    let file: String

    /// Checks what was asked for.
    ///
    /// - Throws: `CommandFailure` when the parts do not fit together.
    init(
        name: String, out: String?, chart: ChartKind?, parameters: String?
    ) throws(CommandFailure) {
        self.name = name
        self.chart = chart
        file = out ?? (chart.map { "\(name)-\($0.rawValue).svg" } ?? "\(name).html")
        switch (URL(filePath: file).pathExtension.lowercased(), chart) {
        case ("svg", .some), ("html", nil), ("htm", nil): break
        case ("svg", nil):
            throw CommandFailure("an SVG file holds one chart; say which with --chart")
        case ("html", .some), ("htm", .some):
            throw CommandFailure("a report has all charts; leave --chart out, or give --out *.svg")
        default: throw CommandFailure("--out '\(file)' must end in .html or .svg")
        }
        if out == nil, name.contains("/") {
            throw CommandFailure("'\(name)' is no name of a tuning job")
        }
        let names = parameters?.split(separator: ",", omittingEmptySubsequences: false)
        if let names, names.count != 2 || names[0] == names[1] || names.contains("") {
            throw CommandFailure("--parameters must be two different names, as A,B")
        }
        self.parameters = names.map { (String($0[0]), String($0[1])) }
    }

    /// Where a service has it: the parts of the path.
    var path: [String] {
        ["tuning-jobs", name] + (chart.map { ["charts", "\($0.rawValue).svg"] } ?? ["report.html"])
    }

    /// What follows the path.
    var query: [(name: String, value: String)] {
        parameters.map { [("x", $0.0), ("y", $0.1)] } ?? []
    }
}
