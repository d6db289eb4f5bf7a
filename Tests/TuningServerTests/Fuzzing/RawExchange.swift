import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What came back over a TCP connection on loopback that bytes were sent over as they are.
struct RawExchange: Sendable {
    /// How the sender's side ends once everything is sent.
    enum Ending: Sendable {
        /// It stays open and waits for the other side to close.
        case waiting
        /// It says that nothing more will come.
        case halfClosed
        /// It is gone at once.
        case aborted
    }

    /// The longest wait for anything.
    private static let secondsMax = 20

    /// Everything that came back.
    var received: [UInt8] = []
    /// Whether the other side closed the connection.
    var isClosed = false

    /// Sends pieces with a moment between them, and reads until the other side closes.
    static func perform(
        port: Int, _ pieces: [[UInt8]], ending: Ending
    ) async -> RawExchange {
        await withCheckedContinuation { continuation in
            // Blocks its thread, which must not be one of those that tasks share.
            Thread.detachNewThread {
                continuation.resume(returning: blocking(port: port, pieces, ending: ending))
            }
        }
    }

    private static func blocking(
        port: Int, _ pieces: [[UInt8]], ending: Ending
    ) -> RawExchange {
        var exchange = RawExchange()
        #if canImport(Darwin)
            let stream = SOCK_STREAM
        #else
            let stream = Int32(SOCK_STREAM.rawValue)
        #endif
        let descriptor = socket(AF_INET, stream, 0)
        guard descriptor >= 0 else { return exchange }
        defer { close(descriptor) }
        var timeout = timeval(tv_sec: secondsMax, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(
                descriptor, SOL_SOCKET, option, &timeout, socklen_t(MemoryLayout<timeval>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { return exchange }
        for (index, piece) in pieces.enumerated() {
            if index > 0 { usleep(1_000) }
            // The other side may have refused and closed already.
            guard write(piece, to: descriptor) else { break }
        }
        switch ending {
        case .waiting: break
        case .halfClosed: shutdown(descriptor, Int32(SHUT_WR))
        case .aborted:
            var immediately = linger(l_onoff: 1, l_linger: 0)
            setsockopt(
                descriptor, SOL_SOCKET, SO_LINGER, &immediately,
                socklen_t(MemoryLayout<linger>.size))
            exchange.isClosed = true
            return exchange
        }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else {
                // A reset is an end too; only running out of time is none.
                exchange.isClosed = count == 0 || (errno != EAGAIN && errno != EWOULDBLOCK)
                return exchange
            }
            exchange.received += buffer[..<count]
        }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { pointer in
                send(descriptor, pointer.baseAddress, pointer.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// The statuses of the answers that came back, in order.
    var statuses: [Int] {
        String(decoding: received, as: UTF8.self)
            .matches(of: #/HTTP/1\.1 (\d{3}) /#)
            .compactMap { Int($0.1) }
    }
}
