import ArgumentParser
import Foundation
import Logging
import ServiceLifecycle
import Tuning
import TuningServer

/// Serves SageMaker's tuning API.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve SageMaker's tuning API on this machine.")

    @Option(help: "A settings file, in YAML or JSON.") var config: String?
    @Option(help: "The address to listen on.") var host: String?
    @Option(help: "The port to listen on; 0 takes a free one.") var port: Int?
    @Option(help: "The data directory.") var data: String?
    @Option(help: "The certificate for TLS, a PEM file.") var tlsCertificate: String?
    @Option(help: "The certificate's private key, a PEM file.") var tlsKey: String?
    @Flag(help: "Trust that a proxy does TLS and passes the Host header on; needs access keys.")
    var behindProxy = false
    @Option(
        help: """
            What runs training jobs that no route sends elsewhere: local, sagemaker, a backend of \
            the settings, or mock, which simulates them all.
            """)
    var backend: String?
    @Option(help: "What to log: debug, info, warning or error.") var logLevel = Logger.Level.info
    @Option(help: "How to log: text, or json with an object a line.")
    var logFormat: Settings.LogFormat?

    /// How long clients that are slow to send or to read may hold up the shutdown.
    private static let shutdownTimeMax = Duration.seconds(10)

    func run() async throws {
        let settings = try settings()
        let directory = try DataDirectory(settings.dataDirectory)
        // Whoever reads the log may go away; that is no reason to stop serving.
        signal(SIGPIPE, SIG_IGN)
        let logger = Logger.standardError(level: logLevel, format: settings.logFormat)
        let keys = try Self.keys(directory, logger)
        var configuration = try Self.configuration(settings, keys: keys)
        let assembly = try await Assembly(settings, directory: directory, logger: logger)
        configuration.metrics = assembly.metrics
        defer { try? FileManager.default.removeItem(at: directory.endpointFile) }
        let logs = TrainingLogs(directory: directory)
        configuration.logs = { try logs.piece(of: $0, after: $1) }
        let server = try Self.server(configuration, keys, assembly)
        Self.warn(about: keys, settings, logger)
        Self.warn(aboutMock: settings, logger)
        // The last is shut down first.
        var members: [any Service] = [assembly.orchestrator, server]
        members.append(BackendWatch(orchestrator: assembly.orchestrator, logger: logger))
        if let notifier = try assembly.notifier() { members.insert(notifier, at: 0) }
        var services = ServiceGroupConfiguration(
            services: members,
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        services.maximumGracefulShutdownDuration = Self.shutdownTimeMax
        let group = ServiceGroup(configuration: services)
        do {
            try await group.run()
        } catch {
            throw CommandFailure(
                "cannot serve on \(settings.host):\(settings.port): \(error.oneLine)")
        }
    }

    private static func configuration(
        _ settings: Settings, keys: AccessKeys
    ) throws(CommandFailure) -> TunerServer.Configuration {
        var configuration = TunerServer.Configuration()
        configuration.host = settings.host
        configuration.port = settings.port
        configuration.account = settings.account
        configuration.isBehindProxy = settings.behindProxy
        configuration.faults = try faults(settings)
        if settings.tls.isOn {
            configuration.tls = TLSFiles(
                certificate: settings.tls.certificate, privateKey: settings.tls.privateKey)
        }
        do {
            try configuration.check(hasKeys: !keys.isOpen)
        } catch {
            throw CommandFailure(error.description)
        }
        return configuration
    }

    /// What has requests go wrong; `nil` where nothing is simulated.
    private static func faults(_ settings: Settings) throws(CommandFailure) -> FaultInjector? {
        guard settings.isMock else { return nil }
        do throws(SettingsError) {
            return FaultInjector(try settings.mock.faultPlan)
        } catch {
            throw CommandFailure(error.description)
        }
    }

    private static func keys(
        _ directory: DataDirectory, _ logger: Logger
    ) throws(CommandFailure) -> AccessKeys {
        do {
            return try AccessKeys(AccessKeyFile(dataDirectory: directory.url), logger: logger)
        } catch {
            throw CommandFailure(error.description)
        }
    }

    /// Says what it means to serve without keys, and that revoked keys are not the same.
    private static func warn(about keys: AccessKeys, _ settings: Settings, _ logger: Logger) {
        if keys.current?.isEmpty == true {
            logger.warning(
                """
                All access keys are revoked: every request is refused; `tuner keys create` makes \
                a key, and without the file keys.json the service is open after a restart
                """)
        }
        // Who simulates everything runs nothing.
        guard keys.isOpen, !settings.isMock else { return }
        logger.warning(
            """
            There are no access keys: every user of this machine can call the service, and so \
            run programs as its user; `tuner keys create` makes a key
            """)
    }

    /// Says that nothing is run, and that requests will go wrong.
    private static func warn(aboutMock settings: Settings, _ logger: Logger) {
        guard settings.isMock else { return }
        logger.notice("Every training job is simulated; no program is run")
        if (try? settings.mock.faultPlan.isEmpty) == false {
            let plan = String(decoding: settings.mock.faults.encoded, as: UTF8.self)
            logger.warning(
                "Requests go wrong, as mock.faults says", metadata: ["faults": "\(plan)"])
        }
    }

    private static func server(
        _ configuration: TunerServer.Configuration, _ keys: AccessKeys, _ assembly: Assembly
    ) throws -> TunerServer {
        let isMock = assembly.settings.isMock
        let dispatcher = OperationDispatcher(
            orchestrator: assembly.orchestrator, checkImage: assembly.checkImage,
            now: assembly.backends.time.now,
            quotas: isMock ? assembly.settings.mock.quotas : InstanceQuotas(),
            logger: assembly.logger)
        return try TunerServer(
            dispatcher, configuration: configuration, keys: keys, logger: assembly.logger
        ) { port in
            let scheme = configuration.tls == nil ? "http" : "https"
            let endpoint = "\(scheme)://\(configuration.host.urlHost):\(port)"
            try? endpoint.write(
                to: assembly.directory.endpointFile, atomically: true, encoding: .utf8)
            print("tuner: listening on \(endpoint)")
            fflush(nil)
        }
    }

    private func settings() throws -> Settings {
        var settings = try config.map { try Settings(file: $0) } ?? Settings()
        if let host { settings.host = host }
        if let port { settings.port = port }
        if let data { settings.dataDirectory = data }
        if let tlsCertificate { settings.tls.certificate = tlsCertificate }
        if let tlsKey { settings.tls.privateKey = tlsKey }
        if let logFormat { settings.logFormat = logFormat }
        if behindProxy { settings.behindProxy = true }
        if let backend { settings.backend = backend }
        do throws(SettingsError) {
            try settings.check()
            try settings.checkMockAlone()
        } catch {
            throw CommandFailure(error.description)
        }
        return settings
    }
}

extension String {
    /// The host as it stands in a URL: an IPv6 address has brackets.
    fileprivate var urlHost: String { contains(":") ? "[\(self)]" : self }
}
