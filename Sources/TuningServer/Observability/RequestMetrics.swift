import Hummingbird
import Metrics
import SageMakerAPI
import Synchronization

/// Counts the requests of the API by operation and by what they are answered with, and times them.
final class RequestMetrics: RouterMiddleware {
    /// What a request is counted with that was done.
    private static let doneCode = "OK"

    fileprivate struct Key: Hashable {
        let operation: SageMakerAPI.Operation?
        let code: String
    }

    fileprivate struct State {
        var counters: [Key: Counter] = [:]
        var recorders: [SageMakerAPI.Operation?: Recorder] = [:]
    }

    private let factory: any MetricsFactory
    private let state = Mutex(State())

    /// Records to a factory.
    init(_ factory: any MetricsFactory) {
        self.factory = factory
    }

    func handle(
        _ request: Request, context: ServiceContext,
        next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        guard request.method == .post, request.uri.path == "/" else {
            return try await next(request, context)
        }
        let operation = try? Operation(target: request.headers[.target])
        let start = ContinuousClock.now
        do {
            var response = try await next(request, context)
            let code = response.headers[.outcome]
            response.headers[.outcome] = nil
            record(operation, code ?? Self.doneCode, since: start)
            return response
        } catch {
            record(operation, (error as? APIError)?.code ?? "InternalFailure", since: start)
            throw error
        }
    }

    /// Records one request.
    func record(
        _ operation: SageMakerAPI.Operation?, _ code: String, since start: ContinuousClock.Instant
    ) {
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let (counter, recorder) = state.withLock { state in
            (
                state.counter(Key(operation: operation, code: code), factory),
                state.recorder(operation, factory)
            )
        }
        counter.increment()
        recorder.record(seconds)
    }
}

extension RequestMetrics.State {
    fileprivate mutating func counter(
        _ key: RequestMetrics.Key, _ factory: any MetricsFactory
    ) -> Counter {
        if let known = counters[key] { return known }
        let made = Counter(
            label: "tuner_requests_total",
            dimensions: [("operation", key.operation.label), ("code", key.code)],
            factory: factory)
        counters[key] = made
        return made
    }

    fileprivate mutating func recorder(
        _ operation: SageMakerAPI.Operation?, _ factory: any MetricsFactory
    ) -> Recorder {
        if let known = recorders[operation] { return known }
        let made = Recorder(
            label: "tuner_request_seconds", dimensions: [("operation", operation.label)],
            factory: factory)
        recorders[operation] = made
        return made
    }
}

extension SageMakerAPI.Operation? {
    fileprivate var label: String { self?.rawValue ?? "Unknown" }
}
