import Foundation

// MARK: - Objects

extension S3Client {
    /// An object as a listing or HEAD tells of it.
    package struct Object: Hashable, Sendable {
        /// Its key, not encoded.
        package let key: String
        /// How long it is.
        package let byteCount: Int
        /// Its entity tag, with the quotes.
        package let entityTag: String
    }

    /// What HEAD tells.
    package struct Head: Sendable {
        /// The object.
        package let object: Object
        /// What its content can be checked with.
        let checksum: ExpectedChecksum?
        /// The upload that made it, where it was one of `upload(_:to:)`.
        let uploadToken: String?
    }

    /// The header that names an upload: so one whose answer was lost is known to be done.
    static let uploadTokenHeader = "x-amz-meta-tuner-upload"

    /// The objects of a bucket whose keys begin with a text, in the order of their keys' bytes.
    package func objects(under prefix: S3Address) async throws -> [Object] {
        let bucket = S3Address(bucket: prefix.bucket, key: "")
        var objects: [Object] = []
        var token: String?
        repeat {
            var call = Call(method: "GET", address: bucket, subject: prefix)
            call.query = [
                ("encoding-type", "url"), ("list-type", "2"), ("prefix", prefix.key),
            ]
            if let token { call.query.append(("continuation-token", token)) }
            let answer = try await send(call) {
                (try? XMLElement(parsing: $0.body))?.name == "ListBucketResult"
            }
            let page = try XMLElement(parsing: answer.body)
            objects += try page.all("Contents").map { try Self.object($0, in: page, at: prefix) }
            let next = page["NextContinuationToken"]?.text
            guard page["IsTruncated"]?.text != "true" || (next != nil && next != token) else {
                throw Self.malformed("a page of a listing without the next", at: prefix)
            }
            token = page["IsTruncated"]?.text == "true" ? next : nil
        } while token != nil
        return objects.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }

    private static func object(
        _ entry: XMLElement, in page: XMLElement, at prefix: S3Address
    ) throws(S3Error) -> Object {
        guard let key = entry["Key"]?.text, let size = entry["Size"].flatMap({ Int($0.text) }),
            size >= 0, let entityTag = entry["ETag"]?.text
        else { throw malformed("an entry of a listing without key, size or tag", at: prefix) }
        let isEncoded = page["EncodingType"]?.text == "url"
        return Object(
            key: isEncoded ? key.listingDecoded : key, byteCount: size, entityTag: entityTag)
    }

    private static func malformed(_ what: String, at address: S3Address) -> S3Error {
        S3Error(
            code: "MalformedAnswer", message: "the service sent \(what)", status: 200,
            address: address)
    }

    /// What is known of an object.
    package func head(_ address: S3Address) async throws -> Head {
        let call = Call(
            method: "HEAD", address: address, headers: [.init("x-amz-checksum-mode", "ENABLED")])
        let answer = try await send(call)
        guard let size = answer[header: "content-length"].flatMap({ Int($0) }),
            let entityTag = answer[header: "etag"]
        else { throw Self.malformed("an object without length or tag", at: address) }
        return Head(
            object: Object(key: address.key, byteCount: size, entityTag: entityTag),
            checksum: ExpectedChecksum(answer, bucket: address.bucket),
            uploadToken: answer[header: Self.uploadTokenHeader])
    }

    /// The whole content of an object that is short, checked.
    ///
    /// - Throws: `S3Error` of code `PreconditionFailed` when it is another object by now.
    package func content(of object: Object, in bucket: String) async throws -> [UInt8] {
        let address = S3Address(bucket: bucket, key: object.key)
        let call = Call(
            method: "GET", address: address,
            headers: [
                .init("if-match", object.entityTag), .init("x-amz-checksum-mode", "ENABLED"),
            ])
        for _ in 0..<Self.contentTriesMax {
            let answer = try await send(call) {
                !$0.isOf(object) || $0.body.count == object.byteCount
            }
            try Self.check(answer, isOf: object, at: address)
            let checksum = ExpectedChecksum(answer, bucket: bucket)
            if checksum?.matches(answer.body) != false { return answer.body }
        }
        throw Self.badContent(at: address)
    }

    /// How often an object is asked for whose content does not add up to its checksum.
    static let contentTriesMax = 2

    /// What is thrown when the content does not add up in the end.
    static func badContent(at address: S3Address) -> S3Error {
        S3Error(
            code: "BadDigest", message: "the content does not add up to its checksum", status: 500,
            address: address)
    }

    /// A part of an object.
    ///
    /// - Throws: `S3Error` of code `PreconditionFailed` when it is another object by now.
    func content(
        of object: Object, in bucket: String, range: Range<Int>
    ) async throws -> [UInt8] {
        let address = S3Address(bucket: bucket, key: object.key)
        let call = Call(
            method: "GET", address: address,
            headers: [
                .init("if-match", object.entityTag),
                .init("range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)"),
            ])
        let answer = try await send(call) {
            !$0.isOf(object) || ($0.status == 206 && $0.body.count == range.count)
        }
        try Self.check(answer, isOf: object, at: address)
        return answer.body
    }

    /// Not every server heeds `If-Match`; each tells the tag.
    private static func check(
        _ answer: HTTPAnswer, isOf object: Object, at address: S3Address
    ) throws(S3Error) {
        guard !answer.isOf(object) else { return }
        throw S3Error(
            code: "PreconditionFailed", message: "the object was replaced while it was read",
            status: 412, address: address)
    }

    /// Writes an object whose content is short.
    func put(_ content: [UInt8], to address: S3Address) async throws {
        let call = Call(
            method: "PUT", address: address,
            headers: [.init("x-amz-checksum-sha256", content.sha256Base64)], body: content)
        _ = try await send(call)
    }
}

extension HTTPAnswer {
    fileprivate func isOf(_ object: S3Client.Object) -> Bool {
        self[header: "etag"].map { $0 == object.entityTag } ?? true
    }
}
