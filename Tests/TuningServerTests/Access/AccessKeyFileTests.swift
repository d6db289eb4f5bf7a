import Foundation
import Logging
import Testing

@testable import TuningServer

/// A directory that is gone when its test is over.
struct TemporaryDirectory: ~Copyable {
    let url = FileManager.default.temporaryDirectory
        .appending(path: "tuner-keys-\(UUID().uuidString)", directoryHint: .isDirectory)

    deinit { try? FileManager.default.removeItem(at: url) }
}

@Suite("Access key file")
struct AccessKeyFileTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }

    @Test("A key looks like AWS's, is kept, and is revoked")
    func lifetime() throws {
        let directory = TemporaryDirectory()
        let file = AccessKeyFile(dataDirectory: directory.url)
        #expect(try file.keys() == nil)
        let first = try file.create(name: "ci", isReadOnly: true)
        let second = try file.create(name: nil, isReadOnly: false)
        #expect(first.id.wholeMatch(of: /AKIA[A-Z2-7]{16}/) != nil)
        #expect(first.accessKey.secret.wholeMatch(of: /[A-Za-z0-9+\/]{40}/) != nil)
        #expect(first.id != second.id && first.accessKey.secret != second.accessKey.secret)
        #expect(try file.keys() == [first, second])
        #expect(try file.revoke(first.id) == 1)
        #expect(throws: AccessKeyError.unknown(id: first.id)) { try file.revoke(first.id) }
        #expect(try file.revoke(second.id) == 0)
        #expect(try file.keys() == [])
    }

    @Test("Only its user may read the file, and nothing is left beside it")
    func modes() throws {
        let directory = TemporaryDirectory()
        let file = AccessKeyFile(dataDirectory: directory.url)
        _ = try file.create(name: nil, isReadOnly: false)
        #expect(try Self.mode(file.path) == 0o600)
        #expect(try Self.mode(directory.url.path) == 0o700)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: directory.url.path).sorted()
                == ["keys.json", "keys.json.lock"])
    }

    @Test("Keys that others could read or replace are refused")
    func exposed() throws {
        let directory = TemporaryDirectory()
        let file = AccessKeyFile(dataDirectory: directory.url)
        _ = try file.create(name: nil, isReadOnly: false)
        for (path, mode) in [(file.path, 0o640), (file.path, 0o604), (directory.url.path, 0o770)] {
            let before = try Self.mode(path)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            let shown = String(mode, radix: 8)
            #expect(throws: AccessKeyError.exposed(path: path, mode: shown)) { try file.keys() }
            #expect(throws: AccessKeyError.exposed(path: path, mode: shown)) {
                try file.create(name: nil, isReadOnly: false)
            }
            try FileManager.default.setAttributes([.posixPermissions: before], ofItemAtPath: path)
        }
        #expect(try file.keys()?.count == 1)
    }

    @Test("Nothing is lost when many change the file at once")
    func concurrentEdits() async throws {
        let directory = TemporaryDirectory()
        let file = AccessKeyFile(dataDirectory: directory.url)
        let revoked = try file.create(name: "old", isReadOnly: false)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask { _ = try file.create(name: "\(number)", isReadOnly: false) }
            }
            group.addTask { _ = try file.revoke(revoked.id) }
            try await group.waitForAll()
        }
        let names = try #require(try file.keys()).compactMap(\.name)
        #expect(Set(names) == Set((0..<20).map(String.init)) && names.count == 20)
    }

    @Test(
        "A name must be readable",
        arguments: ["", "a\nb", "\u{1B}[2J", String(repeating: "x", count: 129)])
    func names(name: String) {
        let file = AccessKeyFile(dataDirectory: TemporaryDirectory().url)
        #expect(throws: AccessKeyError.invalidName) {
            try file.create(name: name, isReadOnly: false)
        }
    }

    @Test("A damaged file is an error that does not quote it")
    func damaged() throws {
        let directory = TemporaryDirectory()
        let file = AccessKeyFile(dataDirectory: directory.url)
        _ = try file.create(name: nil, isReadOnly: false)
        let handle = try #require(FileHandle(forWritingAtPath: file.path))
        try handle.write(contentsOf: Data(#"{"keys":[{"secret":"hidden"}]} "#.utf8))
        try handle.close()
        do {
            _ = try file.keys()
            Issue.record("The file was read")
        } catch {
            #expect(error.code == "unreadable" && !error.description.contains("hidden"))
        }
    }

    @Test("A running service knows what the file holds now, and never opens again")
    func reloading() throws {
        let directory = TemporaryDirectory()
        let file = AccessKeyFile(dataDirectory: directory.url)
        let keys = try AccessKeys(file, logger: Self.logger)
        #expect(keys.isOpen)
        let first = try file.create(name: nil, isReadOnly: false)
        #expect(keys.current?.keys.sorted() == [first.id])
        let second = try file.create(name: nil, isReadOnly: true)
        #expect(keys.current?[second.id] == second)
        _ = try file.revoke(first.id)
        #expect(keys.current?.keys.sorted() == [second.id])
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o644], ofItemAtPath: file.path)
        #expect(keys.current == [:])
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600], ofItemAtPath: file.path)
        #expect(keys.current?.keys.sorted() == [second.id])
        try FileManager.default.removeItem(atPath: file.path)
        #expect(keys.current == [:] && !keys.isOpen)
    }
}
