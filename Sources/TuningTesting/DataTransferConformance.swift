import Foundation
import Testing
import Tuning

/// What every transfer of training data has to keep.
public struct DataTransferConformance: Sendable {
    /// One promise.
    public enum Check: String, CaseIterable, Sendable {
        /// What is taken comes back the same, however long it is.
        case roundTrip
        /// What is there is replaced, on both sides.
        case replacement
        /// All below a prefix is listed, in order, and nothing else.
        case listing
        /// An object that is not there is told from other failures.
        case missing
        /// An object that has changed since it was listed is not brought.
        case change
    }

    private let transfer: any DataTransfer
    private let base: String
    private let directory: String

    /// Checks a transfer.
    ///
    /// - Parameters:
    ///   - transfer: The transfer to check.
    ///   - base: An address that ends in a slash and has nothing below.
    ///   - directory: The path of an empty directory of this machine.
    public init(_ transfer: any DataTransfer, base: String, directory: String) {
        self.transfer = transfer
        self.base = base
        self.directory = directory
    }

    /// Makes one check.
    public func run(_ check: Check) async throws {
        #expect(transfer.takes(base))
        switch check {
        case .roundTrip: try await roundTrip()
        case .replacement: try await replacement()
        case .listing: try await listing()
        case .missing: try await missing()
        case .change: try await change()
        }
    }

    private func roundTrip() async throws {
        for count in [0, 1, 5_000, 1 << 20] {
            let given = Data((0..<count).map { UInt8($0 * 31 % 253) })
            let object = try await put(given, at: "deep/name-\(count)")
            #expect(object.byteCount == count)
            #expect(try await content(of: object) == given)
        }
    }

    private func replacement() async throws {
        _ = try await put(Data("a longer text".utf8), at: "x")
        let object = try await put(Data("short".utf8), at: "x")
        try Data("another long text".utf8).write(to: URL(filePath: path("brought")))
        #expect(try await content(of: object) == Data("short".utf8))
    }

    private func listing() async throws {
        for name in ["d/b", "d/a", "d/e/c", "other"] {
            _ = try await put(Data(name.utf8), at: name)
        }
        let found = try await transfer.objects(under: "\(base)d/")
        #expect(found.map(\.address) == ["d/a", "d/b", "d/e/c"].map { base + $0 })
        #expect(found.map(\.byteCount) == [3, 3, 5])
        for object in found {
            #expect(try await transfer.object(at: object.address) == object)
        }
        #expect(try await transfer.objects(under: "\(base)none/").isEmpty)
    }

    private func missing() async throws {
        let error = await #expect(throws: DataTransferError.self) {
            try await transfer.object(at: "\(base)none")
        }
        #expect(error?.kind == .notFound)
    }

    private func change() async throws {
        let object = try await put(Data("first".utf8), at: "x")
        _ = try await put(Data("other".utf8), at: "x")
        let error = await #expect(throws: DataTransferError.self) {
            try await content(of: object)
        }
        #expect(error?.kind == .changed)
        #expect(!FileManager.default.fileExists(atPath: path("brought")))
    }

    private func put(_ content: Data, at name: String) async throws -> DataObject {
        try content.write(to: URL(filePath: path("taken")))
        try await transfer.upload(path("taken"), to: base + name)
        return try await transfer.object(at: base + name)
    }

    private func content(of object: DataObject) async throws -> Data? {
        try await transfer.download(object, to: path("brought"))
        return FileManager.default.contents(atPath: path("brought"))
    }

    private func path(_ name: String) -> String { "\(directory)/\(name)" }
}
