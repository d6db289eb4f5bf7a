import Crypto

/// Those parts of an HTTP request that its signature covers.
package struct SignableRequest: Sendable {
    /// One header as it was sent; a name may come several times.
    package struct Header: Hashable, Sendable {
        package let name: String
        package let value: String

        /// Takes a header; case and surplus space do not matter.
        package init(_ name: String, _ value: String) {
            self.name = name.lowercased()
            self.value = value
        }
    }

    /// The method, in upper case.
    package var method: String
    /// The path, as it stands in the request.
    package var path: String
    /// What follows the question mark, as it stands in the request.
    package var query: String
    /// The headers, `host` among them.
    package var headers: [Header]
    /// Whether the path is encoded once more before it is hashed, as every service but S3 does.
    package var encodesPath: Bool

    /// Describes a request.
    package init(
        method: String, path: String, query: String = "", headers: [Header],
        encodesPath: Bool = true
    ) {
        self.method = method
        self.path = path.isEmpty ? "/" : path
        self.query = query
        self.headers = headers
        self.encodesPath = encodesPath
    }

    /// The values of a header, in the order they were sent.
    package func values(of name: String) -> [String] {
        headers.filter { $0.name == name }.map(\.value)
    }
}

// MARK: - The canonical request

extension SignableRequest {
    /// The request in the one form that both sides hash.
    ///
    /// - Parameters:
    ///   - signedHeaders: The names of the headers that count, in lower case and sorted.
    ///   - bodyHash: The SHA-256 of the body, in hexadecimal.
    package func canonicalText(signedHeaders: [String], bodyHash: String) -> String {
        let lines = signedHeaders.map { name in
            "\(name):\(values(of: name).map(Self.trimmed).joined(separator: ","))\n"
        }
        return [
            method,
            encodesPath ? Self.percentEncoded(path, keeping: [UInt8(ascii: "/")]) : path,
            canonicalQuery, lines.joined(), signedHeaders.joined(separator: ";"), bodyHash,
        ].joined(separator: "\n")
    }

    /// The parameters of the query, each encoded anew, in order.
    private var canonicalQuery: String {
        query.split(separator: "&")
            .map { pair in
                let parts = pair.split(
                    separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return parts.map { Self.percentEncoded(Self.percentDecoded($0)) }
            }
            .map { (name: $0[0], value: $0.count > 1 ? $0[1] : "") }
            .sorted { ($0.name, $0.value) < ($1.name, $1.value) }
            .map { "\($0.name)=\($0.value)" }
            .joined(separator: "&")
    }

    /// A value without space around it, and with single spaces inside.
    private static func trimmed(_ value: String) -> String {
        value.split { $0.isWhitespace }.joined(separator: " ")
    }

    private static func percentEncoded(_ text: String, keeping kept: Set<UInt8> = []) -> String {
        percentEncoded(Array(text.utf8), keeping: kept)
    }

    private static func percentEncoded(_ bytes: [UInt8], keeping kept: Set<UInt8> = []) -> String {
        var encoded: [UInt8] = []
        for byte in bytes {
            if isUnreserved(byte) || kept.contains(byte) {
                encoded.append(byte)
            } else {
                encoded.append(UInt8(ascii: "%"))
                encoded += [byte].hexadecimal.uppercased().utf8
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    private static func percentDecoded(_ text: Substring) -> [UInt8] {
        var decoded: [UInt8] = []
        var bytes = Array(text.utf8)[...]
        while let byte = bytes.popFirst() {
            if byte == UInt8(ascii: "%"), let escaped = [UInt8](hexadecimal: bytes.prefix(2)),
                escaped.count == 1
            {
                decoded += escaped
                bytes = bytes.dropFirst(2)
            } else {
                decoded.append(byte)
            }
        }
        return decoded
    }
}

// MARK: - Hexadecimal

extension Sequence<UInt8> {
    /// Two digits a byte, in lower case.
    var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

extension [UInt8] {
    /// Reads two digits a byte; `nil` when something else is among them.
    init?(hexadecimal text: some Collection<UInt8>) {
        let digits = text.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count == text.count, digits.count.isMultiple(of: 2) else { return nil }
        self = stride(from: 0, to: digits.count, by: 2).map {
            UInt8(digits[$0] << 4 | digits[$0 + 1])
        }
    }

    /// Their SHA-256, in hexadecimal.
    package var sha256: String { SHA256.hash(data: self).hexadecimal }
}
