// What the dashboard and the report build on:
//
//   record.figure(.history, ChartSelection(now: date))       -> Figure?   nil: nothing to draw
//   figure.svg         markup of one <svg>, styled by ReportAssets.stylesheet
//   figure.html        <figure> with heading, summary and the picture, which scrolls inside it
//   figure.document    the picture as a file of its own, with its styles
//   ReportAssets.stylesheet, .script     for the page around figures; the script makes charts of
//                                        class `interactive` so, and `tunerCharts.enhance(element)`
//                                        does it for figures that are put in later
//
// No markup has inline styles or scripts; `document` alone has a <style>, whose policy is
// `ReportAssets.documentPolicy`. All texts that users chose are escaped.
import Foundation
import Tuning

/// What a chart shows; raw values appear in addresses and on the command line.
package enum ChartKind: String, CaseIterable, Sendable {
    /// The objective of each training job, and the best so far.
    case history
    /// What training jobs reported on their way.
    case curves
    /// All hyperparameters of a training job as one line.
    case coordinates
    /// The objective by each hyperparameter.
    case slice
    /// What the model believes over two hyperparameters.
    case contour
    /// How much of the objective's variance each hyperparameter explains.
    case importance
    /// When training jobs held a slot.
    case timeline
    /// How far training jobs got, and what stopping them has saved.
    case savings

    /// What it shows, in a few words.
    package var title: String {
        switch self {
        case .history: "History"
        case .curves: "Learning curves"
        case .coordinates: "Parallel coordinates"
        case .slice: "Objective by hyperparameter"
        case .contour: "Model"
        case .importance: "Importance"
        case .timeline: "Timeline"
        case .savings: "Early stopping"
        }
    }
}

/// What of a tuning job its charts show.
package struct ChartSelection: Sendable {
    /// The index of the definition whose search space is shown.
    package var definition: Int
    /// The two parameters of the contour, horizontal first; `nil` for the most important.
    package var parameters: (Parameter.Name, Parameter.Name)?
    /// The time up to which running training jobs are drawn.
    package var now: Date

    /// Selects a definition, two parameters and a time.
    package init(
        definition: Int = 0, parameters: (Parameter.Name, Parameter.Name)? = nil, now: Date
    ) {
        self.definition = definition
        self.parameters = parameters
        self.now = now
    }
}

/// A chart, drawn.
package struct Figure: Sendable {
    /// What it shows.
    package let kind: ChartKind
    /// What it shows, in a few words.
    package let title: String
    /// What is to be seen in it, in a sentence or two; plain text.
    package let summary: String
    /// The picture, one `svg` element.
    package let svg: String
}

extension TuningRecord {
    /// Draws a chart; `nil` when there is nothing to draw, or no such definition or parameter.
    ///
    /// - Complexity: O(n log n) in the training jobs; what is drawn of them has a limit.
    package func figure(_ kind: ChartKind, _ selection: ChartSelection) -> Figure? {
        guard specification.definitions.indices.contains(selection.definition) else { return nil }
        return switch kind {
        case .history: historyFigure()
        case .curves: curvesFigure()
        case .coordinates: coordinatesFigure(selection.definition)
        case .slice: sliceFigure(selection.definition)
        case .timeline: timelineFigure(selection.now)
        case .savings: savingsFigure(selection.now)
        case .contour: contourFigure(selection.definition, selection.parameters)
        case .importance: importanceFigure(selection.definition)
        }
    }
}

extension TuningRecord {
    /// What is wrong with a selection, as a sentence; `nil` when nothing is.
    package func problem(with selection: ChartSelection) -> String? {
        let definitions = specification.definitions
        guard definitions.indices.contains(selection.definition) else {
            return "There is no definition \(selection.definition); they count from 0."
        }
        let names = definitions[selection.definition].searchSpace.parameters.map(\.name)
        let chosen = selection.parameters.map { [$0.0, $0.1] } ?? []
        return chosen.first { !names.contains($0) }.map { name in
            "There is no hyperparameter '\(name)'; there are \(names.formatted())."
        }
    }

    /// Why there is nothing to draw, as a sentence.
    package func absence(of kind: ChartKind, _ selection: ChartSelection) -> String {
        if let problem = problem(with: selection) { return problem }
        return switch kind {
        case .contour, .importance: "Needs two hyperparameters and more finished training jobs."
        case .curves: "No training job has reported its objective more than once."
        case .savings: "No training job was stopped early."
        case .history, .coordinates, .slice, .timeline: "Nothing to show yet."
        }
    }
}

// MARK: - Markup around the picture

extension Figure {
    /// The picture with its heading and summary; wide pictures scroll inside.
    package var html: String { html(identifier: "chart-\(kind.rawValue)") }

    /// The same, for pages with several figures of one kind.
    func html(identifier: String) -> String {
        var markup = Markup()
        markup.raw("<figure class=\"chart\" id=\"\(identifier)\">")
        markup.raw("<figcaption><h3>")
        markup.text(title)
        markup.raw("</h3><p>")
        markup.text(summary)
        markup.raw("</p></figcaption><div class=\"scroll\" role=\"region\" tabindex=\"0\"")
        markup.raw(" aria-label=\"")
        markup.text(title)
        markup.raw("\">")
        markup.raw(svg)
        markup.raw("</div></figure>")
        return markup.string
    }

    /// The picture as a file of its own, with its styles.
    package var document: String {
        guard let end = svg.firstIndex(of: ">") else { return svg }
        let head = svg[...end]
        return "\(head)<style>\(ReportAssets.stylesheet)</style>\(svg[svg.index(after: end)...])\n"
    }

    /// A picture of a few words, in a grey that is read on light and on dark.
    package static func picture(saying text: String) -> String {
        var markup = Markup()
        markup.raw("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 600 40\" role=\"img\">")
        markup.raw("<title>")
        markup.text(text)
        markup.raw("</title><text y=\"26\" font-family=\"sans-serif\" font-size=\"14\" ")
        markup.raw("fill=\"#76808c\">")
        markup.text(text)
        markup.raw("</text></svg>")
        return markup.string
    }
}
