import Foundation
import Testing

@testable import AWSClient

@Suite("S3's addresses, answers and checksums")
struct S3PartsTests {
    struct Place: Sendable {
        let bucket: String
        let key: String
        let isOwn: Bool
        let url: String
    }

    @Test(
        "A bucket is part of the host, or of the path where it must be",
        arguments: [
            Place(
                bucket: "data", key: "a b/ü+c", isOwn: false,
                url: "https://data.s3.eu-west-1.amazonaws.com/a%20b/%C3%BC%2Bc"),
            Place(
                bucket: "my.data", key: "k", isOwn: false,
                url: "https://s3.eu-west-1.amazonaws.com/my.data/k"),
            Place(bucket: "data", key: "", isOwn: true, url: "http://localhost:9000/data"),
            Place(
                bucket: "data", key: "a//b/../c?d#e", isOwn: true,
                url: "http://localhost:9000/data/a//b/../c%3Fd%23e"),
        ])
    func addresses(row: Place) {
        let base = row.isOwn ? "http://localhost:9000/" : "https://s3.eu-west-1.amazonaws.com"
        let endpoint = S3Endpoint(URL(string: base)!)
        let address = S3Address(bucket: row.bucket, key: row.key)
        #expect(endpoint.url(of: address).absoluteString == row.url)
        #expect(S3Address(address.description) == address)
    }

    @Test(
        "What is no address is none", arguments: ["", "s3:/a/b", "s3:///a", "file:///a", "s3://"])
    func noAddresses(text: String) { #expect(S3Address(text) == nil) }

    @Test("An answer is read with its entities, and without what does not matter")
    func answer() throws {
        let text = """
            <?xml version="1.0"?>
            <!-- a > b -->
            <n:A x="1>2" y='/>'><B>1 &lt; &#x32; &amp;&#65;</B><B/><C><B> </B></C></n:A>
            """
        let element = try XMLElement(parsing: Array(text.utf8))
        #expect(element.name == "A")
        #expect(element.all("B").map(\.text) == ["1 < 2 &A", ""])
        #expect(element["C"]?["B"]?.text == " ")
    }

    @Test(
        "What is not whole or not plain is refused",
        arguments: [
            "", "text", "<A>", "<A></B>", "<A>&unknown;</A>", "<A", "<A>&#xFFFFFFFF;</A>",
            "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
            String(repeating: "<a>", count: 100_000),
        ])
    func malformed(text: String) {
        #expect(throws: XMLElement.Malformed.self) { try XMLElement(parsing: Array(text.utf8)) }
    }

    // The check values of CRC-32/ISO-HDLC and CRC-32/ISCSI in the catalogue of parametrised CRC
    // algorithms by G. Cook, for the text "123456789".
    @Test("Cyclic sums have their catalogue's check values, however a text is cut")
    func cyclicSums() {
        for (table, expected) in [
            (CyclicSum.Table.crc32, [0xCB, 0xF4, 0x39, 0x26] as [UInt8]),
            (.crc32c, [0xE3, 0x06, 0x92, 0x83]),
        ] {
            let text = Array("123456789".utf8)
            for cut in 0...text.count {
                var sum = CyclicSum(table)
                sum.add(Array(text[..<cut]))
                sum.add(Array(text[cut...]))
                #expect(sum.value == expected)
            }
        }
    }

    struct Sum: Sendable {
        let headers: [HTTPHeader]
        let isKnown: Bool
        let isRight: Bool
    }

    private static let hello = HTTPHeader("ETag", "\"5d41402abc4b2a76b9719d911017c592\"")

    // Of "hello", from the machine's md5sum, sha256sum and python's zlib.
    @Test(
        "A content is checked with what an answer tells of all of it",
        arguments: [
            Sum(headers: [hello], isKnown: true, isRight: true),
            Sum(
                headers: [HTTPHeader("x-amz-checksum-crc32", "NhCmhg==")], isKnown: true,
                isRight: true),
            Sum(
                headers: [HTTPHeader("x-amz-checksum-crc32", "NhCmhw=="), hello], isKnown: true,
                isRight: false),
            Sum(
                headers: [
                    HTTPHeader(
                        "x-amz-checksum-sha256", "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=")
                ], isKnown: true, isRight: true),
            Sum(
                headers: [HTTPHeader("x-amz-checksum-crc32", "NhCmhg==-2")], isKnown: false,
                isRight: false),
            Sum(
                headers: [
                    HTTPHeader("x-amz-checksum-crc32", "NhCmhg=="), HTTPHeader("ETag", "\"a-2\""),
                ], isKnown: false, isRight: false),
            Sum(
                headers: [
                    HTTPHeader("x-amz-checksum-crc32", "NhCmhg=="), HTTPHeader("ETag", "\"a-2\""),
                    HTTPHeader("x-amz-checksum-type", "FULL_OBJECT"),
                ], isKnown: true, isRight: true),
            Sum(
                headers: [hello, HTTPHeader("x-amz-server-side-encryption", "aws:kms")],
                isKnown: false, isRight: false),
            Sum(
                headers: [HTTPHeader("ETag", "\"5d41402abc4b2a76b9719d911017c592-2\"")],
                isKnown: false, isRight: false),
        ])
    func checksums(row: Sum) {
        let answer = HTTPAnswer(status: 200, headers: row.headers)
        let checksum = ExpectedChecksum(answer, bucket: "b")
        #expect((checksum != nil) == row.isKnown)
        #expect((checksum?.matches(Array("hello".utf8)) ?? false) == row.isRight)
    }
}
