import Foundation

/// Where buckets are found over HTTP.
package struct S3Endpoint: Hashable, Sendable {
    private let base: URL
    /// Whether a bucket's name may be part of the host's.
    private let hasBucketHosts: Bool

    /// Takes the address of a service.
    ///
    /// Amazon's own find a bucket by the name of its host; with others, such as a MinIO server, it
    /// is the first part of the path.
    package init(_ base: URL) {
        self.base = base
        let host = base.host() ?? ""
        hasBucketHosts =
            host.hasPrefix("s3.")
            && (host.hasSuffix(".amazonaws.com") || host.hasSuffix(".amazonaws.com.cn"))
    }

    /// The encoded address of an object, or of its bucket where the key is empty.
    ///
    /// A bucket with dots in its name stays in the path: certificates for `*.s3...` do not cover
    /// it.
    func url(of address: S3Address, query: [(name: String, value: String)] = []) -> URL {
        let isHost = hasBucketHosts && !address.bucket.contains(".")
        var text = base.absoluteString
        while text.hasSuffix("/") { text.removeLast() }
        if isHost, let range = text.range(of: "://") {
            text.insert(contentsOf: "\(address.bucket.percentEncoded).", at: range.upperBound)
        } else {
            text += "/\(address.bucket.percentEncoded)"
        }
        if isHost || !address.key.isEmpty { text += "/" }
        text += address.key.split(separator: "/", omittingEmptySubsequences: false)
            .map { String($0).percentEncoded }.joined(separator: "/")
        if !query.isEmpty {
            text +=
                "?"
                + query.map { "\($0.name.percentEncoded)=\($0.value.percentEncoded)" }
                .joined(separator: "&")
        }
        guard let url = URL(string: text) else { preconditionFailure("address '\(text)'") }
        return url
    }
}

extension String {
    /// The text behind a listing's encoding of it: `%XX` for bytes, and a plus sign for a space.
    var listingDecoded: String {
        var decoded: [UInt8] = []
        var bytes = Array(utf8)[...]
        while let byte = bytes.popFirst() {
            let code = String(decoding: bytes.prefix(2), as: UTF8.self)
            if byte == UInt8(ascii: "%"), code.utf8.count == 2, let value = UInt8(code, radix: 16) {
                decoded.append(value)
                bytes = bytes.dropFirst(2)
            } else {
                decoded.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }
}
