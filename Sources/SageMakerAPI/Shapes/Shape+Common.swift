// Shapes that several operations share. Sources: the service's public model; `file://` addresses
// beside `s3://` are an extension for local work.

extension Shape {
    static let tuningJobName = text(1...32, "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,31}")
    static let trainingJobName = text(1...63, "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
    static let parameterName = text(0...256, ".*")
    static let parameterValue = text(0...256, ".*")
    static let hyperparameters = map(
        key: text(0...256, ".*"), value: text(0...2_500, ".*"), count: 0...100)
    static let address = text(0...1_024, "(https|s3)://([^/]+)/?(.*)|file:///(.*)")
    static let roleARN = text(
        20...2_048, #"arn:aws[a-z\-]*:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+"#)
    static let keyID = text(0...2_048, "[a-zA-Z0-9:/_-]*")
    static let directoryPath = text(0...4_096, ".*")
    static let metricName = text(1...255, ".+")

    static let objective = structure([
        .required("Type", word(["Maximize", "Minimize"])),
        .required("MetricName", metricName),
    ])

    static let metricDefinitions = list(
        structure([
            .required("Name", metricName),
            .required("Regex", text(1...500, ".+")),
        ]), count: 0...40)

    static let tagPart = #"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)"#
    static let tagKey = text(1...128, tagPart)
    static let tags = list(
        structure([
            .required("Key", tagKey),
            .required("Value", text(0...256, tagPart)),
        ]), count: 0...50)

    /// Environment variables; how many differs between tuning jobs and training jobs.
    static func environment(count: Int) -> Shape {
        map(
            key: text(0...512, "[a-zA-Z_][a-zA-Z0-9_]*"), value: text(0...512, #"[\S\s]*"#),
            count: 0...count)
    }
}
