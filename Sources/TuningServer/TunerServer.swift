import Hummingbird
import Logging
import SageMakerAPI
import ServiceLifecycle

/// Serves the API over HTTP until it is shut down; requests that are under way are answered first.
package struct TunerServer: Service {
    /// Where to listen.
    package struct Configuration: Sendable {
        /// The name or address to listen on.
        package var host = "127.0.0.1"
        /// The port; 0 takes a free one.
        package var port = 8080
        /// The account in the ARNs of new jobs.
        package var account = RequestScope.standardAccount
        /// Whether something in front of the service keeps strangers out, so that it may listen
        /// beyond loopback.
        package var isBehindProxy = false

        /// Listens on loopback.
        package init() {}

        /// Refuses to listen where strangers could come from.
        ///
        /// - Throws: `ServerError.beyondLoopback`.
        package func check() throws(ServerError) {
            guard isBehindProxy || Loopback.isHost(host) else { throw .beyondLoopback(host: host) }
        }
    }

    /// The longest body that is read, in bytes.
    package static let bodyBytesMax = 16 * 1_024 * 1_024
    /// How long a connection may be idle before it is closed, in seconds.
    private static let idleSecondsMax: Int64 = 75

    private let dispatcher: OperationDispatcher
    private let configuration: Configuration
    private let onListening: @Sendable (Int) async -> Void
    private let logger: Logger

    /// Takes what answers, and where.
    ///
    /// - Parameter onListening: Called with the port once connections are accepted.
    /// - Throws: `ServerError.beyondLoopback`.
    package init(
        _ dispatcher: OperationDispatcher, configuration: Configuration = Configuration(),
        logger: Logger, onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) throws(ServerError) {
        try configuration.check()
        self.dispatcher = dispatcher
        self.configuration = configuration
        self.onListening = onListening
        self.logger = logger
    }

    /// Serves until graceful shutdown.
    ///
    /// - Throws: When the port cannot be listened on.
    package func run() async throws {
        try await application.run()
    }

    /// The service as an application, for tests too.
    package var application: some ApplicationProtocol {
        Application(
            router: router,
            server: .http1(configuration: .init(idleTimeout: .seconds(Self.idleSecondsMax))),
            configuration: .init(
                address: .hostname(configuration.host, port: configuration.port)),
            onServerRunning: { [onListening] channel in
                await onListening(channel.localAddress?.port ?? 0)
            },
            logger: logger)
    }
}

// MARK: - Routes

extension TunerServer {
    private var router: Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        router.add(middleware: ErrorAnswers())
        router.add(middleware: RequestGuard(isOnLoopback: Loopback.isHost(configuration.host)))
        router.post("/") { [dispatcher, account = configuration.account] request, _ in
            let scope = RequestScope(
                authorization: request.headers[.authorization], account: account)
            return Response(
                await dispatcher.answer(
                    to: request.headers[.target], body: try await Self.body(of: request),
                    scope: scope))
        }
        router.get("/healthz") { _, _ in "ok\n" }
        router.get("/readyz") { [dispatcher] _, _ in
            await dispatcher.isReady
                ? Response(status: .ok, body: .init(byteBuffer: ByteBuffer(string: "ok\n")))
                : Response(status: .serviceUnavailable)
        }
        return router
    }

    private static func body(of request: Request) async throws -> [UInt8] {
        let announced = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        guard announced <= bodyBytesMax else { throw APIError.tooLarge(limit: bodyBytesMax) }
        do {
            let buffer = try await request.body.collect(upTo: bodyBytesMax)
            return Array(buffer.readableBytesView)
        } catch let error as any HTTPResponseError where error.status == .contentTooLarge {
            throw APIError.tooLarge(limit: bodyBytesMax)
        }
    }
}

/// Why the service refused to listen.
package enum ServerError: Error, Hashable, Sendable, CustomStringConvertible {
    case beyondLoopback(host: String)

    /// What is wrong and what would be right.
    package var description: String {
        switch self {
        case .beyondLoopback(let host):
            "Whoever reaches the service can run programs as its user, so it does not listen on "
                + "\(host); use 127.0.0.1, or say that a proxy in front of it keeps others out."
        }
    }
}
