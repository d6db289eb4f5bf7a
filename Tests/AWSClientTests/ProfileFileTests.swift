import Testing

@testable import AWSClient

@Suite("A file of profiles")
struct ProfileFileTests {
    struct Row: Sendable {
        let text: String
        let sections: [String: [String: String]]
    }

    @Test(
        "Sections, members, comments and continued values are read as Amazon's programs read them",
        arguments: [
            Row(text: "", sections: [:]),
            Row(text: "[a]", sections: ["a": [:]]),
            Row(text: "# c\n; c\n\n[ a b ] # c\nx=1", sections: ["a b": ["x": "1"]]),
            Row(text: "[a]\r\nX = 1\r\n", sections: ["a": ["x": "1"]]),
            Row(text: "[a]\nx : 1 = 2\ny==", sections: ["a": ["x": "1 = 2", "y": "="]]),
            Row(text: "[a]\nx = 1 # no comment", sections: ["a": ["x": "1 # no comment"]]),
            Row(text: "[a]\nx = 1\n  2\n  # c\n\t3", sections: ["a": ["x": "1\n2\n3"]]),
            Row(
                text: "[a]\ns3 =\n  x = 1\n  y = 2\nz = 3",
                sections: ["a": ["s3": "\nx = 1\ny = 2", "z": "3"]]),
            Row(text: "[a]\n  x = 1\n  y = 2", sections: ["a": ["x": "1", "y": "2"]]),
            Row(text: "[a]\nx = 1\n[b]\n[a]\nx = 2", sections: ["a": ["x": "2"], "b": [:]]),
            Row(text: "[a]\nx =", sections: ["a": ["x": ""]]),
            Row(text: "[ü]\nx = é €", sections: ["ü": ["x": "é €"]]),
        ])
    func sections(row: Row) throws {
        #expect(try ProfileFile(row.text, path: "f").sections == row.sections)
    }

    @Test("A value that is a section has members")
    func nested() {
        #expect(
            ProfileFile.nested("\nendpoint_url = http://h:1/?a=b\nx=1\nnothing")
                == ["endpoint_url": "http://h:1/?a=b", "x": "1"])
    }

    @Test(
        "What is none of them is refused by its line, and not repeated",
        arguments: [
            ("hidden = 1", 1), ("[a]\nx = 1\nhidden", 3), ("[a]\n\n= hidden", 3), ("[hidden", 1),
        ])
    func refusal(text: String, line: Int) {
        let error = #expect(throws: ConfigurationError.self) {
            try ProfileFile(text, path: "/f")
        }
        #expect(error?.description.contains("'/f', line \(line):") == true)
        #expect(error?.description.contains("hidden") == false)
    }
}

@Suite("Words of a shell")
struct ShellWordsTests {
    // Source: shlex.split of Python 3.
    @Test(
        "A line is split at spaces that are not quoted",
        arguments: [
            ("", []), ("  ", []), ("a", ["a"]), (" a  b\tc ", ["a", "b", "c"]),
            (#""a b" 'c d'"#, ["a b", "c d"]), (#"a"b c"'d'e"#, ["ab cde"]),
            (#"'a\b' "a\b" a\b"#, [#"a\b"#, #"a\b"#, "ab"]),
            (#""a\"b\\c" '' "" \ "#, [#"a"b\c"#, "", "", " "]), ("--x='é €'", ["--x=é €"]),
        ])
    func words(line: String, words: [String]) throws {
        #expect(try ShellWords.split(line) == words)
    }

    @Test("A quote that stays open is refused", arguments: ["'", "a \"b", #"a\"#, #""\""#])
    func open(line: String) {
        #expect(throws: ShellWords.OpenQuoteError.self) { try ShellWords.split(line) }
    }
}
