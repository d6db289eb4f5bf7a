/// What surrounds every page.
struct FrameView {
    /// The parts of the dashboard.
    enum Section {
        case tuningJobs
        case trainingJobs
        case algorithms
    }

    let title: String
    let isTuningJobs: Bool
    let isTrainingJobs: Bool
    let isAlgorithms: Bool
    /// The access key that is signed in.
    let keyID: String?
    /// Whether it may stop jobs.
    let mayChange: Bool
    let formToken: String
    let stylesURL = DashboardAssets.styles.url
    let chartStylesURL = DashboardAssets.chartStyles.url
    let scriptURL = DashboardAssets.script.url
    let chartScriptURL = DashboardAssets.chartScript.url
    let iconURL = DashboardAssets.icon.url

    init(title: String, section: Section?, visitor: Visitor?) {
        self.title = title
        isTuningJobs = section == .tuningJobs
        isTrainingJobs = section == .trainingJobs
        isAlgorithms = section == .algorithms
        keyID = visitor?.keyID
        mayChange = visitor?.mayChange ?? false
        formToken = visitor?.formToken ?? ""
    }
}
