import Hummingbird
import SageMakerAPI
import ServiceLifecycle

/// Has requests of the API go wrong as a plan says.
struct FaultMiddleware: RouterMiddleware {
    let injector: FaultInjector

    func handle(
        _ request: Request, context: ServiceContext,
        next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        guard request.method == .post, request.uri.path == "/" else {
            return try await next(request, context)
        }
        let operation = try? Operation(target: request.headers[.target])
        let draw = injector.decide(for: operation, key: Self.key(of: request))
        let answer: Result<Response, any Error>
        do {
            answer = .success(try await perform(request, context, draw, next))
        } catch {
            answer = .failure(error)
        }
        // The answer is late, not the operation: a client that gives up has been served.
        if let delay = draw.delay { await Self.wait(delay) }
        if draw.isLost { context.closeConnection() }
        return try answer.get()
    }

    private func perform(
        _ request: Request, _ context: ServiceContext, _ draw: FaultPlan.Draw,
        _ next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        if let refusal = draw.refusal { throw APIError(refusal) }
        guard draw.isDuplicated else { return try await next(request, context) }
        var request = request
        let body = try await TunerServer.body(of: request)
        request.body = RequestBody(buffer: ByteBuffer(bytes: body))
        _ = try? await next(request, context)
        return try await next(request, context)
    }

    /// Waits in real time, and no longer than the service runs.
    private static func wait(_ delay: Duration) async {
        try? await cancelWhenGracefulShutdown { try await Task.sleep(for: delay) }
    }

    /// The credentials that a request says it is signed with.
    private static func key(of request: Request) -> String? {
        guard let authorization = request.headers[.authorization],
            let start = authorization.firstRange(of: "Credential=")?.upperBound
        else { return nil }
        let key = authorization[start...].prefix { $0 != "/" && $0 != "," }
        return "\(key) \(request.headers[.securityToken] ?? "")"
    }
}

extension APIError {
    /// What a request is refused with for a fault, in the service's words.
    fileprivate init(_ fault: Fault) {
        switch fault {
        case .throttled: self.init("ThrottlingException", "Rate exceeded")
        case .unavailable:
            self.init(
                "ServiceUnavailable",
                "The request has failed due to a temporary failure of the server.", status: 503)
        case .expired:
            self.init(
                "ExpiredTokenException", "The security token included in the request is expired")
        case .failed, .duplicated, .lost, .delayed:
            self = .internalFailure(
                "The request processing has failed because of an unknown error.")
        }
    }
}
