import Hummingbird
import Logging
import SageMakerAPI

/// Makes every refusal an answer that clients of the API can read, and names each request.
struct ErrorAnswers: RouterMiddleware {
    func handle(
        _ request: Request, context: ServiceContext,
        next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch let error as APIError {
            response = Response(.init(error))
        } catch let error as HTTPError where error.status.code < 500 {
            let text = "\(request.method) \(request.uri.path) is not part of this service."
            response = Response(
                .init(APIError("UnknownOperationException", text, status: error.status.code)))
        }
        response.headers[.requestID] = context.requestID
        return response
    }
}

extension Response {
    /// An answer of the API.
    init(_ answer: OperationDispatcher.Answer) {
        self.init(
            status: .init(code: answer.status),
            headers: [.contentType: "application/x-amz-json-1.1"],
            body: .init(byteBuffer: ByteBuffer(bytes: answer.body)))
    }
}
