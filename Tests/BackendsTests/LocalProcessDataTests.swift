import Foundation
import Synchronization
import Testing
import Tuning
import TuningTesting

@testable import Backends

@Suite("Local processes, and data from elsewhere")
struct LocalProcessDataTests {
    let fixture: LocalProcessFixture

    init() throws { fixture = try LocalProcessFixture() }

    private func channel(
        _ address: String, name: String = "train", type: String = "S3Prefix",
        _ members: [String: JSONValue] = [:]
    ) -> JSONValue {
        let source: [String: JSONValue] = ["S3Uri": .string(address), "S3DataType": .string(type)]
        let all: [String: JSONValue] = [
            "ChannelName": .string(name), "DataSource": ["S3DataSource": .object(source)],
        ]
        return .object(all.merging(members) { $1 })
    }

    /// Copies a channel into the model, whole.
    private func copying(_ channels: JSONValue...) throws -> Attempt {
        try fixture.attempt(
            script: "cp -rL \"$SM_CHANNEL_TRAIN/.\" \"$SM_MODEL_DIR\"",
            envelope: ["InputDataConfig": .array(channels)])
    }

    private func model(of attempt: Attempt) throws -> [String: String] {
        let path = fixture.path(attempt, "model")
        let names = try regularFiles(below: fixture.directory.appending(path: path).path) ?? []
        return Dictionary(uniqueKeysWithValues: names.map { ($0, fixture.text("\(path)/\($0)")!) })
    }

    private func run(
        _ attempt: Attempt, _ transfer: MemoryTransfer?, log: SessionLog = SessionLog()
    ) async throws -> Attempt.End {
        try await fixture.backend(transfer: transfer).run(attempt, in: log.session(mark: nil))
    }

    private func failure(
        _ attempt: Attempt, _ transfer: MemoryTransfer?
    ) async throws -> TrainingFailure {
        let end = try await run(attempt, transfer)
        guard case .failed(let failure) = end else { throw Unexpected(end: end) }
        return failure
    }

    private struct Unexpected: Error { let end: Attempt.End }

    // MARK: - Channels

    @Test(
        "All objects under a prefix are files of the channel",
        arguments: ["s3://b/data/train", "s3://b/data/train/"])
    func prefix(address: String) async throws {
        let transfer = MemoryTransfer([
            "s3://b/data/train/a.csv": "1", "s3://b/data/train/deep/ü b+.csv": "2",
            "s3://b/data/train/empty/": "", "s3://b/data/other": "3",
        ])
        let attempt = try copying(channel(address))
        let log = SessionLog()
        #expect(try await run(attempt, transfer, log: log) == .completed)
        #expect(try model(of: attempt) == ["a.csv": "1", "deep/ü b+.csv": "2"])
        #expect(log.phases == [.starting, .downloading, .training])
        // What was read is not kept twice.
        #expect(
            !fileExists(fixture.directory.path + "/" + fixture.path(attempt, "input/data/train")))
    }

    @Test("A prefix may be the address of one object, or end in the middle of a name")
    func partialPrefix() async throws {
        let transfer = MemoryTransfer(["s3://b/d/train.csv": "1", "s3://b/d/train-2/x": "2"])
        let single = try copying(channel("s3://b/d/train.csv"))
        #expect(try await run(single, transfer) == .completed)
        #expect(try model(of: single) == ["train.csv": "1"])
        let several = try copying(channel("s3://b/d/tr"))
        #expect(try await run(several, transfer) == .completed)
        #expect(try model(of: several) == ["train.csv": "1", "train-2/x": "2"])
    }

    @Test("A manifest names the objects, here or elsewhere", arguments: ["s3", "file"])
    func manifest(scheme: String) async throws {
        let transfer = MemoryTransfer([
            "s3://b/d/x/a": "1", "s3://b/d/b": "2", "s3://b/d/c": "3",
            "s3://b/list": #"[{"prefix": "s3://b/d/"}, "x/a", "b"]"#,
        ])
        let path = try fixture.write(#"[{"prefix": "s3://b/d/"}, "x/a", "b"]"#, to: "a list")
        let address = scheme == "s3" ? "s3://b/list" : URL(filePath: path).absoluteString
        let attempt = try copying(channel(address, type: "ManifestFile"))
        #expect(try await run(attempt, transfer) == .completed)
        #expect(try model(of: attempt) == ["x/a": "1", "b": "2"])
    }

    @Test("A manifest may name files of this machine")
    func localManifest() async throws {
        try fixture.write("1", to: "place/a b")
        let root = fixture.directory.path
        let list = try fixture.write(#"[{"prefix": "file://\#(root)/place/"}, "a b"]"#, to: "list")
        let attempt = try copying(channel("file://\(list)", type: "ManifestFile"))
        #expect(try await run(attempt, nil) == .completed)
        #expect(try model(of: attempt) == ["a b": "1"])
    }

    @Test("Compressed objects are decompressed into the channel")
    func gzip() async throws {
        let plain = try fixture.write("text", to: "plain")
        let packing = fixture.attempt(
            image: "exec:sh -c 'gzip -c \(plain) >\(fixture.directory.path)/packed'")
        #expect(try await run(packing, nil) == .completed)
        let transfer = MemoryTransfer()
        let packed = fixture.directory.appending(path: "packed")
        transfer["s3://b/d/a.csv.gz"] = try Data(contentsOf: packed)
        transfer["s3://b/d/b"] = try Data(contentsOf: packed)
        let attempt = try copying(channel("s3://b/d/", ["CompressionType": "Gzip"]))
        #expect(try await run(attempt, transfer) == .completed)
        #expect(try model(of: attempt) == ["a.csv": "text", "b": "text"])
        transfer["s3://b/d/b"] = Data("no gzip".utf8)
        let damaged = try copying(channel("s3://b/d/", ["CompressionType": "Gzip"]))
        let failure = try await failure(damaged, transfer)
        #expect(failure.cause == .algorithm && failure.reason.contains("s3://b/d/b"))
    }

    struct Refused: Sendable {
        let address: String
        var type = "S3Prefix"
        var mode = "File"
        let words: String
    }

    @Test(
        "What cannot be a channel is refused in words",
        arguments: [
            Refused(address: "s3://b/none/", words: "no objects were found under s3://b/none/"),
            Refused(address: "s3://b/clash/", words: "'x' is a directory"),
            Refused(address: "s3://b/out/", words: "cannot be the path"),
            Refused(address: "s3://b/x", mode: "Pipe", words: "no input mode Pipe"),
            Refused(address: "s3://b/x", type: "AugmentedManifestFile", words: "S3Prefix or"),
            Refused(address: "s3://b/x", type: "ManifestFile", words: "must be a JSON array"),
            Refused(address: "s3://b/list", type: "ManifestFile", words: "there is no s3://b/no"),
            Refused(address: "https://b/x", words: "cannot open 'https://b/x'"),
        ])
    func refused(row: Refused) async throws {
        let transfer = MemoryTransfer([
            "s3://b/clash/x": "1", "s3://b/clash/x/y": "2", "s3://b/out/../../y": "3",
            "s3://b/x": "{}", "s3://b/list": #"[{"prefix": "s3://b/"}, "no"]"#,
        ])
        let attempt = try copying(
            channel(row.address, type: row.type, ["InputMode": .string(row.mode)]))
        let failure = try await failure(attempt, transfer)
        #expect(failure.cause == .algorithm)
        #expect(failure.reason.hasPrefix("ClientError: "))
        #expect(failure.reason.contains("Channel 'train': "))
        #expect(failure.reason.contains(row.words), "\(failure.reason)")
    }

    @Test(
        "Whose fault a failed transfer is follows from its kind",
        arguments: [
            (DataTransferError.Kind.denied, TrainingFailure.Cause.algorithm),
            (.notFound, .algorithm), (.changed, .algorithm), (.unavailable, .internal),
        ])
    func causes(kind: DataTransferError.Kind, cause: TrainingFailure.Cause) async throws {
        let transfer = MemoryTransfer(["s3://b/x": "1"]) { _ in
            throw DataTransferError(kind, "the reason")
        }
        let failure = try await failure(try copying(channel("s3://b/x")), transfer)
        #expect(failure.cause == cause)
        let code = cause == .algorithm ? "ClientError" : "InternalServerError"
        #expect(failure.reason == "\(code): Data download failed: Channel 'train': the reason")
    }

    @Test("A full disk is waited for")
    func fullDisk() async throws {
        let count = Mutex(0)
        let transfer = MemoryTransfer(["s3://b/x": "1"]) { _ in
            let number = count.withLock { count in
                count += 1
                return count
            }
            if number == 2 { throw DataTransferError(.diskFull, "no space") }
        }
        let attempt = try copying(channel("s3://b/x"))
        #expect(try await run(attempt, transfer) == .completed)
        #expect(try model(of: attempt) == ["x": "1"])
    }

    @Test("A stop during a download is obeyed at once, and the program never runs")
    func stopDuringDownload() async throws {
        let isAsked = StopSignal()
        let transfer = MemoryTransfer(["s3://b/x": "1"]) { address in
            isAsked.request(.requested)
            try await Task.sleep(for: .seconds(3600))
        }
        let attempt = try copying(channel("s3://b/x"))
        let log = SessionLog()
        async let end = run(attempt, transfer, log: log)
        _ = await isAsked.wait()
        log.stop.request(.requested)
        #expect(try await end == .stopped(.requested))
        #expect(try fixture.supervisor(of: attempt) == nil)
    }

    // MARK: - Cache

    @Test("Jobs at the same time bring each object once, and later ones not at all")
    func sharedCache() async throws {
        let objects = (0..<20).map { ("s3://b/d/\($0)", "content \($0)") }
        let transfer = MemoryTransfer(Dictionary(uniqueKeysWithValues: objects)) { _ in
            try await Task.sleep(for: .milliseconds(1))
        }
        for _ in 0..<2 {
            let attempts = try (0..<6).map { _ in try copying(channel("s3://b/d/")) }
            try await withThrowingTaskGroup(of: Attempt.End.self) { group in
                for attempt in attempts {
                    group.addTask { try await self.run(attempt, transfer) }
                }
                for try await end in group { #expect(end == .completed) }
            }
            for attempt in attempts { #expect(try model(of: attempt).count == 20) }
        }
        #expect(transfer.downloads.sorted() == objects.map(\.0).sorted())
    }

    @Test("An object that has changed is brought again, and so is one that a program has changed")
    func staleCache() async throws {
        let transfer = MemoryTransfer(["s3://b/d/x": "old"])
        let spoiling = try fixture.attempt(
            script: "chmod u+w \"$SM_CHANNEL_TRAIN/x\"; echo spoilt >\"$SM_CHANNEL_TRAIN/x\"",
            envelope: ["InputDataConfig": [channel("s3://b/d/")]])
        #expect(try await run(spoiling, transfer) == .completed)
        let second = try copying(channel("s3://b/d/"))
        #expect(try await run(second, transfer) == .completed)
        #expect(try model(of: second) == ["x": "old"])
        transfer["s3://b/d/x"] = Data("new".utf8)
        let third = try copying(channel("s3://b/d/"))
        #expect(try await run(third, transfer) == .completed)
        #expect(try model(of: third) == ["x": "new"])
        #expect(transfer.downloads.count == 3)
    }

    @Test("What was used last stays in the cache, within its limit, and what is in use")
    func eviction() async throws {
        let transfer = MemoryTransfer()
        let cache = DataCache(directory: fixture.directory.path + "/cache", byteCountMax: 250)
        var used: [String] = []
        for name in ["a", "b", "c", "d"] {
            transfer["s3://b/\(name)"] = Data(repeating: 1, count: 100)
            let object = try await transfer.object(at: "s3://b/\(name)")
            try await cache.use(object, from: transfer) { path in
                used.append(path)
                if name == "a" { #expect(link(path, fixture.directory.path + "/in-use") == 0) }
            }
            // Times of files that are used one after the other may be the same.
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1e9 + Double(used.count))],
                ofItemAtPath: "\(used[used.count - 1]).record")
            cache.shrink()
        }
        #expect(used.map(fileExists) == [true, false, false, true])
        cache.shrink(to: 0)
        #expect(used.map(fileExists) == [true, false, false, false])
        unlink(fixture.directory.path + "/in-use")
        cache.shrink(to: 0)
        #expect(used.map(fileExists) == [false, false, false, false])
    }

    @Test("Parts of downloads that nobody goes on with are removed after a day")
    func abandonedParts() async throws {
        let cache = DataCache(directory: fixture.directory.path + "/cache", byteCountMax: 250)
        let transfer = MemoryTransfer(["s3://b/x": "1"])
        let object = try await transfer.object(at: "s3://b/x")
        let path = try await cache.use(object, from: transfer) { $0 }
        for (ending, age) in [(".partial", 90_000.0), (".parts", 3_600)] {
            try Data().write(to: URL(filePath: path + ending))
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -age)],
                ofItemAtPath: path + ending)
        }
        cache.shrink()
        #expect(["", ".partial", ".parts"].map { fileExists(path + $0) } == [true, false, true])
    }

    // MARK: - Source

    @Test("Script mode takes its source from elsewhere, once for all jobs")
    func source() async throws {
        try fixture.write("import os\nprint('value=' + os.environ['SM_HP_LR'])", to: "s/train.py")
        let root = fixture.directory.path
        let packing = fixture.attempt(image: "exec:tar -czf \(root)/s.tar.gz -C \(root)/s .")
        #expect(try await run(packing, nil) == .completed)
        let transfer = MemoryTransfer()
        transfer["s3://b/s.tar.gz"] = try Data(
            contentsOf: fixture.directory.appending(path: "s.tar.gz"))
        for value in ["1.0", "2.0"] {
            let attempt = fixture.attempt(
                image: "any",
                hyperparameters: [
                    "sagemaker_program": "\"train.py\"", "lr": value,
                    "sagemaker_submit_directory": "\"s3://b/s.tar.gz\"",
                ])
            let log = SessionLog()
            #expect(try await run(attempt, transfer, log: log) == .completed)
            #expect(log.values == [Double(value)])
            #expect(log.phases == [.starting, .downloading, .training])
        }
        #expect(transfer.downloads == ["s3://b/s.tar.gz"])
    }

    @Test(
        "Requirements are installed for the job alone, or fail in words",
        arguments: [true, false])
    func requirements(isThere: Bool) async throws {
        let root = fixture.directory.path
        try fixture.write(
            """
            import zipfile
            files = {
                "tunerpack/__init__.py": "value = 42",
                "tunerpack-1.0.dist-info/METADATA":
                    "Metadata-Version: 2.1\\nName: tunerpack\\nVersion: 1.0\\n",
                "tunerpack-1.0.dist-info/WHEEL":
                    "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
                "tunerpack-1.0.dist-info/RECORD": "",
            }
            with zipfile.ZipFile("\(root)/wheels/tunerpack-1.0-py3-none-any.whl", "w") as wheel:
                for name, text in files.items():
                    wheel.writestr(name, text)
            """, to: "wheels/make.py")
        let making = fixture.attempt(image: "exec:python3 \(root)/wheels/make.py")
        #expect(try await run(making, nil) == .completed)
        let name = isThere ? "tunerpack" : "tunerpack-missing"
        try fixture.write("\(name)==1.0\n", to: "s/requirements.txt")
        try fixture.write(
            """
            import os, tunerpack
            print(f'value={tunerpack.value + int(os.environ["SM_HP_LAYER-SIZE"])}')
            """, to: "s/train.py")
        let attempt = fixture.attempt(
            image: "any",
            hyperparameters: [
                "sagemaker_program": "train.py", "sagemaker_submit_directory": "\(root)/s",
                "layer-size": "7",
            ],
            envelope: [
                "Environment": ["PIP_NO_INDEX": "1", "PIP_FIND_LINKS": .string("\(root)/wheels")]
            ])
        if isThere {
            let log = SessionLog()
            #expect(try await run(attempt, nil, log: log) == .completed)
            #expect(log.values == [49])
            #expect(fixture.text(fixture.path(attempt, "packages/tunerpack/__init__.py")) != nil)
        } else {
            let failure = try await failure(attempt, nil)
            #expect(failure.cause == .algorithm)
            #expect(failure.reason.contains("requirements.txt could not be installed"))
            #expect(failure.reason.contains("tunerpack-missing"))
        }
    }
}
