import Foundation

// MARK: - Uploads in parts

extension S3Client {
    /// An upload that has been begun.
    struct Upload: Hashable, Sendable {
        let address: S3Address
        let id: String
    }

    /// A part that has been sent.
    struct Part: Hashable, Sendable {
        /// Its place, from 1.
        let number: Int
        let entityTag: String
        let checksum: String
    }

    /// Begins an upload.
    ///
    /// An upload whose answer is lost stays behind without parts, until a rule of the bucket
    /// removes it.
    func beginUpload(to address: S3Address, token: String) async throws -> Upload {
        let call = Call(
            method: "POST", address: address, query: [("uploads", "")],
            headers: [
                .init("x-amz-checksum-algorithm", "SHA256"), .init(Self.uploadTokenHeader, token),
            ])
        let answer = try await send(call) { Self.uploadID(in: $0) != nil }
        return Upload(address: address, id: Self.uploadID(in: answer) ?? "")
    }

    private static func uploadID(in answer: HTTPAnswer) -> String? {
        (try? XMLElement(parsing: answer.body))?["UploadId"]?.text
    }

    /// Sends a part; a part of the same number is replaced.
    func send(_ content: [UInt8], asPart number: Int, of upload: Upload) async throws -> Part {
        let checksum = content.sha256Base64
        let call = Call(
            method: "PUT", address: upload.address,
            query: [("partNumber", "\(number)"), ("uploadId", upload.id)],
            headers: [.init("x-amz-checksum-sha256", checksum)], body: content)
        let answer = try await send(call) { $0[header: "etag"] != nil }
        return Part(number: number, entityTag: answer[header: "etag"] ?? "", checksum: checksum)
    }

    /// Makes the object of its parts, which are in order.
    ///
    /// - Parameter token: The one the upload was begun with.
    func complete(_ upload: Upload, of parts: [Part], token: String) async throws {
        let list = parts.map {
            "<Part><PartNumber>\($0.number)</PartNumber><ETag>\($0.entityTag.xmlEscaped)</ETag>"
                + "<ChecksumSHA256>\($0.checksum)</ChecksumSHA256></Part>"
        }
        let body =
            "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
            + list.joined() + "</CompleteMultipartUpload>"
        let call = Call(
            method: "POST", address: upload.address, query: [("uploadId", upload.id)],
            headers: [.init("content-type", "application/xml")], body: Array(body.utf8))
        do {
            _ = try await send(call)
        } catch let error as S3Error where error.code == "NoSuchUpload" {
            // An earlier try may have succeeded without our hearing of it.
            guard try await head(upload.address).uploadToken == token else { throw error }
        }
    }

    /// Ends an upload without an object; one that is over is fine.
    func abort(_ upload: Upload) async throws {
        let call = Call(
            method: "DELETE", address: upload.address, query: [("uploadId", upload.id)])
        do {
            _ = try await send(call)
        } catch let error as S3Error where error.status == 404 {
            return
        }
    }
}

extension String {
    fileprivate var xmlEscaped: String {
        replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
    }
}
