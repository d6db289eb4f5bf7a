import Foundation
import Tuning

extension TuningRecord {
    /// The most training jobs in a report's table, and the most columns of hyperparameters.
    private static let tableRowCountMax = 25
    private static let tableColumnCountMax = 12

    /// A page of its own with all charts, the settings and the best training jobs, in HTML that
    /// asks for nothing from elsewhere.
    ///
    /// - Parameter selection: The time, and the contour's parameters; a report has all definitions.
    package func report(_ selection: ChartSelection) -> String {
        var markup = Markup(capacity: 1 << 20)
        let name = specification.name
        markup.raw("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
        markup.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"")
        markup.text(ReportAssets.pagePolicy)
        markup.raw("\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
        markup.raw("<meta name=\"referrer\" content=\"no-referrer\"><title>")
        markup.text("\(name) – tuning report")
        markup.raw("</title><style>\(ReportAssets.stylesheet)</style></head>")
        markup.raw("<body class=\"report\"><main><h1>")
        markup.text(name)
        markup.raw("</h1><p class=\"lead\">")
        markup.text(lead(at: selection.now))
        markup.raw("</p>")
        markup.facts(facts(at: selection.now))
        markup.raw("<h2>Charts</h2>")
        for figure in figures(selection) { markup.raw(figure) }
        markup.raw("<h2>Best training jobs</h2>")
        writeBest(into: &markup)
        markup.raw("<h2>Settings</h2>")
        writeSettings(into: &markup)
        markup.raw("</main><script>\(ReportAssets.script)</script></body></html>\n")
        return markup.string
    }

    /// The charts, in the order in which they are read; those of a definition once for each.
    private func figures(_ selection: ChartSelection) -> [String] {
        let shared: [ChartKind] = [.history, .curves, .timeline, .savings]
        let order: [ChartKind] = [
            .history, .curves, .coordinates, .importance, .slice, .contour, .timeline, .savings,
        ]
        return order.flatMap { kind in
            let definitions = shared.contains(kind) ? 0..<1 : specification.definitions.indices
            return definitions.compactMap { definition in
                var selection = selection
                selection.definition = definition
                return figure(kind, selection)?.html(
                    identifier: "chart-\(kind.rawValue)" + (definition == 0 ? "" : "-\(definition)")
                )
            }
        }
    }

    private func lead(at now: Date) -> String {
        let metric = objective.map {
            "\($0.direction == .minimize ? "minimises" : "maximises") \($0.metric)"
        }
        return ["\(job.strategy) search", metric].compactMap(\.self).joined(separator: " that ")
            + ", \(job.status.words), as of \(now.formatted(.iso8601))."
    }

    private func facts(at now: Date) -> [(String, String)] {
        let counts = job.trainingJobCounts
        let states = [
            (counts.completed, "completed"), (counts.stopped, "stopped"), (counts.failed, "failed"),
            (counts.inProgress, "running"),
        ]
        var facts: [(String, String)] = []
        if let best, let cost = best.cost {
            let metric = specification.definitions[best.definition].objective?.metric
            let value = NumberText.short(value(of: cost, to: best), digits: 6)
            facts.append(("Best \(metric ?? "value")", value))
            facts.append(("Best training job", best.name))
        }
        facts.append(("Training jobs", NumberText.count(trials.count)))
        facts.append(
            (
                "Of these",
                states.filter { $0.0 > 0 }.map { "\(NumberText.count($0.0)) \($0.1)" }
                    .joined(separator: ", ")
            ))
        let seconds = (job.endTime ?? now).timeIntervalSince(job.creationTime)
        facts.append(("Wall-clock time", NumberText.duration(max(0, seconds))))
        if let reason = job.failureReason { facts.append(("Failed", reason)) }
        return facts.filter { !$0.1.isEmpty }
    }
}

// MARK: - Tables

extension TuningRecord {
    private func writeBest(into markup: inout Markup) {
        let ranked = usableTrials().sorted { $0.cost < $1.cost }.prefix(Self.tableRowCountMax)
        guard !ranked.isEmpty else { return markup.raw("<p class=\"lead\">None yet.</p>") }
        var names: [Parameter.Name] = []
        for definition in specification.definitions {
            for parameter in definition.searchSpace.parameters
            where !names.contains(parameter.name) { names.append(parameter.name) }
        }
        let hidden = max(0, names.count - Self.tableColumnCountMax)
        names = Array(names.prefix(Self.tableColumnCountMax))
        var rows: [[String]] = []
        for (trial, cost) in ranked {
            rows.append(
                [
                    "\(trial.id + 1)", trial.name,
                    NumberText.short(value(of: cost, to: trial), digits: 6),
                    TrialState(trial).rawValue, "\(trial.resource.units)",
                ] + names.map { trial.tuned[$0].map(NumberText.shortened) ?? "–" })
        }
        markup.table(
            "Best training jobs",
            header: ["#", "Training job", objective?.metric ?? "Value", "State", "Reports"] + names,
            rows: rows, bestFirst: true)
        if hidden > 0 {
            markup.raw("<p class=\"lead\">\(hidden) more hyperparameters are not shown.</p>")
        }
    }

    private func writeSettings(into markup: inout Markup) {
        let limits = specification.limits
        var settings: [(String, String)] = [
            ("Strategy", job.strategy), ("Stops early", specification.plan.stopping),
            ("Parallel training jobs", NumberText.count(limits.parallelCountMax)),
        ]
        if let count = limits.trainingJobCountMax {
            settings.append(("Most training jobs", NumberText.count(count)))
        }
        if let runtime = limits.runtimeMax {
            settings.append(
                ("Longest run", NumberText.duration(Double(runtime.components.seconds))))
        }
        if let seed = specification.seed { settings.append(("Seed", "\(seed)")) }
        markup.facts(settings)
        for definition in specification.definitions {
            markup.raw("<p class=\"lead\">")
            markup.text(
                [definition.name.map { "Definition \($0)" }, "image \(definition.image)"]
                    .compactMap(\.self).joined(separator: ", "))
            markup.raw("</p>")
            let rows =
                definition.searchSpace.parameters.map { parameter in
                    [parameter.name, parameter.domain.kind, parameter.domain.range]
                }
                + definition.staticHyperparameters.sorted { $0.key < $1.key }.map {
                    [$0.key, "fixed", $0.value]
                }
            if !rows.isEmpty {
                markup.table(
                    "Hyperparameters", header: ["Hyperparameter", "Kind", "Values"], rows: rows)
            }
        }
    }
}

extension TuningJob.Status {
    fileprivate var words: String {
        switch self {
        case .inProgress: "in progress"
        case .stopping: "stopping"
        case .stopped: "stopped"
        case .completed: "completed"
        case .failed: "failed"
        }
    }
}

extension TuningPlan {
    fileprivate var stopping: String {
        switch self {
        case .fullTraining: "no"
        case .medianStopping: "median rule"
        case .hyperband: "at rungs"
        }
    }
}

extension ParameterDomain {
    fileprivate var kind: String {
        switch self {
        case .continuous(let range): "continuous, \(range.scale.words)"
        case .integer(let range): "integer, \(range.scale.words)"
        case .categorical: "categorical"
        }
    }

    fileprivate var range: String {
        switch self {
        case .continuous(let range):
            "\(NumberText.short(range.lower)) to \(NumberText.short(range.upper))"
        case .integer(let range): "\(range.lower) to \(range.upper)"
        case .categorical(let categories): categories.values.joined(separator: ", ")
        }
    }
}

extension Scale {
    fileprivate var words: String {
        switch self {
        case .linear: "linear"
        case .logarithmic: "logarithmic"
        case .reverseLogarithmic: "reverse logarithmic"
        }
    }
}

extension NumberText {
    /// A value's text with at most five significant digits, if it is a number with more.
    fileprivate static func shortened(_ text: String) -> String {
        guard text.count > 7, let value = Double(wire: text) else { return text }
        return Int(text) == nil ? short(value, digits: 5) : text
    }
}
