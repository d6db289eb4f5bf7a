/// A bucket and a key in it, or the beginning of keys, as `s3://BUCKET/KEY` writes them.
package struct S3Address: Hashable, Sendable, CustomStringConvertible {
    /// The bucket's name; never empty.
    package let bucket: String
    /// The key, not encoded; empty for the bucket itself.
    package let key: String

    /// Names an object.
    package init(bucket: String, key: String) {
        precondition(!bucket.isEmpty, "no bucket for key '\(key)'")
        self.bucket = bucket
        self.key = key
    }

    /// Reads an address; `nil` for any other text.
    package init?(_ text: String) {
        guard text.hasPrefix("s3://") else { return nil }
        let parts = text.dropFirst("s3://".count)
            .split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let bucket = parts.first, !bucket.isEmpty else { return nil }
        self.init(bucket: String(bucket), key: parts.count > 1 ? String(parts[1]) : "")
    }

    /// `s3://BUCKET/KEY`.
    package var description: String { "s3://\(bucket)/\(key)" }
}
