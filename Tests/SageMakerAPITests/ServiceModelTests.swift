import Foundation
import Testing
import Tuning

@testable import SageMakerAPI

@Suite("The service's model")
struct ServiceModelTests {
    /// The operations of the service, some of which are still to come.
    private static let operations =
        SageMakerAPI.Operation.allCases.map(\.rawValue) + [
            "UpdateTrainingJob", "CreateAlgorithm", "DescribeAlgorithm", "ListAlgorithms",
            "DeleteAlgorithm", "Search",
        ]

    private func refusal(_ body: JSONValue, _ operation: String) -> String? {
        do {
            try ShapeValidator.check(body, isRequestOf: operation)
            return nil
        } catch {
            return error.message
        }
    }

    @Test("Says which botocore it was taken from")
    func version() {
        #expect(ServiceModel.shared.version.hasPrefix("1."))
    }

    @Test("Knows the request of every operation", arguments: operations)
    func requests(operation: String) {
        guard case .structure = ServiceModel.shared.request(of: operation).kind else {
            Issue.record("the request of \(operation) is no structure")
            return
        }
        let isAnyRequired =
            !operation.hasPrefix("List") || operation == "ListTags"
            || operation.hasSuffix("ForHyperParameterTuningJob")
        #expect((refusal([:], operation) != nil) == isAnyRequired)
    }

    @Test("Violations come in the order of the model's members")
    func order() throws {
        let message = try #require(refusal([:], "CreateTrainingJob"))
        let names = message.matches(of: /at '(\w+)'/).map { String($0.1) }
        #expect(
            names == ["trainingJobName", "algorithmSpecification", "roleArn", "outputDataConfig"])
    }

    @Test("Shapes that contain themselves are walked as deep as a body can be")
    func recursion() throws {
        var expression: JSONValue = ["Operator": "Or", "Filters": [["Name": ""]]]
        for _ in 0..<300 { expression = ["SubExpressions": [expression]] }
        let message = try #require(
            refusal(["Resource": "TrainingJob", "SearchExpression": expression], "Search"))
        let isWhole =
            message.hasPrefix("2 validation errors detected: Value '' at 'searchExpression.")
            && message.hasSuffix("Member must satisfy regular expression pattern: .+")
        #expect(isWhole)
    }
}

@Suite("Patterns of the model")
struct PatternTests {
    struct Row: Sendable {
        let pattern: String
        let text: String
        let matches: Bool

        init(_ pattern: String, _ text: String, _ matches: Bool) {
            self.pattern = pattern
            self.text = text
            self.matches = matches
        }
    }

    @Test(
        "Match all of a text or nothing, as in Java",
        arguments: [
            Row(".*", "", true), Row(".*", "a b", true), Row(".*", "a\nb", false),
            Row(".*", "a\r", false), Row(".*", "\u{85}", false), Row(".*", "\u{2028}", false),
            Row(".*", "\u{B}\u{C}", true), Row(".+", "", false), Row(".+", "é", true),
            Row("x.y", "x\u{B}y", true), Row("x.y", "x\u{2029}y", false),
            Row(#"[\S\s]*"#, "\n\u{0}", true), Row(#"[\S]+"#, "a b", false),
            Row(#"[\S]+"#, "a\u{A0}b", true), Row("[a-z]+", "abc\n", false),
            Row("[a-z]+", "", false), Row("a|b", "ab", false), Row(#"\d{2}"#, "12", true),
            Row(#"\d{2}"#, "\u{661}\u{662}", false), Row(#"[\w.]+"#, "a.b", true),
            Row(#"[\p{Alnum}\-]+"#, "a-1", true), Row(#"[\p{Alnum}\-]+"#, "é", false),
            Row(#"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)"#, "é 1:@", true),
            Row(#"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)"#, "a#", false),
            Row(#"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)"#, "a\t", false),
            Row("(x([a-z-]){0,3})(?<!-)", "xa-", false), Row("a.c", "abc", true),
            Row("[a-zA-Z_][a-zA-Z0-9_]*", "1a", false), Row("[a-zA-Z_][a-zA-Z0-9_]*", "_1", true),
            Row("[a-zA-Z_][a-zA-Z0-9_]*", "a\u{301}", false),
        ])
    func java(row: Row) {
        #expect(Pattern(row.pattern).matches(row.text) == row.matches, "\(row)")
    }

    @Test("Another expression may match as well, and is not shown")
    func other() {
        let pattern = Pattern("s3://.+", or: "file:///.*")
        #expect(pattern.matches("s3://a"))
        #expect(pattern.matches("file:///a"))
        #expect(!pattern.matches("s3://afile:///\n"))
        #expect(pattern.source == "s3://.+")
    }

    @Test(
        "What is accepted without an expression is what the expression accepts",
        arguments: [
            "[a-zA-Z_][a-zA-Z0-9_]*", "[a-zA-Z0-9:/_-]*", #"[A-Za-z0-9\.\-_]+"#,
            #"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)"#, "[-0-9a-zA-Z]+", #"[a-zA-Z0-9\-]+"#,
            #"[\p{L}\p{M}\p{Z}\p{S}\p{N}\p{P}]*"#,
        ])
    func runs(pattern: String) throws {
        let run = try #require(CharacterRun(pattern))
        let expression = try NSRegularExpression(pattern: "\\A(?:\(pattern))\\z")
        for length in 0...2 {
            for code in 0..<Int(pow(128.0, Double(length))) {
                let scalars = (0..<length).map { code >> (7 * $0) & 127 }
                let text = String(decoding: scalars.map { UInt8($0) }, as: UTF8.self)
                let range = NSRange(location: 0, length: text.utf16.count)
                let isMatch = expression.firstMatch(in: text, range: range) != nil
                guard run.matches(text) == isMatch else {
                    Issue.record("\(pattern) and \(scalars)")
                    return
                }
            }
        }
    }

    @Test(
        "Other patterns are left to the expression",
        arguments: [
            "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}", "[^/]+", #"[\S]+"#, "[a-z]", "[a-z]{2}", "a*", "",
            "([a-z]+)x", "[a-z]*b", #"[\d]*"#,
        ])
    func noRuns(pattern: String) {
        #expect(CharacterRun(pattern) == nil)
    }
}
