import Foundation
import Testing
import Tuning

@testable import Backends

@Suite("Metric scanner")
struct MetricScannerTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var regexes = ["loss": "loss=(\\S+)"]
        let output: String
        let samples: [[MetricName: Double]]
    }

    @Test(
        "Values are found in lines",
        arguments: [
            Row(testDescription: "nothing", output: "hello\n", samples: []),
            Row(testDescription: "one", output: "a loss=0.5 b\n", samples: [["loss": 0.5]]),
            Row(
                testDescription: "many in one line", output: "loss=1 loss=2\nloss=3\n",
                samples: [["loss": 1], ["loss": 2], ["loss": 3]]),
            Row(
                testDescription: "the k-th of every metric is the k-th sample",
                regexes: ["a": "a=([0-9]+)", "b": "b=([0-9]+)"], output: "a=1 b=2 a=3\nb=4\n",
                samples: [["a": 1, "b": 2], ["a": 3], ["b": 4]]),
            Row(
                testDescription: "the whole match without a group",
                regexes: ["n": "[0-9]+(?= epochs)"], output: "12 epochs\n", samples: [["n": 12]]),
            Row(
                testDescription: "infinities and signs",
                output: "loss=inf loss=-Infinity loss=+1e-3 loss=-.5 loss=1e400\n",
                samples: [
                    ["loss": .infinity], ["loss": -.infinity], ["loss": 1e-3], ["loss": -0.5],
                    ["loss": .infinity],
                ]),
            Row(
                testDescription: "spaces around the number", regexes: ["loss": "loss:([^;]*);"],
                output: "loss:  0.25\t;\n", samples: [["loss": 0.25]]),
            Row(
                testDescription: "what is no number is left out",
                output: "loss=n/a loss= loss=0.5.\nloss=7\n", samples: [["loss": 7]]),
            Row(
                testDescription: "a group that took no part is left out",
                regexes: ["loss": "loss(?:=(\\d+))?"], output: "loss loss=2\n",
                samples: [["loss": 2]]),
            Row(
                testDescription: "progress bars", output: "\rloss=1\rloss=2\r\nloss=3\r\n",
                samples: [["loss": 1], ["loss": 2], ["loss": 3]]),
            Row(
                testDescription: "a last line without its end", output: "loss=1\nloss=2",
                samples: [["loss": 1], ["loss": 2]]),
            Row(
                testDescription: "empty matches end", regexes: ["loss": "x*"], output: "aaa\n",
                samples: []),
            Row(
                testDescription: "letters beyond ASCII", regexes: ["v": "précision: (\\S+)"],
                output: "précision: 0.5 ✓\n", samples: [["v": 0.5]]),
        ])
    func values(row: Row) throws {
        #expect(try samples(row.regexes, Array(row.output.utf8)) == row.samples)
    }

    @Test("Values do not depend on how the output is cut into pieces", arguments: 1...12)
    func pieces(size: Int) throws {
        let output = Array("loss=1 é\nno\rloss=22\r\n\nloss=333".utf8)
        let found = try samples(["loss": "loss=(\\S+)"], output, pieceSize: size)
        #expect(found == [["loss": 1], ["loss": 22], ["loss": 333]])
    }

    @Test("Passing over what holds nothing loses no value, wherever the pieces are cut")
    func passingOver() throws {
        var generator = SeededGenerator(seed: 7)
        var text = ""
        var expected: [[MetricName: Double]] = []
        for index in 0..<2_000 {
            text += String(repeating: "n", count: Int.random(in: 0...80, using: &generator))
            if Int.random(in: 0..<20, using: &generator) == 0 {
                text += "loss=\(index)"
                expected.append(["loss": Double(index)])
            }
            text += Bool.random(using: &generator) ? "\n" : "\r"
        }
        for size in [1, 100, 5_000, 8_192, 20_000, 1 << 20] {
            let found = try samples(["loss": "loss=(\\d+)"], Array(text.utf8), pieceSize: size)
            #expect(found == expected, "seed 7, pieces of \(size)")
        }
    }

    @Test("NaN is a value")
    func notANumber() throws {
        let found = try samples(["loss": "loss=(\\S+)"], Array("loss=nan loss=NaN loss=1\n".utf8))
        #expect(found.map { $0["loss"]?.isNaN } == [true, true, false])
    }

    @Test("Bytes that are not UTF-8 hide no value")
    func invalidText() throws {
        let output = [0xFF, 0xC3, 0x28, 0x00] + Array("loss=4 ".utf8) + [0xE2, 0x82, 0x0A]
        #expect(try samples(["loss": "loss=(\\S+)"], output) == [["loss": 4]])
    }

    @Test("A line of 100 MB takes little memory and hides no later value")
    func endlessLine() throws {
        var scanner = try MetricScanner([MetricDefinition(name: "loss", regex: "loss=([0-9]+)")])
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
        let before = residentBytes()
        for _ in 0..<100 { #expect(scan(&scanner, piece).isEmpty) }
        let grown = residentBytes() - before
        #expect(grown < 50 << 20, "grew by \(grown) bytes")
        let findings = scan(&scanner, Array("loss=1\nloss=2\n".utf8))
        #expect(findings.flatMap(\.samples) == [["loss": 2]])
        #expect(scanner.consumed == UInt64(100 << 20) + 14)
    }

    @Test("A number that is cut off with its line is not believed")
    func cutNumber() throws {
        let start = String(repeating: "x", count: LineSplitter.lineBytesMax - 7)
        let output = Array("loss=9 \(start)loss=123456\nloss=2\n".utf8)
        let beginning = Array("\(start)loss=123456\nloss=2\n".utf8)
        #expect(try samples(["loss": "loss=([0-9]+)"], beginning) == [["loss": 2]])
        #expect(try samples(["loss": "loss=([0-9]+)"], output) == [["loss": 9], ["loss": 2]])
    }

    @Test("An expression that backtracks without end is cut off, and later values are found")
    func backtracking() throws {
        var scanner = try MetricScanner([
            MetricDefinition(name: "bad", regex: "bad=(a+)+$"),
            MetricDefinition(name: "loss", regex: "loss=([0-9]+)"),
        ])
        let trap = "bad=\(String(repeating: "a", count: 40))b loss=1\n"
        let duration = ContinuousClock().measure {
            let findings = scan(&scanner, Array(trap.utf8))
            #expect(findings.flatMap(\.samples) == [["loss": 1]])
        }
        // It would take longer than the age of the universe.
        #expect(duration < .seconds(20))
        #expect(scanner.givenUp.isEmpty)
        for _ in 0..<30 {
            #expect(scan(&scanner, Array(trap.utf8)).flatMap(\.samples) == [["loss": 1]])
        }
        #expect(scanner.givenUp == ["bad"])
    }

    @Test("A line has at most a thousand values")
    func manyValues() throws {
        let line = String(repeating: "loss=1 ", count: 5_000) + "\nloss=2\n"
        let found = try samples(["loss": "loss=([0-9]+)"], Array(line.utf8))
        #expect(found.count == MetricPattern.valueCountMax + 1)
        #expect(found.last == ["loss": 2])
    }

    @Test(
        "What is no regular expression is refused by name",
        arguments: ["(", "[a", "a{2,1}", "(?<=a+)b", "*"])
    func invalidRegex(regex: String) throws {
        let problem = try #require(MetricDefinition(name: "loss", regex: regex).problem)
        #expect(problem.contains("loss"))
        #expect(problem.contains(regex))
        #expect(MetricDefinition(name: "loss", regex: "loss=(.*)").problem == nil)
    }

    @Test(
        "The text that every match contains is found, or none",
        arguments: [
            ("loss=([0-9.]+)", "loss="), ("(loss)=x", "=x"), ("loss|err", nil),
            ("(?i)loss", nil), ("los*t", "lo"), ("abc?de{2}f", "ab"), ("ab+cde", "cde"),
            ("\\[a\\]: (.*)", "[a]: "), ("\\x41bc", nil), ("\\Qa|b\\E", nil), ("[abc]d", "d"),
            ("[a[bc]]de", "de"), ("\\d+ epochs", " epochs"), ("(a|b)c", "c"), ("(a(?i)b)c", nil),
            ("a{0}bc", "bc"), ("(?:loss)? = (.)", " = "), ("", nil), ("é=", "="),
            ("#quality_metric: host=\\S+, train loss <loss>=(\\S+)", "#quality_metric: host="),
        ] as [(String, String?)])
    func requiredLiteral(pattern: String, expected: String?) {
        #expect(RequiredLiteral.text(in: pattern) == expected)
    }

    @Test("100,000 lines, of which few hold a value, are searched within seconds")
    func speed() throws {
        var scanner = try MetricScanner([MetricDefinition(name: "loss", regex: "loss=([0-9.]+)")])
        var text = ""
        for index in 0..<100_000 {
            text += index.isMultiple(of: 1_000) ? "loss=1\n" : "step \(index) of the training\n"
        }
        let output = Array(text.utf8)
        let duration = ContinuousClock().measure {
            #expect(scan(&scanner, output).count == 100)
        }
        // A sanity limit for debug builds on busy machines; the benchmarks hold the real figure.
        #expect(duration < .seconds(10))
        print("100,000 lines searched in \(duration)")
    }

    private func samples(
        _ regexes: [MetricName: String], _ output: [UInt8], pieceSize: Int = 4096
    ) throws -> [[MetricName: Double]] {
        let definitions = regexes.map { MetricDefinition(name: $0.key, regex: $0.value) }
        var scanner = try MetricScanner(definitions)
        var found: [[MetricName: Double]] = []
        for start in stride(from: 0, to: output.count, by: pieceSize) {
            let piece = Array(output[start..<min(start + pieceSize, output.count)])
            found += scan(&scanner, piece).flatMap(\.samples)
        }
        found += scanner.finish().flatMap(\.samples)
        #expect(scanner.consumed == UInt64(output.count))
        return found
    }

    private func scan(
        _ scanner: inout MetricScanner, _ bytes: [UInt8]
    ) -> [MetricScanner.Finding] {
        bytes.withUnsafeBufferPointer { scanner.scan($0) }
    }

    /// Memory in use; 0 where the system does not tell.
    private func residentBytes() -> Int {
        let fields = contents(of: "/proc/self/statm")?.split(separator: " ") ?? []
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * 4096 : 0
    }
}
