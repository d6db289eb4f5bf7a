import Foundation
import Hummingbird
import HummingbirdTLS
import Logging
import NIOSSL
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
        /// What TLS needs; without it requests come in the clear.
        package var tls: TLSFiles?
        /// Whether a proxy in front of the service does TLS.
        package var isBehindProxy = false
        /// Has requests go wrong, for tests; `nil` where that cannot be asked for.
        package var faults: FaultInjector?
        /// Keeps what is recorded, and what `GET /metrics` shows.
        package var metrics = PrometheusRegistry()
        /// Reads what training jobs printed; `nil` where nobody can.
        package var logs: TrainingLogSource?

        /// Listens on loopback.
        package init() {}
    }

    /// The longest body that is read, in bytes.
    package static let bodyBytesMax = 16 * 1_024 * 1_024
    /// How long a connection may be idle before it is closed, in seconds.
    private static let idleSecondsMax: Int64 = 75

    private let dispatcher: OperationDispatcher
    let access: AccessControl
    let dashboard: Dashboard
    private let audit: AuditLog
    private let configuration: Configuration
    private let tls: TLSConfiguration?
    private let onListening: @Sendable (Int) async -> Void
    private let logger: Logger

    /// Takes what answers, and where.
    ///
    /// - Parameters:
    ///   - keys: The keys that requests are signed with; without any, loopback is open.
    ///   - now: The clock that signatures are held against.
    ///   - onListening: Called with the port once connections are accepted.
    /// - Throws: `ServerError`.
    package init(
        _ dispatcher: OperationDispatcher, configuration: Configuration = Configuration(),
        keys: AccessKeys? = nil, now: @escaping @Sendable () -> Date = { Date() },
        logger: Logger, onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) throws(ServerError) {
        try configuration.check(hasKeys: keys?.isOpen == false)
        self.dispatcher = dispatcher
        self.access = AccessControl(keys: keys, verifier: SignatureVerifier(now: now))
        dashboard = Dashboard(
            dispatcher,
            access: DashboardAccess(
                control: access, isSecure: configuration.isReachedOverTLS, now: now),
            logs: configuration.logs,
            addressOf: { configuration.address(of: $0, $1) }, logger: logger)
        self.audit = AuditLog(logger: logger)
        self.configuration = configuration
        self.tls = try configuration.tls?.configuration()
        self.onListening = onListening
        self.logger = logger
        collectFigures(for: configuration.metrics, of: dispatcher)
    }

    /// Serves until graceful shutdown.
    ///
    /// - Throws: When the port cannot be listened on.
    package func run() async throws {
        try await application.run()
    }

    /// The service as an application, for tests too.
    ///
    /// - Throws: When TLS cannot be set up.
    package var application: some ApplicationProtocol {
        get throws {
            Application(
                router: router,
                server: try tls.map { tls in
                    try .tls(
                        .http1(configuration: .init(idleTimeout: .seconds(Self.idleSecondsMax))),
                        tlsConfiguration: tls)
                } ?? .http1(configuration: .init(idleTimeout: .seconds(Self.idleSecondsMax))),
                configuration: .init(
                    address: .hostname(configuration.host, port: configuration.port)),
                onServerRunning: { [onListening] channel in
                    await onListening(channel.localAddress?.port ?? 0)
                },
                logger: logger)
        }
    }
}

extension TunerServer.Configuration {
    /// Refuses to listen where strangers could come from, and with TLS that cannot work.
    ///
    /// - Parameter hasKeys: Whether requests must be signed.
    /// - Throws: `ServerError`.
    package func check(hasKeys: Bool) throws(ServerError) {
        if isBehindProxy || !Loopback.isHost(host) {
            switch (hasKeys, tls != nil || isBehindProxy) {
            case (true, true): break
            case (true, false): throw .withoutTLS(host: host)
            case (false, true): throw .withoutKeys(host: host)
            case (false, false): throw .beyondLoopback(host: host)
            }
        }
        _ = try tls?.configuration()
    }

    /// Whether clients come over TLS.
    var isReachedOverTLS: Bool { tls != nil || isBehindProxy }

    /// Where a request comes from: what the proxy says, if there is one, else the connection.
    func address(of request: Request, _ context: ServiceContext) -> String? {
        guard isBehindProxy, let forwarded = request.headers[values: .forwardedFor].last
        else { return context.address }
        // Each proxy appends what it saw; only the last one is ours.
        return forwarded.split(separator: ",").last.map { String($0.filter { $0 != " " }) }
    }
}

// MARK: - Routes

extension TunerServer {
    private var router: Router<ServiceContext> {
        let router = Router(
            context: ServiceContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: ErrorAnswers())
        router.add(middleware: RequestMetrics(configuration.metrics))
        router.add(
            middleware: RequestGuard(
                isOnLoopback: Loopback.isHost(configuration.host) && !configuration.isBehindProxy,
                scheme: configuration.isReachedOverTLS ? "https" : "http"))
        if let faults = configuration.faults { addFaults(of: faults, to: router) }
        router.post("/") { request, context in try await perform(request, context) }
        addMetrics(configuration.metrics, to: router)
        router.get("/healthz") { _, _ in "ok\n" }
        router.get("/readyz") { [dispatcher] _, _ in
            await dispatcher.isReady
                ? Response(status: .ok, body: .init(byteBuffer: ByteBuffer(string: "ok\n")))
                : Response(status: .serviceUnavailable)
        }
        addDashboard(to: router)
        return router
    }

    /// Performs the operation that a request asks for, if its sender may.
    private func perform(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let target = request.headers[.target]
        var sender = RequestSender(
            address: configuration.address(of: request, context), requestID: context.requestID)
        let body: [UInt8]
        do {
            let claim = try access.claim(of: request)
            body = try await Self.body(of: request)
            if let claim {
                try access.check(claim, body: body, target: target)
                sender.keyID = claim.keyID
            }
        } catch let error as APIError {
            if let operation = try? Operation(target: target) {
                audit.record(operation, nil, by: sender, refusal: error)
            }
            throw error
        }
        let scope = RequestScope(
            authorization: request.headers[.authorization], account: configuration.account)
        let answer = await dispatcher.answer(
            to: target, body: body, scope: scope, sender: sender)
        var response = Response(answer)
        response.headers[.outcome] = answer.code
        return response
    }

    /// The whole body of a request.
    ///
    /// - Throws: `RequestEntityTooLargeException`.
    static func body(of request: Request) async throws -> [UInt8] {
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
