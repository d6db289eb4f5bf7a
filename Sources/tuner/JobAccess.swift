import AWSClient
import ArgumentParser
import Foundation
import Logging
import SageMakerAPI
import SageMakerBackend
import Stores
import Tuning
import TuningServer

/// Where a command finds its jobs: in a data directory, or at a running service.
struct JobAccess: ParsableArguments {
    @Option(help: "The data directory.") var data: String?
    @Option(help: "The address of a running service, in place of a data directory.")
    var endpoint: String?
    @Option(
        help: """
            Certificates to trust at an https endpoint, a PEM file, such as the service's own; \
            else those of AWS_CA_BUNDLE or SSL_CERT_FILE, else the system's.
            """)
    var caFile: String?
    @Flag(help: "Print JSON.") var json = false

    /// Calls an operation that only reads.
    ///
    /// - Throws: `CommandRefusal` when the operation is refused.
    func call(_ operation: String, _ request: JSONValue) async throws -> JSONValue {
        if let endpoint {
            return try await service(endpoint, key: .ofEnvironment).call(operation, request)
        }
        let assembly = try Assembly(reading: try DataDirectory(data))
        return try await OperationAccess.directory(assembly).call(operation, request)
    }

    /// Why a training job's hyperparameters were chosen; `nil` at a service, whose API has no
    /// member for it.
    func decision(ofTrainingJob name: String) async throws -> Decision? {
        guard endpoint == nil else { return nil }
        let assembly = try Assembly(reading: try DataDirectory(data))
        return try await assembly.orchestrator.reader.trainingJob(named: name)?.decision
    }

    /// Reads a listing page by page.
    func all(
        _ operation: String, _ request: [String: JSONValue], member: String, limit: Int
    ) async throws -> [JSONValue] {
        guard limit >= 1 else { throw CommandFailure("--limit \(limit) must be at least 1") }
        var request = request
        var elements: [JSONValue] = []
        while elements.count < limit {
            request["MaxResults"] = .integer(min(100, limit - elements.count))
            let page = try await call(operation, .object(request))
            elements += page[member]?.array ?? []
            guard let token = page["NextToken"] else { break }
            request["NextToken"] = token
        }
        return elements
    }

    private func service(_ endpoint: String, key: AccessKey?) -> OperationAccess {
        .service(endpoint, key: key, caFile: caFile ?? Self.caFileOfEnvironment)
    }

    private static var caFileOfEnvironment: String? {
        let environment = ProcessInfo.processInfo.environment
        return ["AWS_CA_BUNDLE", "SSL_CERT_FILE"].compactMap { environment[$0] }
            .first { !$0.isEmpty }
    }

    /// Calls an operation that changes a tuning job.
    ///
    /// Where a service is using the data directory, it is the one that is asked. Where none is, the
    /// change is made here, and what it sets off runs to its end.
    func change(_ operation: String, _ request: JSONValue, of name: String) async throws
        -> JSONValue
    {
        if let endpoint {
            return try await service(endpoint, key: .ofEnvironment).call(operation, request)
        }
        let directory = try DataDirectory(data)
        // Opened for writing, a directory without a store would get one.
        _ = try Assembly(reading: directory)
        let assembly: Assembly
        do {
            assembly = try await Assembly(
                Settings(), directory: directory, logger: .standardError(level: .error),
                recovers: { $0.kind == .tuning && $0.name.lowercased() == name.lowercased() })
        } catch StoreError.locked {
            guard let endpoint = directory.endpoint else {
                throw CommandFailure(
                    "'\(directory.path)' is used by a run; interrupt that one instead")
            }
            return try await service(endpoint, key: directory.accessKey).call(operation, request)
        }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await assembly.orchestrator.run() }
            defer { group.cancelAll() }
            let answer = try await OperationAccess.directory(assembly).call(operation, request)
            await assembly.orchestrator.finishRunning()
            return answer
        }
    }
}

/// A way to call the operations of the API.
enum OperationAccess {
    /// A running service, at an address that begins with `http://` or `https://`, and the key that
    /// requests to it are signed with; and the file of the certificates to trust, where it is not
    /// the system's.
    case service(String, key: AccessKey?, caFile: String?)
    /// A data directory, opened by this process.
    case directory(Assembly)

    /// Calls an operation.
    ///
    /// - Throws: `CommandRefusal` when it is refused.
    func call(_ operation: String, _ request: JSONValue) async throws -> JSONValue {
        switch self {
        case .service(let endpoint, let key, let caFile):
            guard endpoint.hasPrefix("http://") || endpoint.hasPrefix("https://") else {
                throw CommandFailure(
                    "the endpoint '\(endpoint)' must begin with http:// or https://")
            }
            guard let url = URL(string: endpoint), url.host() != nil else {
                throw CommandFailure("the endpoint '\(endpoint)' names no host")
            }
            let region = ProcessInfo.processInfo.environment["AWS_REGION"]
            do {
                let client = SignedClient(
                    try NetworkTransport(caFile: caFile),
                    credentials: key.map { FixedCredentials($0) },
                    region: region ?? RequestScope.standardRegion,
                    service: SignatureVerifier.service)
                return try await SageMakerClient(endpoint: url, client).call(operation, request)
            } catch let error as APIError {
                throw CommandRefusal(code: error.code, message: error.message)
            } catch let error as CertificateFileError {
                throw CommandFailure(error.description)
            } catch {
                throw CommandFailure("no answer from \(endpoint): \(error.oneLine)")
            }
        case .directory(let assembly):
            let dispatcher = OperationDispatcher(
                orchestrator: assembly.orchestrator, checkImage: assembly.checkImage,
                logger: assembly.logger)
            let answer = await dispatcher.answer(
                to: "SageMaker.\(operation)", body: request.encoded, scope: assembly.scope)
            let value = try answer.body.isEmpty ? [:] : JSONValue(parsing: answer.body)
            guard answer.status < 300 else {
                throw CommandRefusal(
                    code: value["__type"]?.string ?? "", message: value["message"]?.string ?? "")
            }
            return value
        }
    }
}

extension AccessKey {
    /// The key of the environment variables that AWS's own programs read.
    fileprivate static var ofEnvironment: AccessKey? {
        let environment = ProcessInfo.processInfo.environment
        guard let id = environment["AWS_ACCESS_KEY_ID"], !id.isEmpty,
            let secret = environment["AWS_SECRET_ACCESS_KEY"], !secret.isEmpty
        else { return nil }
        let token = environment["AWS_SESSION_TOKEN"].flatMap { $0.isEmpty ? nil : $0 }
        return AccessKey(id: id, secret: secret, sessionToken: token)
    }
}

extension DataDirectory {
    /// A key of the service that uses the directory, where it has any: whoever may read its file
    /// may do everything.
    fileprivate var accessKey: AccessKey? {
        let keys = try? AccessKeyFile(dataDirectory: url).keys()
        return keys?.first { !$0.isReadOnly }?.accessKey
    }
}

/// An operation that was refused.
struct CommandRefusal: Error, CustomStringConvertible {
    let code: String
    let message: String

    var description: String { message }

    /// Whether the name that was asked for is the reason.
    var isAboutName: Bool { code == "ResourceNotFound" || code == "ValidationException" }
}
