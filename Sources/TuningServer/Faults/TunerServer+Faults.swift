import Hummingbird
import SageMakerAPI
import Tuning

// Faults as tests see and set them while the service runs.

extension TunerServer {
    /// Adds what has requests go wrong, and `/mock/faults`.
    func addFaults(of injector: FaultInjector, to router: Router<ServiceContext>) {
        router.add(middleware: FaultMiddleware(injector: injector))
        router.get("/mock/faults") { request, _ in
            _ = try await authorizedBody(of: request, changesSomething: false)
            return Response(injector.report)
        }
        router.put("/mock/faults") { request, _ in
            let body = try await authorizedBody(of: request, changesSomething: true)
            injector.replacePlan(with: try Self.plan(body))
            return Response(injector.report)
        }
    }

    /// The body of a request whose sender may send it.
    private func authorizedBody(
        of request: Request, changesSomething: Bool
    ) async throws -> [UInt8] {
        let claim = try access.claim(of: request)
        let body = try await Self.body(of: request)
        if let claim { try access.check(claim, body: body, changesSomething: changesSomething) }
        return body
    }

    private static func plan(_ body: [UInt8]) throws(APIError) -> FaultPlan {
        let json: JSONValue
        do {
            json = try JSONValue(parsing: body)
        } catch {
            throw .serialization("The request's body is not JSON: \(error).")
        }
        do {
            return try FaultPlan(json)
        } catch {
            throw .validation(error.description)
        }
    }
}

extension Response {
    fileprivate init(_ value: JSONValue) {
        self.init(
            status: .ok, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: value.encoded)))
    }
}
