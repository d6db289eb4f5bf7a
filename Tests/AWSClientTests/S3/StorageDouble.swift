import Crypto
import Foundation
import SageMakerAPI
import Synchronization

@testable import AWSClient

/// A service that keeps objects in memory and behaves like S3, faults included.
final class StorageDouble: HTTPTransport {
    /// What may become of a request.
    enum Fault: Hashable {
        /// It takes effect and its answer is lost.
        case lostAnswer
        /// No connection is made.
        case unreachable
        /// It is refused with a status and a code.
        case refusal(Int, String)
        /// Half of the answer's body comes.
        case truncation
        /// One byte of the answer's body is another.
        case damage
    }

    private struct State {
        var objects: [String: Stored] = [:]
        var uploads: [String: (token: String, parts: [Int: [UInt8]])] = [:]
        var uploadCount = 0
        var requests: [HTTPRequest] = []
        var bytesUnderWay = 0
        var mostBytesUnderWay = 0
    }

    struct Stored {
        var content: [UInt8]
        var entityTag: String
        var headers: [HTTPHeader] = []
    }

    private let state = Mutex(State())
    private let pageLength: Int
    private let fault: @Sendable (HTTPRequest, _ count: Int) async throws -> Fault?

    /// Begins empty.
    ///
    /// - Parameters:
    ///   - pageLength: How many objects a page of a listing has.
    ///   - fault: What becomes of each request, by its number from 1; nothing special for `nil`.
    init(
        pageLength: Int = 3,
        fault: @escaping @Sendable (HTTPRequest, _ count: Int) async throws -> Fault? = { _, _ in
            nil
        }
    ) {
        self.pageLength = pageLength
        self.fault = fault
    }

    /// The objects, by key.
    var objects: [String: Stored] {
        get { state.withLock { $0.objects } }
        set { state.withLock { $0.objects = newValue } }
    }
    /// What has been asked.
    var requests: [HTTPRequest] { state.withLock { $0.requests } }
    /// The uploads that are neither complete nor aborted.
    var openUploads: Int { state.withLock { $0.uploads.count } }
    /// The most bytes of content that were in requests and answers at once.
    var mostBytesUnderWay: Int { state.withLock { $0.mostBytesUnderWay } }

    /// Keeps an object.
    func put(_ content: [UInt8], at key: String, headers: [HTTPHeader] = []) {
        let tag =
            "\"\(Insecure.MD5.hash(data: content).map { String(format: "%02x", $0) }.joined())\""
        state.withLock {
            $0.objects[key] = Stored(content: content, entityTag: tag, headers: headers)
        }
    }

    func send(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let count = state.withLock { state in
            state.requests.append(request)
            return state.requests.count
        }
        let fault = try await fault(request, count)
        if fault == .unreachable { throw TransportError(.unreachable, "no connection") }
        if case .refusal(let status, let code) = fault {
            return Self.refusal(status, code)
        }
        var answer = answer(to: request)
        let size = request.body.count + answer.body.count
        state.withLock {
            $0.bytesUnderWay += size
            $0.mostBytesUnderWay = max($0.mostBytesUnderWay, $0.bytesUnderWay)
        }
        // Others come in between.
        for _ in 0..<3 { await Task.yield() }
        state.withLock { $0.bytesUnderWay -= size }
        switch fault {
        case .lostAnswer: throw TransportError(.lost, "the connection broke")
        case .truncation: answer.body.removeLast(answer.body.count / 2)
        case .damage where !answer.body.isEmpty: answer.body[answer.body.count / 2] ^= 1
        default: break
        }
        return answer
    }

    private static func refusal(_ status: Int, _ code: String) -> HTTPAnswer {
        HTTPAnswer(
            status: status,
            body: Array(
                "<?xml version=\"1.0\"?><Error><Code>\(code)</Code><Message>no &amp; no</Message>"
                    .utf8) + Array("</Error>".utf8))
    }

    private func answer(to request: HTTPRequest) -> HTTPAnswer {
        let address = URLComponents(url: request.url, resolvingAgainstBaseURL: false)!
        let parts = address.path.split(
            separator: "/", maxSplits: 1, omittingEmptySubsequences: true)
        let key = parts.count > 1 ? String(parts[1]) : ""
        let query = Dictionary(
            (address.queryItems ?? []).map { ($0.name, $0.value ?? "") }, uniquingKeysWith: { $1 })
        return state.withLock { state in
            switch request.method {
            case "GET" where key.isEmpty: list(query, state)
            case "GET", "HEAD": read(key, request, state)
            case "PUT": write(key, query, request, &state)
            case "POST": post(key, query, request, &state)
            default: abort(query, &state)
            }
        }
    }

    private func list(_ query: [String: String], _ state: State) -> HTTPAnswer {
        let keys = state.objects.keys.filter { $0.hasPrefix(query["prefix"] ?? "") }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let start = Int(query["continuation-token"] ?? "0") ?? 0
        let page = keys.dropFirst(start).prefix(pageLength)
        let isTruncated = start + page.count < keys.count
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult xmlns=\"s3\">"
        text += "<EncodingType>url</EncodingType><IsTruncated>\(isTruncated)</IsTruncated>"
        if isTruncated {
            text += "<NextContinuationToken>\(start + page.count)</NextContinuationToken>"
        }
        for key in page {
            let object = state.objects[key]!
            let tag = object.entityTag.replacing("\"", with: "&quot;")
            text += "<Contents><Key>\(key.percentEncoded.replacing("%20", with: "+"))</Key>"
            text += "<ETag>\(tag)</ETag><Size>\(object.content.count)</Size></Contents>"
        }
        return HTTPAnswer(status: 200, body: Array("\(text)</ListBucketResult>".utf8))
    }

    private func read(_ key: String, _ request: HTTPRequest, _ state: State) -> HTTPAnswer {
        guard let object = state.objects[key] else { return Self.refusal(404, "NoSuchKey") }
        if let tag = request.header("if-match"), tag != object.entityTag {
            return Self.refusal(412, "PreconditionFailed")
        }
        var answer = HTTPAnswer(
            status: 200, headers: [HTTPHeader("ETag", object.entityTag)] + object.headers,
            body: object.content)
        if let range = request.header("range") {
            let ends = range.dropFirst("bytes=".count).split(separator: "-").compactMap { Int($0) }
            answer.status = 206
            answer.body = Array(object.content[ends[0]...min(ends[1], object.content.count - 1)])
            answer.headers = [HTTPHeader("ETag", object.entityTag)]
        }
        answer.headers.append(HTTPHeader("Content-Length", "\(answer.body.count)"))
        if request.method == "HEAD" { answer.body = [] }
        return answer
    }

    private func write(
        _ key: String, _ query: [String: String], _ request: HTTPRequest, _ state: inout State
    ) -> HTTPAnswer {
        guard request.header("x-amz-checksum-sha256") == request.body.sha256Base64 else {
            return Self.refusal(400, "BadDigest")
        }
        guard let id = query["uploadId"], let number = query["partNumber"].flatMap({ Int($0) })
        else {
            state.objects[key] = Stored(
                content: request.body, entityTag: "\"\(request.body.sha256)\"")
            return HTTPAnswer(status: 200)
        }
        guard state.uploads[id] != nil else { return Self.refusal(404, "NoSuchUpload") }
        state.uploads[id]?.parts[number] = request.body
        return HTTPAnswer(status: 200, headers: [HTTPHeader("ETag", "\"part \(number)\"")])
    }

    private func post(
        _ key: String, _ query: [String: String], _ request: HTTPRequest, _ state: inout State
    ) -> HTTPAnswer {
        guard let id = query["uploadId"] else {
            state.uploadCount += 1
            let id = "upload \(state.uploadCount)"
            state.uploads[id] = (request.header(S3Client.uploadTokenHeader) ?? "", [:])
            return HTTPAnswer(
                status: 200,
                body: Array("<R><UploadId>\(id)</UploadId></R>".utf8))
        }
        guard let upload = state.uploads.removeValue(forKey: id) else {
            return Self.refusal(404, "NoSuchUpload")
        }
        let content = upload.parts.sorted { $0.key < $1.key }.flatMap(\.value)
        state.objects[key] = Stored(
            content: content, entityTag: "\"\(content.sha256)-\(upload.parts.count)\"",
            headers: [HTTPHeader(S3Client.uploadTokenHeader, upload.token)])
        return HTTPAnswer(status: 200, body: Array("<CompleteMultipartUploadResult/>".utf8))
    }

    private func abort(_ query: [String: String], _ state: inout State) -> HTTPAnswer {
        guard let id = query["uploadId"], state.uploads.removeValue(forKey: id) != nil else {
            return Self.refusal(404, "NoSuchUpload")
        }
        return HTTPAnswer(status: 204)
    }
}

/// A directory that goes away with its test.
final class TemporaryDirectory {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "s3-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func content(of name: String) -> [UInt8]? {
        FileManager.default.contents(atPath: "\(path)/\(name)").map(Array.init)
    }

    var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] }
}
