import Testing

@Suite("Articles")
struct GuideTests {
    /// The files that hold what the articles of the library show.
    private static let compiled = [
        ("Config/digits-experiment/Sources", "main.swift"),
        ("Tests/ExperimentsTests", "GuideTests.swift"),
        ("Tests/ServiceExperimentsTests", "GuideTests.swift"),
    ]

    @Test("Every line of Swift in the library's guide is compiled somewhere")
    func lines() throws {
        var known: Set<String> = []
        for (folder, name) in Self.compiled {
            let file = try #require(
                try SourceFile.files(in: folder, extensions: ["swift"])
                    .first { $0.path.hasSuffix(name) }, "\(folder) has no \(name)")
            known.formUnion(file.lines.map(Self.trimmed))
        }
        let articles = try SourceFile.files(
            in: "Sources/Experiments/Documentation.docc", extensions: ["md"])
        let article = try #require(articles.first { $0.path.hasSuffix("TuningAClosure.md") })
        var isCode = false
        var count = 0
        for (index, line) in article.lines.enumerated() {
            if line.hasPrefix("```") {
                isCode = line == "```swift"
            } else if isCode {
                count += 1
                #expect(known.contains(Self.trimmed(line)), "\(article.path):\(index + 1)")
            }
        }
        #expect(count > 30, "code was looked for")
    }

    private static func trimmed(_ line: Substring) -> String {
        String(line.drop { $0 == " " })
    }
}
