import Hummingbird
import Logging
import SageMakerAPI
import Tuning

/// Gives every answer of the dashboard the headers that protect it, and every error a page.
struct DashboardResponses: RouterMiddleware {
    /// Nothing but this service's own styles, scripts and pictures; no page may be part of another.
    static let contentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

    let logger: Logger

    func handle(
        _ request: Request, context: ServiceContext,
        next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch let error as DashboardRefusal {
            response = Self.answer(error, to: request)
        } catch StoreError.invalidPageToken {
            response = Self.answer(.damagedAddress, to: request)
        } catch StoreError.notFound {
            response = Self.answer(.deletedMeanwhile, to: request)
        } catch let error as APIError where error.status < 500 {
            response = Self.answer(error, to: request)
        } catch let error as any HTTPResponseError {
            throw error
        } catch {
            logger.error(
                "Page failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
            response = Self.answer(
                .internalFailure("The service could not answer; its log says why."), to: request)
        }
        Self.protect(&response)
        return response
    }

    /// Adds the headers that an answer does not have already.
    private static func protect(_ response: inout Response) {
        let headers: [(HTTPFields.Element.Name, String)] = [
            (.contentSecurityPolicy, contentPolicy), (.xContentTypeOptions, "nosniff"),
            // With less, browsers would not say where forms come from.
            (.referrerPolicy, "same-origin"), (.cacheControl, "no-store"),
            (.frameOptions, "DENY"), (.resourcePolicy, "same-origin"),
            (.openerPolicy, "same-origin"),
        ]
        for (name, value) in headers where response.headers[name] == nil {
            response.headers[name] = value
        }
    }

    private static func answer(_ refusal: DashboardRefusal, to request: Request) -> Response {
        guard request.accepts("text/html") else {
            return Response(
                .init(
                    APIError(
                        refusal.status == .notFound ? "ResourceNotFound" : "ValidationException",
                        refusal.text, status: refusal.status.code)))
        }
        return Response("message", MessageView(refusal), status: refusal.status)
    }

    private static func answer(_ error: APIError, to request: Request) -> Response {
        guard request.accepts("text/html") else { return Response(.init(error)) }
        let refusal = DashboardRefusal(
            status: .init(code: error.status), title: "That did not work", text: error.message)
        return answer(refusal, to: request)
    }
}

/// A page that says one thing.
struct MessageView {
    let frame: FrameView
    let text: String

    init(_ refusal: DashboardRefusal) {
        frame = FrameView(title: refusal.title, section: nil, visitor: nil)
        text = refusal.text
    }
}

extension Request {
    /// Whether whoever asks says to understand a type.
    func accepts(_ type: String) -> Bool {
        headers[values: .accept].contains { $0.contains(type) }
    }
}
