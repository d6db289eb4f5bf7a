import EngineHTTP
import Foundation
import Synchronization
import Tuning

// MARK: - Images

extension ContainerEngine {
    /// Brings an image from its registry.
    ///
    /// - Parameters:
    ///   - credentials: The header that says who asks; `nil` for nobody.
    ///   - progress: Told how much of it has come, from 0 to 1, whenever that is known.
    /// - Throws: `EngineError` when it cannot be had.
    func pull(
        _ image: String, credentials: String?, progress: @escaping @Sendable (Double) -> Void
    ) async throws {
        let name = ImageName(image)
        let report = Mutex(PullReport())
        var request = EngineRequest(
            "POST", "/images/create",
            query: ["fromImage": name.repository, "tag": name.tag], timeout: nil)
        if let credentials { request.headers["X-Registry-Auth"] = credentials }
        try await stream(request) { piece in
            let fraction = report.withLock { report in
                report.take(piece)
                return report.fraction
            }
            if let fraction { progress(fraction) }
        }
        if let problem = report.withLock({ $0.problem }) {
            throw EngineError(status: 200, message: problem)
        }
    }
}

/// An image's name, cut in two.
struct ImageName: Hashable, Sendable {
    /// Everything before the tag or the digest.
    let repository: String
    /// The tag, `latest` unless given, or the digest.
    let tag: String

    init(_ name: String) {
        if let at = name.firstIndex(of: "@") {
            repository = String(name[..<at])
            tag = String(name[name.index(after: at)...])
        } else if let colon = name.lastIndex(of: ":"), !name[colon...].contains("/") {
            repository = String(name[..<colon])
            tag = String(name[name.index(after: colon)...])
        } else {
            repository = name
            tag = "latest"
        }
    }

    /// The host of the registry; that of Docker's unless given.
    var registry: String {
        let parts = repository.split(separator: "/", maxSplits: 1)
        guard parts.count == 2, let host = parts.first,
            host == "localhost" || host.contains(".") || host.contains(":")
        else { return "docker.io" }
        return String(host)
    }
}

/// What an engine says while it brings an image: lines of JSON.
struct PullReport {
    private var rest: [UInt8] = []
    private var layers: [String: (current: Double, total: Double)] = [:]
    /// Why the image could not be brought; `nil` as long as nothing is wrong.
    private(set) var problem: String?

    /// How much has come of what is known to come; `nil` while nothing is known.
    var fraction: Double? {
        let total = layers.values.reduce(0) { $0 + $1.total }
        guard total > 0 else { return nil }
        return min(1, layers.values.reduce(0) { $0 + $1.current } / total)
    }

    /// Takes a piece of the answer, which may end in the middle of a line.
    mutating func take(_ piece: [UInt8]) {
        rest += piece
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            take(line: rest[..<end])
            rest.removeSubrange(...end)
        }
    }

    private mutating func take(line: ArraySlice<UInt8>) {
        guard let json = try? JSONValue(parsing: String(decoding: line, as: UTF8.self)) else {
            return
        }
        if let problem = json["errorDetail"]?["message"]?.string ?? json["error"]?.string {
            self.problem = problem
        }
        guard let layer = json["id"]?.string else { return }
        switch json["status"]?.string {
        case "Downloading":
            guard let total = json["progressDetail"]?["total"]?.number, total > 0 else { return }
            layers[layer] = (json["progressDetail"]?["current"]?.number ?? 0, total)
        case "Download complete", "Pull complete":
            guard let total = layers[layer]?.total else { return }
            layers[layer] = (total, total)
        default:
            break
        }
    }
}
