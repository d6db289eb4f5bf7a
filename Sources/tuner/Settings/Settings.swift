import Foundation
import Notifications
import SageMakerAPI
import Tuning

/// The daemon's settings: what `Config/tuner.yaml` holds, every one with its default.
struct Settings: Codable, Equatable {
    /// The address to listen on.
    var host = "127.0.0.1"
    /// The port to listen on; 0 takes a free one.
    var port = 8080
    /// What TLS needs; both or neither.
    var tls = TLS()
    /// Whether a proxy in front of the service does TLS.
    var behindProxy = false
    /// Where everything is kept.
    var dataDirectory = DataDirectory.standardPath
    /// The name of the backend that runs what no route sends elsewhere: a kind of backend, or one
    /// of `backends`.
    var backend = BackendKind.local.rawValue
    /// Further backends by name: a `type`, and what differs from the settings of that kind.
    var backends: [String: JSONValue] = [:]
    /// Which training jobs other backends run.
    var routes: [Route] = []
    /// The account in ARNs: twelve digits.
    var account = "123456789012"
    /// The region in ARNs of requests that name none.
    var region = "us-east-1"
    /// How local processes run.
    var local = Local()
    /// How simulated training jobs run, and what goes wrong with requests.
    var mock = Mock()
    /// The service that runs training jobs where the backend is `sagemaker`.
    var sagemaker = SageMaker()
    /// How training jobs run on a cluster where the backend is `slurm`.
    var slurm = Slurm()
    /// How containers run where the backend is `container`.
    var container = Container()
    /// The Ray cluster that runs training jobs where the backend is `ray`.
    var ray = Ray()
    /// How the log is written: `text` for people, `json` for programs.
    var logFormat = LogFormat.text
    /// Who is told how jobs ended; a list as `NotificationTarget` reads it.
    var notify: JSONValue = .array([])
    /// Where `s3://` addresses of local training jobs are.
    var s3 = S3()

    /// How the log is written.
    enum LogFormat: String, Codable, CaseIterable {
        case text
        case json
    }

    /// The PEM files that TLS needs; empty where requests come in the clear.
    struct TLS: Codable, Equatable {
        /// The path of the certificate, and of those that vouch for it.
        var certificate = ""
        /// The path of its private key.
        var privateKey = ""

        /// Whether requests come over TLS.
        var isOn: Bool { !certificate.isEmpty }
    }

    /// How local processes run.
    struct Local: Codable, Equatable {
        /// Training jobs at the same time; 0 means one a GPU, or one a processor without GPUs.
        var slots = 0
        /// The GPUs to share, as CUDA_VISIBLE_DEVICES names them.
        var gpus: [String] = []
        /// Seconds between SIGTERM and SIGKILL.
        var gracePeriodSeconds = 120
        /// Command lines for image names.
        var images: [String: String] = [:]
    }
}

// MARK: - Reading

extension Settings {
    /// Reads a settings file, in YAML or JSON; what it leaves out keeps its default.
    ///
    /// - Throws: `CommandFailure` that names the file, and the setting that is wrong.
    init(file path: String) throws {
        let given = try JSONValue(file: path)
        do {
            let standard = try JSONDecoder().decode(
                JSONValue.self, from: try JSONEncoder().encode(Settings()))
            let merged = try Self.merged(standard, with: given)
            self = try JSONDecoder().decode(Settings.self, from: Data(merged.encoded))
            try check()
        } catch {
            throw CommandFailure("settings file '\(path)': \(error.oneLine)")
        }
    }

    /// Checks what types do not.
    func check() throws(SettingsError) {
        guard (0...65_535).contains(port) else {
            throw SettingsError("port \(port) must be from 0 to 65535")
        }
        guard account.utf8.count == 12, account.utf8.allSatisfy({ (48...57).contains($0) }) else {
            throw SettingsError("account '\(account)' must be twelve digits")
        }
        guard tls.certificate.isEmpty == tls.privateKey.isEmpty else {
            throw SettingsError("TLS needs both tls.certificate and tls.privateKey")
        }
        guard local.slots >= 0 else {
            throw SettingsError("local.slots \(local.slots) must not be negative")
        }
        guard local.gracePeriodSeconds >= 0 else {
            throw SettingsError(
                "local.gracePeriodSeconds \(local.gracePeriodSeconds) must not be negative")
        }
        try sagemaker.check()
        try container.check()
        try slurm.check()
        try ray.check()
        try s3.check()
        guard !dataDirectory.isEmpty else { throw SettingsError("dataDirectory is empty") }
        try mock.check()
        try checkBackends()
        _ = try notificationTargets
    }

    /// Who is told how jobs ended.
    var notificationTargets: [NotificationTarget] {
        get throws(SettingsError) {
            do throws(NotificationSettingsError) {
                return try NotificationTarget.targets(notify)
            } catch {
                throw SettingsError(error.description)
            }
        }
    }

    /// Lays given settings over the standard ones; refuses names that are none, and values of
    /// another kind than the standard ones.
    static func merged(
        _ standard: JSONValue, with given: JSONValue, at path: [String] = []
    ) throws(SettingsError) -> JSONValue {
        let place = path.isEmpty ? "the file" : path.joined(separator: ".")
        switch (standard, given) {
        case (_, .null): return isInstanceType(path) ? [:] : standard
        // Their own types read them.
        case _
        where path == ["mock", "faults"] || path == ["notify"]
            || path.first == "backends" && path.count == 2:
            return given
        case (_, .object) where path == ["container", "hostOptions"]: return given
        case _ where path == ["container", "instances"]:
            return try InstanceSettings.list(given, of: "container", Container.Instance.checked)
        case _ where path == ["slurm", "instances"]:
            return try InstanceSettings.list(given, of: "slurm", Slurm.Instance.checked)
        case (_, .object) where path == ["ray", "runtimeEnvironment"]: return given
        case _ where path == ["ray", "instances"]:
            return try InstanceSettings.list(given, of: "ray", Ray.Instance.checked)
        case (_, .array(let routes)) where path == ["routes"]:
            return .array(
                try routes.map { route throws(SettingsError) in try Route.checked(route) })
        case _ where isRealNumber(path):
            guard given.number != nil else { throw SettingsError("\(place) must be a number") }
            return given
        case (.integer, .integer), (.string, .string), (.bool, .bool): return given
        case (.bool, _): throw SettingsError("\(place) must be true or false")
        case (.integer, _): throw SettingsError("\(place) must be a whole number")
        case (.string, _): throw SettingsError("\(place) must be a text; put it in quotes")
        case (.array, .array(let elements)):
            var texts: [JSONValue] = []
            for element in elements {
                // GPUs are numbered.
                if let number = element.integer {
                    texts.append(.string("\(number)"))
                } else {
                    texts.append(try merged("", with: element, at: path))
                }
            }
            return .array(texts)
        case (.array, _): throw SettingsError("\(place) must be a list")
        case (.object(var members), .object(let givenMembers)):
            for (name, value) in givenMembers {
                guard let known = standardMember(name, of: members, at: path) else {
                    let unknown = (path + [name]).joined(separator: ".")
                    let names = members.keys.sorted().joined(separator: ", ")
                    throw SettingsError("there is no setting '\(unknown)'; there are \(names)")
                }
                members[name] = try merged(known, with: value, at: path + [name])
            }
            guard isInstanceType(path) else { return .object(members) }
            // What it leaves out has no standard.
            return .object(members.filter { (givenMembers[$0.key] ?? .null) != .null })
        default: throw SettingsError("\(place) must be a mapping of names to values")
        }
    }
}

extension Settings {
    private static let instances = ["mock", "instances"]

    private static func isInstanceType(_ path: [String]) -> Bool {
        path.count == instances.count + 1 && path.starts(with: instances)
    }

    /// Whether a setting is a number, whole or not.
    private static func isRealNumber(_ path: [String]) -> Bool {
        path == ["mock", "speed"] || path == ["mock", "capacityErrors"]
            || path.last == "capacityErrors" && isInstanceType(path.dropLast())
    }

    /// What stands for a member that is not given; `nil` where there is no such setting.
    private static func standardMember(
        _ name: String, of members: [String: JSONValue], at path: [String]
    ) -> JSONValue? {
        switch path {
        // Their names are the user's.
        case ["local", "images"], ["mock", "images"], ["container", "environment"],
            ["slurm", "images"], ["slurm", "environment"], ["ray", "images"], ["ray", "headers"],
            ["backends"]:
            ""
        case instances: ["limit": 0, "capacityErrors": 0]
        default: members[name]
        }
    }
}

/// Why settings were refused.
struct SettingsError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
