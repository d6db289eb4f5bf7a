import Reports
import Tuning

/// A chart of a tuning job's page: the chart, or where it will be.
struct ChartPanelView {
    let kind: String
    let title: String
    /// The chart, drawn; `nil` while the tuning job is still being read.
    let figure: String?
    /// What to say where there is nothing to draw.
    let nothing: String?
    /// The chart as a file, which browsers without scripts show until then.
    let pictureURL: String
    /// Where the chart is as it is now.
    let liveURL: String
    /// The parameters that a contour may show.
    let choice: ParameterChoiceView?
}

/// Which two parameters a contour shows.
struct ParameterChoiceView {
    let url: String
    let horizontal: [OptionView]
    let vertical: [OptionView]
    let definition: String?
}
