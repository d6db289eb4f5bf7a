import AWSClient
import ArgumentParser
import Foundation
import Logging
import SageMakerAPI
import Stores
import Tuning
import TuningServer

/// Where a command finds its jobs: in a data directory, or at a running service.
struct JobAccess: ParsableArguments {
    @Option(help: "The data directory.") var data: String?
    @Option(
        help: """
            The address of a running service, in place of a data directory; requests are signed \
            with the credentials that the aws program would use.
            """)
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
        try await reading().call(operation, request)
    }

    private func reading() async throws -> OperationAccess {
        if let endpoint {
            return .service(try await ServiceAccess(endpoint, caFile: caFile))
        }
        return .directory(try Assembly(reading: try DataDirectory(data)))
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
        let access = try await reading()
        var request = request
        var elements: [JSONValue] = []
        while elements.count < limit {
            request["MaxResults"] = .integer(min(100, limit - elements.count))
            let page = try await access.call(operation, .object(request))
            elements += page[member]?.array ?? []
            guard let token = page["NextToken"] else { break }
            request["NextToken"] = token
        }
        return elements
    }

    /// Calls an operation that changes a tuning job.
    ///
    /// Where a service is using the data directory, it is the one that is asked. Where none is, the
    /// change is made here, and what it sets off runs to its end.
    func change(_ operation: String, _ request: JSONValue, of name: String) async throws
        -> JSONValue
    {
        if let endpoint {
            return try await ServiceAccess(endpoint, caFile: caFile).call(operation, request)
        }
        let directory = try DataDirectory(data)
        // Opened for writing, a directory without a store would get one.
        _ = try Assembly(reading: directory)
        var settings = directory.lastSettings ?? Settings()
        settings.dataDirectory = directory.path
        let assembly: Assembly
        do {
            assembly = try await Assembly(
                settings, directory: directory, logger: .standardError(level: .error),
                recovers: { $0.kind == .tuning && $0.name.lowercased() == name.lowercased() })
        } catch StoreError.locked {
            guard let endpoint = directory.endpoint else {
                throw CommandFailure(
                    "'\(directory.path)' is used by a run; interrupt that one instead")
            }
            return try await ServiceAccess(endpoint, key: directory.accessKey, caFile: caFile)
                .call(operation, request)
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
    /// A running service.
    case service(ServiceAccess)
    /// A data directory, opened by this process.
    case directory(Assembly)

    /// Calls an operation.
    ///
    /// - Throws: `CommandRefusal` when it is refused.
    func call(_ operation: String, _ request: JSONValue) async throws -> JSONValue {
        switch self {
        case .service(let service):
            return try await service.call(operation, request)
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
