import Foundation
import SageMakerAPI
import Synchronization
import Testing
import Tuning
import TuningTesting

@testable import AWSClient

@Suite("Transfers from and to S3")
struct S3TransferTests {
    private let directory: TemporaryDirectory
    private static let partBytes = 1_000

    init() throws { directory = try TemporaryDirectory() }

    private func transfer(
        _ service: StorageDouble, patience: Duration = .seconds(30), partsAtOnce: Int = 4
    ) -> S3Transfer {
        let client = SignedClient(
            service, credentials: nil, region: "us-east-1", service: "s3")
        return S3Transfer(
            S3Client(
                client, endpoint: S3Endpoint(URL(string: "http://127.0.0.1:1")!),
                backoff: Backoff(base: .zero, limit: .zero), patience: patience),
            partsAtOnce: partsAtOnce, partBytes: Self.partBytes)
    }

    private func content(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0 * 7919 % 251) } }

    private var target: String { "\(directory.path)/file" }

    @Test("Every promise is kept", arguments: DataTransferConformance.Check.allCases)
    func conformance(check: DataTransferConformance.Check) async throws {
        let transfer = transfer(StorageDouble())
        for whole in [transfer, DeferredTransfer { transfer }] as [any DataTransfer] {
            let directory = try TemporaryDirectory()
            let base = "s3://b/\(whole is S3Transfer)/"
            try await DataTransferConformance(whole, base: base, directory: directory.path)
                .run(check)
        }
    }

    /// The lengths at which something changes.
    static let lengths = [0, 1, 999, 1_000, 1_001, 2_000, 12_345]

    @Test("What is uploaded comes back the same, and leaves nothing behind", arguments: lengths)
    func roundTrip(length: Int) async throws {
        let service = StorageDouble()
        let transfer = transfer(service)
        let content = content(length)
        try Data(content).write(to: URL(filePath: "\(directory.path)/source"))
        try await transfer.upload("\(directory.path)/source", to: "s3://b/a key/ü+%.txt")
        #expect(service.objects["a key/ü+%.txt"]?.content == content)
        let object = try await transfer.object(at: "s3://b/a key/ü+%.txt")
        #expect(object.byteCount == length)
        try await transfer.download(object, to: target)
        #expect(directory.content(of: "file") == content)
        #expect(directory.names.sorted() == ["file", "source"])
        #expect(service.openUploads == 0)
    }

    @Test("A listing has all pages, in order, and keys as they are")
    func listing() async throws {
        let service = StorageDouble()
        let keys = ["p/a b", "p/a+b", "p/a%20b", "p/ü", "p/<&>\"'", "p/x/y", "p/z//z", "q"]
        for key in keys { service.put(content(3), at: key) }
        let found = try await transfer(service).objects(under: "s3://b/p/")
        let expected = keys.dropLast().sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        #expect(found.map(\.address) == expected.map { "s3://b/\($0)" })
        #expect(service.requests.count == 3)
    }

    /// Every request of a round trip, and every way in which its answer may fail.
    static let faults: [StorageDouble.Fault] = [
        .lostAnswer, .unreachable, .refusal(500, "InternalError"), .refusal(503, "SlowDown"),
        .truncation,
    ]

    @Test("Each request may fail once, in each way", arguments: faults, [900, 3_500])
    func eachRequestFailsOnce(fault: StorageDouble.Fault, length: Int) async throws {
        let content = content(length)
        var failing = 1
        while true {
            let number = failing
            let count = Mutex(0)
            let service = StorageDouble { request, index in
                count.withLock { $0 = index }
                // What says only that it has succeeded may be cut off without harm.
                let hasContent = request.method == "GET"
                return index == number && (fault != .truncation || hasContent) ? fault : nil
            }
            let transfer = transfer(service)
            try Data(content).write(to: URL(filePath: "\(directory.path)/source"))
            try await transfer.upload("\(directory.path)/source", to: "s3://b/k")
            let object = try #require(try await transfer.objects(under: "s3://b/k").first)
            try await transfer.download(object, to: target)
            #expect(service.objects["k"]?.content == content, "request \(number)")
            #expect(directory.content(of: "file") == content, "request \(number)")
            // Only an upload whose beginning was not heard of may stay.
            #expect(service.openUploads <= 1)
            if count.withLock({ $0 }) < number { break }
            failing += 1
        }
        #expect(failing > 3)
    }

    struct Refusal: Sendable {
        let fault: StorageDouble.Fault
        let kind: DataTransferError.Kind
        let requestCount: Int
    }

    @Test(
        "What stays refused is not tried again, and says what is wrong",
        arguments: [
            Refusal(fault: .refusal(403, "AccessDenied"), kind: .denied, requestCount: 1),
            Refusal(fault: .refusal(404, "NoSuchBucket"), kind: .notFound, requestCount: 1),
            Refusal(fault: .refusal(400, "InvalidRequest"), kind: .refused, requestCount: 1),
        ])
    func refusals(row: Refusal) async throws {
        let service = StorageDouble { _, _ in row.fault }
        let error = await #expect(throws: DataTransferError.self) {
            try await transfer(service).objects(under: "s3://bucket/place")
        }
        #expect(error?.kind == row.kind)
        #expect(error?.description.contains("s3://bucket/place") == true)
        #expect(service.requests.count == row.requestCount)
    }

    @Test("A service that does not come back is given up in the end, as unavailable")
    func patience() async throws {
        let service = StorageDouble { _, _ in .unreachable }
        let error = await #expect(throws: DataTransferError.self) {
            try await transfer(service, patience: .milliseconds(20)).objects(under: "s3://b/")
        }
        #expect(error?.kind == .unavailable)
        #expect(service.requests.count > 1)
    }

    @Test("An object that is replaced between its parts is an error and no mixture")
    func replacement() async throws {
        let box = Mutex<StorageDouble?>(nil)
        let other = content(5_000).map { $0 ^ 255 }
        let service = StorageDouble { request, _ in
            if request.header("range")?.hasPrefix("bytes=3000") == true {
                box.withLock { $0?.put(other, at: "k") }
            }
            return nil
        }
        box.withLock { $0 = service }
        service.put(content(5_000), at: "k")
        let transfer = transfer(service, partsAtOnce: 1)
        let object = try await transfer.object(at: "s3://b/k")
        let error = await #expect(throws: DataTransferError.self) {
            try await transfer.download(object, to: target)
        }
        #expect(error?.kind == .changed)
        #expect(directory.content(of: "file") == nil)
        // What it is now comes whole, without a part of what it was.
        let now = try await transfer.object(at: "s3://b/k")
        try await transfer.download(now, to: target)
        #expect(directory.content(of: "file") == other)
        box.withLock { $0 = nil }
    }

    @Test("A content that was damaged on its way is asked for once more", arguments: [900, 3_500])
    func damage(length: Int) async throws {
        let service = StorageDouble { request, index in
            request.method == "GET" && index <= 3 ? .damage : nil
        }
        service.put(content(length), at: "k")
        let transfer = transfer(service, partsAtOnce: 1)
        let object = try await transfer.object(at: "s3://b/k")
        if length < Self.partBytes {
            // Requests 2 and 3 are damaged: nothing else is left to try.
            let error = await #expect(throws: DataTransferError.self) {
                try await transfer.download(object, to: target)
            }
            #expect(error?.kind == .unavailable)
            #expect(directory.names.isEmpty)
        }
        try await transfer.download(object, to: target)
        #expect(directory.content(of: "file") == content(length))
    }

    @Test("A download that was interrupted goes on with the parts it has")
    func resumption() async throws {
        let isOver = Mutex(false)
        let service = StorageDouble { request, _ in
            let isLate = request.header("range")?.hasPrefix("bytes=6000") == true
            if isLate, isOver.withLock({ !$0 }) { throw CancellationError() }
            return nil
        }
        service.put(content(9_500), at: "k")
        let first = transfer(service, partsAtOnce: 1)
        let object = try await first.object(at: "s3://b/k")
        await #expect(throws: CancellationError.self) {
            try await first.download(object, to: target)
        }
        let count = service.requests.count { $0.header("range") != nil } - 1
        #expect(count >= 6)
        isOver.withLock { $0 = true }
        // Another process knows the files alone.
        try await transfer(service).download(object, to: target)
        #expect(directory.content(of: "file") == content(9_500))
        #expect(service.requests.count { $0.header("range") != nil } == 10 + 1)
        #expect(directory.names == ["file"])
    }

    @Test("An upload that was interrupted is aborted by the next, which begins anew")
    func interruptedUpload() async throws {
        let isDead = Mutex(true)
        let service = StorageDouble { request, _ in
            let isPart = request.url.query()?.contains("partNumber=3") == true
            // Neither the part nor the abortion comes through.
            if isDead.withLock({ $0 }), isPart || request.method == "DELETE" {
                throw CancellationError()
            }
            return nil
        }
        let content = content(4_500)
        try Data(content).write(to: URL(filePath: target))
        await #expect(throws: CancellationError.self) {
            try await transfer(service).upload(target, to: "s3://b/k")
        }
        #expect(service.openUploads == 1 && service.objects.isEmpty)
        isDead.withLock { $0 = false }
        try await transfer(service).upload(target, to: "s3://b/k")
        #expect(service.openUploads == 0)
        #expect(service.objects["k"]?.content == content)
        #expect(directory.names == ["file"])
    }

    @Test("An upload that fails is aborted")
    func failedUpload() async throws {
        let service = StorageDouble { request, _ in
            request.url.query()?.contains("partNumber=2") == true
                ? .refusal(403, "AccessDenied") : nil
        }
        try Data(content(4_500)).write(to: URL(filePath: target))
        let error = await #expect(throws: DataTransferError.self) {
            try await transfer(service).upload(target, to: "s3://b/k")
        }
        #expect(error?.kind == .denied)
        #expect(service.openUploads == 0)
        #expect(directory.names == ["file"])
    }

    @Test("However many parts there are, few are in memory at once")
    func boundedMemory() async throws {
        let service = StorageDouble()
        let transfer = transfer(service, partsAtOnce: 3)
        for name in ["a", "b"] {
            service.put(content(50_000), at: name)
        }
        try await withThrowingTaskGroup(of: Void.self) { [directory] group in
            for name in ["a", "b"] {
                let object = try await transfer.object(at: "s3://b/\(name)")
                let path = "\(directory.path)/\(name)"
                group.addTask { try await transfer.download(object, to: path) }
            }
            try await group.waitForAll()
        }
        #expect(service.mostBytesUnderWay <= 3 * Self.partBytes)
        #expect(service.mostBytesUnderWay > Self.partBytes)
        #expect(directory.content(of: "b") == content(50_000))
    }

    @Test("A short file does not wait for all parts of a long one")
    func fairness() async throws {
        let service = StorageDouble()
        let transfer = transfer(service, partsAtOnce: 2)
        service.put(content(100_000), at: "long")
        service.put(content(10), at: "short")
        let long = try await transfer.object(at: "s3://b/long")
        let short = try await transfer.object(at: "s3://b/short")
        let path = "\(directory.path)/long"
        async let end: Void = transfer.download(long, to: path)
        while service.requests.allSatisfy({ $0.header("range") == nil }) { await Task.yield() }
        try await transfer.download(short, to: target)
        let count = service.requests.count { $0.header("range") != nil }
        #expect(count < 50)
        try await end
        #expect(directory.content(of: "long") == content(100_000))
    }
}
