import Testing

@Suite("Layout of files")
struct LayoutTests {
    static let lineCountMax = 400
    static let lineLengthMax = 100

    /// Files of data, which nobody reads from top to bottom.
    static let dataFiles: Set<String> = [
        "Sources/DigitsTraining/Data/DigitImages.swift",
        "Sources/SageMakerAPI/Resources/ServiceModelText.swift",
    ]

    static let folders = ["Sources", "Tests", "Benchmarks"]
    static let extensions: Set<String> = ["swift", "c", "h", "py", "md", "sql"]

    @Test("No file has more than 400 lines", arguments: folders)
    func lineCounts(folder: String) throws {
        for file in try SourceFile.files(in: folder, extensions: Self.extensions)
        where !Self.dataFiles.contains(file.path) {
            let count = file.lines.count
            #expect(count <= Self.lineCountMax, "\(file.path) has \(count) lines")
        }
    }

    @Test("No line of the sources has more than 100 characters")
    func lineLengths() throws {
        let files = try SourceFile.files(in: "Sources", extensions: Self.extensions)
        #expect(!files.isEmpty)
        for file in files {
            for (index, line) in file.lines.enumerated() where line.count > Self.lineLengthMax {
                Issue.record("\(file.path):\(index + 1) has \(line.count) characters")
            }
        }
    }

    @Test("Every exception is a file that needs it")
    func exceptions() throws {
        let files = try SourceFile.files(in: "Sources", extensions: Self.extensions)
        for path in Self.dataFiles {
            let file = try #require(files.first { $0.path == path }, "\(path) is not there")
            #expect(file.lines.count > Self.lineCountMax, "\(path) needs no exception")
        }
    }
}
