import Tuning

/// Makes what badly written, broken and hostile clients send.
struct ConnectionDamage {
    private static let oddLines = [
        "GET / HTTP/1.1", "POST / HTTP/1.0", "POST / HTTP/3.7", "POST /", "post / HTTP/1.1",
        "POST /../.. HTTP/1.1", "POST /%00 HTTP/1.1", "POST /%zz?%=&&= HTTP/1.1",
        "\u{0} / HTTP/1.1",
        "POST http://evil.example/ HTTP/1.1", "PRI * HTTP/2.0",
    ]

    private static let oddHeaders = [
        "Content-Length: 0", "Content-Length: -1", "Content-Length: 99999999999999999999",
        "Content-Length: 17000000", "Content-Length: 3, 3", "Content-Length: x",
        "Transfer-Encoding: chunked", "Transfer-Encoding: gzip, chunked", "Expect: 100-continue",
        "Host: evil.example", "Upgrade: h2c\r\nConnection: upgrade", "X-Amz-Target: \u{0}",
        "X-Amz-Target: SageMaker.", "X-Amz-Target: SageMaker.CreateTrainingJob",
        "Authorization: AWS4-HMAC-SHA256 Credential=a/b/c/d/e", "Content-Type: text/plain",
        "Content-Type: application/json; charset=utf-16", "Content-Encoding: gzip", ": empty",
        "No-Colon", " Folded: yes", "Ünïcode: ü", "Cookie: a=b", "Accept-Encoding: *;q=NaN",
        "X-Long: \(String(repeating: "x", count: 100_000))",
    ]

    var random: SeededGenerator
    private var bodies: RequestDamage

    init(random: SeededGenerator) {
        self.random = random
        bodies = RequestDamage(random: random)
    }

    /// The pieces in which one client sends its bytes, and how it ends.
    mutating func damaged(name: String) -> (pieces: [[UInt8]], ending: RawExchange.Ending) {
        var bytes: [UInt8] = []
        for number in 0..<(random.chance(0.1) ? 8 : 1) {
            bytes += request(name: "\(name)-\(number)")
        }
        if random.chance(0.15) {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            bytes[place] = UInt8.random(in: 0...255, using: &random)
        }
        if random.chance(0.2) {
            bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
        }
        if random.chance(0.2) { return (pieces(of: bytes), .aborted) }
        // Only who says that nothing more comes may expect to be told the end.
        return (pieces(of: bytes), .halfClosed)
    }

    private mutating func request(name: String) -> [UInt8] {
        let creation = Requests.trainingJob(name)
        let body = random.chance(0.5) ? creation.encoded : bodies.damaged(creation)
        let line = random.chance(0.1) ? random.pick(Self.oddLines) : "POST / HTTP/1.1"
        var headers = [
            "Host: localhost", "X-Amz-Target: SageMaker.CreateTrainingJob",
            "Content-Type: application/x-amz-json-1.1", "Content-Length: \(body.count)",
        ]
        if random.chance(0.15) { headers.append(random.pick(headers)) }
        if random.chance(0.15) { headers.remove(at: Int.random(in: 0..<4, using: &random)) }
        if random.chance(0.3) {
            let place = Int.random(in: 0...headers.count, using: &random)
            headers.insert(random.pick(Self.oddHeaders), at: place)
        }
        if random.chance(0.02) {
            headers += (0..<2_000).map { "X-\($0): \($0)" }
        }
        let end = random.chance(0.05) ? "\n" : "\r\n"
        return Array(([line] + headers + ["", ""]).joined(separator: end).utf8) + body
    }

    private mutating func pieces(of bytes: [UInt8]) -> [[UInt8]] {
        guard random.chance(0.3), bytes.count > 1 else { return [bytes] }
        let count = Int.random(in: 2...10, using: &random)
        let length = max(1, bytes.count / count)
        return stride(from: 0, to: bytes.count, by: length).map {
            Array(bytes[$0..<min($0 + length, bytes.count)])
        }
    }
}
