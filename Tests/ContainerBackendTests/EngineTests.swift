import Foundation
import Testing
import Tuning

@testable import ContainerBackend

@Suite("The engine's API")
struct EngineTests {
    @Test("A log is cut into its two streams wherever its pieces end", arguments: 1...12)
    func frames(pieceLength: Int) {
        let log =
            FakeEngine.frame("out\n") + FakeEngine.frame("")
            + FakeEngine.frame("err", isError: true)
            + FakeEngine.frame("more")
        var frames = LogFrames()
        var (output, error): ([UInt8], [UInt8]) = ([], [])
        for start in stride(from: 0, to: log.count, by: pieceLength) {
            let piece = Array(log[start..<min(log.count, start + pieceLength)])
            for part in frames.parts(of: piece) {
                if part.isError { error += part.bytes } else { output += part.bytes }
            }
        }
        #expect(String(decoding: output, as: UTF8.self) == "out\nmore")
        #expect(String(decoding: error, as: UTF8.self) == "err")
    }

    struct NameRow: Sendable {
        let name: String
        let repository, tag, registry: String
    }

    @Test(
        "An image's name is cut into repository and tag",
        arguments: [
            NameRow(name: "a", repository: "a", tag: "latest", registry: "docker.io"),
            NameRow(name: "a/b:1", repository: "a/b", tag: "1", registry: "docker.io"),
            NameRow(name: "h:5000/a", repository: "h:5000/a", tag: "latest", registry: "h:5000"),
            NameRow(name: "h.io/a/b:v2", repository: "h.io/a/b", tag: "v2", registry: "h.io"),
            NameRow(
                name: "localhost/a@sha256:00", repository: "localhost/a", tag: "sha256:00",
                registry: "localhost"),
        ])
    func names(row: NameRow) {
        let name = ImageName(row.name)
        #expect(name.repository == row.repository)
        #expect(name.tag == row.tag)
        #expect(name.registry == row.registry)
    }

    @Test("A pull tells how much of all layers has come")
    func progress() {
        var report = PullReport()
        #expect(report.fraction == nil)
        let lines = """
            {"status": "Pulling from x", "id": "1"}
            {"status": "Downloading", "id": "a", "progressDetail": {"current": 10, "total": 100}}
            {"status": "Downloading", "id": "b", "progressDetail": {"current": 40, "total": 100}}

            """
        let bytes = Array(lines.utf8)
        report.take(Array(bytes.prefix(50)))
        report.take(Array(bytes.dropFirst(50)))
        #expect(report.fraction == 0.25)
        report.take(Array("{\"status\": \"Download complete\", \"id\": \"a\"}\n".utf8))
        #expect(report.fraction == 0.7)
        #expect(report.problem == nil)
    }

    @Test(
        "The version is the newest that both sides know",
        arguments: [
            ("1.41", "1.24", "1.41"), ("1.52", "1.44", "1.47"), ("1.60", "1.50", "1.50"),
        ])
    func version(newest: String, oldest: String, expected: String) async throws {
        let fake = FakeEngine()
        fake.answer(
            "GET /version", 200, #"{"ApiVersion": "\#(newest)", "MinAPIVersion": "\#(oldest)"}"#)
        let engine = ContainerEngine(fake)
        #expect(try await engine.version().description == expected)
        _ = try await engine.containers(labelled: "a=b")
        #expect(fake.requests.last?.target.hasPrefix("/v\(expected)/containers/json?all=1") == true)
    }

    @Test(
        "Times are read with their fractions, and the year 1 as none",
        arguments: [
            ("2026-01-02T03:04:05.678901234Z", 1_767_323_045.678_901_234),
            ("2026-01-02T03:04:05Z", 1_767_323_045),
            ("2026-01-02T05:04:05.5+02:00", 1_767_323_045.5),
            ("0001-01-01T00:00:00Z", nil),
        ])
    func times(text: String, seconds: Double?) throws {
        let details = try #require(
            ContainerDetails(["State": ["Status": "running", "StartedAt": .string(text)]]))
        #expect(details.startTime?.timeIntervalSince1970.rounded(.down) == seconds?.rounded(.down))
        #expect((details.startTime == nil) == (seconds == nil))
    }

    @Test("What `docker login` has stored goes to its registry alone")
    func credentials() throws {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "tuner-tests-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: path) }
        let auth = Data("me:pass:word".utf8).base64EncodedString()
        try Data(#"{"auths": {"h.io": {"auth": "\#(auth)"}}}"#.utf8).write(to: path)
        let credentials = RegistryCredentials(path: path.path)
        #expect(credentials.header(for: "docker.io") == nil)
        let header = try #require(credentials.header(for: "h.io"))
        let decoded = try #require(
            Data(
                base64Encoded: header.replacingOccurrences(of: "-", with: "+")
                    .replacingOccurrences(of: "_", with: "/")))
        let login = try JSONValue(parsing: String(decoding: decoded, as: UTF8.self))
        #expect(login["username"] == "me")
        #expect(login["password"] == "pass:word")
    }

    @Test(
        "Texts that are no names of images are refused",
        arguments: [
            ("trainer", true), ("h.io:5000/a/b:1", true), ("exec:python3 train.py", false),
            ("mock: x", false), ("", false),
            ("a@sha256:\(String(repeating: "0", count: 64))", true),
        ])
    func images(image: String, isRight: Bool) {
        #expect((ContainerBackend.problem(withImage: image) == nil) == isRight)
    }
}
