import Backends
import EngineHTTP
import Tuning

/// Sends requests over a Unix socket or a network.
struct HTTPTransport: RESTTransport {
    /// How many requests there may be at once; slurmrestd has twenty threads for everybody.
    private static let requestCountMax = 4

    private let connection: EngineConnection
    private let turns = Turns(count: Self.requestCountMax)
    /// How long a request may take, with its answer.
    private let timeLimit: Duration

    init(address: RESTAddress, timeLimit: Duration) {
        connection =
            switch address {
            case .socket(let path): EngineConnection(socket: path)
            case .network(let url): EngineConnection(address: url)
            }
        self.timeLimit = timeLimit
    }

    func send(_ request: RESTRequest) async throws -> RESTAnswer {
        var message = EngineRequest(
            request.method, request.target, body: request.body.map { .json($0) },
            timeout: timeLimit)
        message.headers = request.headers
        message.headers["Accept"] = "application/json"
        try await turns.take()
        defer { turns.giveBack() }
        do {
            let answer = try await connection.answer(to: message)
            return RESTAnswer(status: answer.status, json: answer.json)
        } catch let error as EngineUnreachable {
            throw SlurmError("slurmrestd at \(error)")
        }
    }
}
