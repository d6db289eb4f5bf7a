import Testing
import Tuning

@Suite("Patterns of names")
struct NamePatternTests {
    @Test(
        "A star stands for any characters, a question mark for one",
        arguments: [
            ("*", "", true), ("*", "ml.m5.large", true), ("", "", true), ("", "a", false),
            ("ml.p?.*", "ml.p4.large", true), ("ml.p?.*", "ml.p4d.large", false),
            ("ml.g5.*", "ml.g5xlarge", false), ("*/team/*:1", "host/a/team/b:1", true),
            ("*/team/*:1", "host/a/team/b:12", false), ("a*a", "a", false), ("a*a", "aa", true),
            ("[a]", "a", false), ("\\*", "*", false), ("?", "é", true),
        ])
    func fits(pattern: String, name: String, fits: Bool) {
        #expect(NamePattern(pattern).fits(name) == fits)
    }

    @Test("A pattern without signs fits one name", arguments: [("a.b", true), ("a.?", false)])
    func exact(pattern: String, isExact: Bool) {
        #expect(NamePattern(pattern).isExact == isExact)
    }

    @Test("Many stars take no long time", .timeLimit(.minutes(1)))
    func manyStars() {
        let pattern = NamePattern(String(repeating: "a*", count: 60) + "b")
        #expect(!pattern.fits(String(repeating: "a", count: 2_000)))
    }
}
