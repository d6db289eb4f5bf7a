import EngineHTTP
import Foundation
import Testing
import Tuning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("The way to an engine")
struct EngineConnectionTests {
    /// What a request is refused with that nobody answers.
    private func silence(
        of connection: EngineConnection, timeout: Duration? = .seconds(60)
    ) async throws -> String {
        let error = await #expect(throws: EngineUnreachable.self) {
            try await connection.answer(to: EngineRequest("GET", "/x", timeout: timeout))
        }
        return try #require(error).description
    }

    /// A port of this machine to which connections can be made, and where nothing is ever said.
    private struct DeafPort: ~Copyable {
        let descriptor: Int32
        let number: UInt16

        init(listens: Bool) throws {
            #if canImport(Glibc)
                descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            #else
                descriptor = socket(AF_INET, SOCK_STREAM, 0)
            #endif
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let descriptor = descriptor
            let isBound = withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
                }
            }
            number = UInt16(bigEndian: address.sin_port)
            try #require(isBound && (!listens || listen(descriptor, 8) == 0))
        }

        deinit { close(descriptor) }
    }

    @Test("Nobody at a socket or a port is said in words")
    func nobody() async throws {
        let path = "/tmp/tuner-\(UUID().uuidString).sock"
        #expect(
            try await silence(of: EngineConnection(socket: path))
                == "\(path) does not answer: No such file or directory")
        let port = try DeafPort(listens: false)
        let address = "http://127.0.0.1:\(port.number)"
        let connection = EngineConnection(address: URL(string: "\(address)/")!)
        #expect(
            try await silence(of: connection) == "\(address) does not answer: Connection refused")
    }

    @Test("An engine that says nothing is waited for as long as the request says")
    func deafness() async throws {
        let port = try DeafPort(listens: true)
        let address = "http://127.0.0.1:\(port.number)"
        let connection = EngineConnection(address: URL(string: address)!)
        let words = try await silence(of: connection, timeout: .milliseconds(50))
        #expect(words == "\(address) did not answer in 0.05 seconds")
    }

    @Test("A file without certificates is refused by its name")
    func certificates() throws {
        let address = try #require(URL(string: "https://127.0.0.1"))
        let error = #expect(throws: CertificateError.self) {
            try EngineConnection(address: address, caFile: "/nowhere.pem")
        }
        #expect(error?.description == "'/nowhere.pem' holds no certificate in PEM form")
    }

    @Test("What a query says is encoded, in the order of its names, behind prefix and path")
    func target() {
        var request = EngineRequest("GET", "/x", query: ["b": "1 2", "a": "ä/"])
        #expect(request.target == "/x?a=%C3%A4%2F&b=1%202")
        request.prefix = "/v1.41"
        request.query = [:]
        #expect(request.target == "/v1.41/x")
    }
}
