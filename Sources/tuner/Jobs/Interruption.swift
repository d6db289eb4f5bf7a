import Dispatch
import Foundation

/// The signals that ask this process to come to an end.
enum Interruption {
    /// SIGINT and SIGTERM as they come; from now on they do not end the process by themselves.
    static func signals() -> AsyncStream<Int32> {
        AsyncStream { continuation in
            for number in [SIGINT, SIGTERM] {
                signal(number, SIG_IGN)
                // Lives as long as the process: after the first signal there is no way back.
                let source = DispatchSource.makeSignalSource(signal: number)
                source.setEventHandler { continuation.yield(number) }
                source.resume()
                _ = Unmanaged.passRetained(source as AnyObject)
            }
        }
    }
}
