import Foundation
import Testing

@testable import RayBackend

@Suite("Packages of a Ray cluster")
struct SourcePackageTests {
    @Test("A cyclic redundancy check has the value that all implementations are checked with")
    func check() {
        // The check value of CRC-32/ISO-HDLC in the catalogue of parametrised CRC algorithms.
        #expect(CyclicRedundancyCheck.value(of: Array("123456789".utf8)) == 0xCBF4_3926)
        #expect(CyclicRedundancyCheck.value(of: []) == 0)
    }

    @Test("An archive has the bytes that Python writes")
    func bytes() {
        var archive = ZipArchive()
        archive.addDirectory("ø", mode: 0o755)
        archive.addFile("ø/å.txt", Array("hello\n".utf8), mode: 0o644)
        // By zipfile of Python 3.11, stored, with the time 1980-01-01 00:00:00.
        let expected = """
            504b03041400000800000000210000000000000000000000000003000000c3b82f504b0304140000
            0800000000210020303a36060000000600000009000000c3b82fc3a52e74787468656c6c6f0a504b
            0102140314000008000000002100000000000000000000000000030000000000000000001000ed41
            00000000c3b82f504b010214031400000800000000210020303a3606000000060000000900000000
            00000000000000a48121000000c3b82fc3a52e747874504b05060000000002000200680000004e00
            00000000
            """.filter { !$0.isWhitespace }
        let digits = archive.finished().map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        #expect(digits.joined() == expected)
    }

    @Test("The same content has the same name wherever it lies, and other content another")
    func names() throws {
        let fixture = try RayFixture()
        func package(_ place: String, _ text: String) throws -> SourcePackage {
            let directory = fixture.directory.appending(path: place)
            try FileManager.default.createDirectory(
                at: directory.appending(path: "deep"), withIntermediateDirectories: true)
            try text.write(
                to: directory.appending(path: "deep/train.py"), atomically: true, encoding: .utf8)
            return try SourcePackage(of: directory.path)
        }
        let (first, same, other) = (
            try package("a", "print(1)"), try package("b", "print(1)"), try package("c", "print(2)")
        )
        #expect(first.name == same.name && first.content == same.content)
        #expect(first.name != other.name)
        #expect(first.name.wholeMatch(of: /_ray_pkg_[0-9a-f]{32}\.zip/) != nil)
    }
}

@Suite("The copy of a log")
struct LogCopyTests {
    @Test("A copy that is made again goes on where the earlier one ended")
    func again() throws {
        let fixture = try RayFixture()
        let path = fixture.directory.appending(path: "log").path
        let (first, second) = (try LogCopy(path: path), try LogCopy(path: path))
        try first.take(Array("one\ntw".utf8))
        try second.take(Array("on".utf8))
        try second.take(Array("e\ntwo\n".utf8))
        try LogCopy(path: path).take(Array("one\ntwo\nthree\n".utf8))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "one\ntwo\nthree\n")
    }

    @Test("No more logs are followed at once than the cluster can bear")
    func streams() {
        let streams = LogStreams()
        let taken = (0...LogStreams.countMax).map { _ in streams.take() }
        #expect(taken.count { $0 } == LogStreams.countMax)
        streams.release()
        #expect(streams.take())
    }
}
