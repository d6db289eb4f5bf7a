import Crypto
import Foundation

/// What the content of an object has to add up to.
///
/// Of what an answer tells, the first of SHA-256, CRC-32 and CRC-32C counts, if it is of the whole
/// object and not of its parts' checksums; of an object that was uploaded in parts, the answer has
/// to say that it is. Without any, the entity tag counts where it is the MD5
/// of the content: neither after an upload in parts, nor with a key of the customer's or of KMS,
/// nor in a directory bucket.
struct ExpectedChecksum: Hashable, Sendable {
    private enum Algorithm: String, CaseIterable {
        case sha256
        case crc32
        case crc32c
        case md5
    }

    private let algorithm: Algorithm
    private let value: [UInt8]

    /// Finds a checksum; `nil` where an answer tells none that can be checked.
    init?(_ answer: HTTPAnswer, bucket: String) {
        let tag = answer[header: "etag"]?.trimmingCharacters(in: ["\""])
        let isOfParts = tag?.contains("-") ?? false
        let isOfAll = answer[header: "x-amz-checksum-type"] == "FULL_OBJECT"
        for algorithm in [Algorithm.sha256, .crc32, .crc32c] where isOfAll || !isOfParts {
            guard let text = answer[header: "x-amz-checksum-\(algorithm.rawValue)"],
                let value = Data(base64Encoded: text)
            else { continue }
            self.algorithm = algorithm
            self.value = Array(value)
            return
        }
        let encryption = answer[header: "x-amz-server-side-encryption"] ?? "AES256"
        let hasOwnKey =
            answer[header: "x-amz-server-side-encryption-customer-algorithm"] != nil
        guard encryption == "AES256", !hasOwnKey, !bucket.hasSuffix("--x-s3"),
            let value = tag.flatMap(Self.bytes(ofHexadecimal:)),
            value.count == Insecure.MD5.byteCount
        else { return nil }
        algorithm = .md5
        self.value = value
    }

    /// Whether a content adds up to it.
    func matches(_ content: [UInt8]) -> Bool {
        var sum = sum
        sum.add(content)
        return isReached(by: sum)
    }

    /// The sum of nothing, to be added to.
    var sum: RunningSum {
        switch algorithm {
        case .sha256: .sha256(SHA256())
        case .crc32: .cyclic(CyclicSum(.crc32))
        case .crc32c: .cyclic(CyclicSum(.crc32c))
        case .md5: .md5(Insecure.MD5())
        }
    }

    /// Whether what was added to `sum` adds up to it.
    func isReached(by sum: RunningSum) -> Bool { sum.value == value }

    private static func bytes(ofHexadecimal text: String) -> [UInt8]? {
        let digits = text.compactMap(\.hexDigitValue)
        guard digits.count == text.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map {
            UInt8(digits[$0] << 4 | digits[$0 + 1])
        }
    }
}

/// A checksum of what has been added so far.
enum RunningSum {
    case sha256(SHA256)
    case md5(Insecure.MD5)
    case cyclic(CyclicSum)

    /// Adds bytes behind those before.
    mutating func add(_ bytes: [UInt8]) {
        switch self {
        case .sha256(var hash):
            hash.update(data: bytes)
            self = .sha256(hash)
        case .md5(var hash):
            hash.update(data: bytes)
            self = .md5(hash)
        case .cyclic(var sum):
            sum.add(bytes)
            self = .cyclic(sum)
        }
    }

    fileprivate var value: [UInt8] {
        switch self {
        case .sha256(let hash): Array(hash.finalize())
        case .md5(let hash): Array(hash.finalize())
        case .cyclic(let sum): sum.value
        }
    }
}

extension [UInt8] {
    /// Their SHA-256, in base 64.
    var sha256Base64: String { Data(SHA256.hash(data: self)).base64EncodedString() }
}
