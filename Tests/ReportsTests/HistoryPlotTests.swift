import Reports
import Testing

@Suite("Plot of a tuning job's course in a terminal")
struct HistoryPlotTests {
    private static func lines(
        _ values: [Double?], isMaximum: Bool = false,
        _ characters: HistoryPlot.Characters = .ascii, width: Int = 25, height: Int = 4,
        hasColours: Bool = false
    ) -> [String] {
        HistoryPlot(
            values: values, isMaximum: isMaximum, characters: characters, hasColours: hasColours
        ).lines(width: width, height: height)
    }

    @Test("Less is better: the best so far goes down, values above it are points")
    func minimum() {
        #expect(
            Self.lines([30, 20, nil, 10, 30, nil, 0, 30, 30, 30, 30, 30]) == [
                "         30 |*   .  .....",
                "            | **",
                "            |   ***",
                "          0 |      ******",
            ])
    }

    @Test("More is better: the best so far goes up")
    func maximum() {
        #expect(
            Self.lines([0, 10, nil, 20, 0, nil, 30, 0, 0, 0, 0, 0], isMaximum: true) == [
                "         30 |      ******",
                "            |   ***",
                "            | **",
                "          0 |*   .  .....",
            ])
    }

    @Test("Braille has eight dots in a cell")
    func braille() {
        #expect(
            Self.lines([7, 0], .braille, width: 24, height: 2) == [
                "          7 \u{2502}\u{2809}\u{2809}\u{2809}\u{2809}\u{2809}\u{2809}"
                    + "\u{2809}\u{2809}\u{2809}\u{2809}\u{2801}",
                "          0 \u{2502}          \u{2880}",
            ])
    }

    @Test("Values far off are drawn at the edge, so that the others can be told apart")
    func outliers() {
        let usual = (0..<20).map { Double($0 % 10) }
        let lines = Self.lines(usual + [1e12], height: 8)
        #expect(lines[0].hasPrefix("         21 |"))
        #expect(lines[7].hasPrefix("          0 |"))
        #expect(lines[0].hasSuffix("."))
    }

    @Test("Colours come in pairs and change nothing else")
    func colours() {
        let values = [3.0, 5, 2, 8, 1, 9, 9, 0.5]
        let plain = Self.lines(values, .braille)
        let coloured = Self.lines(values, .braille, hasColours: true)
        #expect(plain != coloured)
        let stripped = coloured.map { line in
            line.replacing("\u{1B}[32m", with: "").replacing("\u{1B}[2m", with: "")
                .replacing("\u{1B}[0m", with: "")
        }
        #expect(stripped == plain)
        for line in coloured where line.contains("\u{1B}[32m") { #expect(line.hasSuffix("[0m")) }
    }

    @Test("There is nothing to draw of one value, or where there is no room")
    func nothing() {
        #expect(Self.lines([]) == [])
        #expect(Self.lines([1]) == [])
        #expect(Self.lines([nil, 1, nil, .nan, .infinity]) == [])
        #expect(Self.lines([1, 2], width: 12) == [])
        #expect(Self.lines([1, 2], height: 1) == [])
    }

    @Test(
        "Lines are never wider than asked",
        arguments: [23, 24, 60, 99], [HistoryPlot.Characters.ascii, .braille])
    func width(width: Int, characters: HistoryPlot.Characters) {
        for count in [2, 3, 100, 5_000] {
            let values = (0..<count).map { Double($0 * 7919 % 97) * -1.2345678e-300 }
            let lines = Self.lines(values, characters, width: width, height: 5)
            #expect(lines.count == 5)
            #expect(lines.allSatisfy { $0.count <= width })
        }
        #expect(
            Self.lines([-1.7e308, 1.7e308, 5], characters).count == 4)
        #expect(Self.lines([2, 2, 2], characters).count == 4)
    }
}
