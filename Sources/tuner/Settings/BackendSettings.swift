import Foundation
import Orchestration
import Tuning

extension Settings {
    /// A way to run training jobs. A backend of each kind has its name, and the settings under it.
    enum BackendKind: String, CaseIterable {
        case local
        case mock
        case sagemaker
        case container
        case slurm
        case ray

        fileprivate static var names: String {
            allCases.map(\.rawValue).joined(separator: ", ")
        }
    }

    /// Sends training jobs to a backend, by their images or instance types.
    struct Route: Codable, Equatable {
        /// The image; `*` and `?` stand for others. Empty for all.
        var image = ""
        /// The type of the first instance asked for, likewise.
        var instanceType = ""
        /// The name of the backend.
        var backend = ""

        private static let members = ["image", "instanceType", "backend"]

        /// A route as it is given, with all members.
        static func checked(_ given: JSONValue) throws(SettingsError) -> JSONValue {
            guard let object = given.object else {
                throw SettingsError("routes: a route must be a mapping of names to values")
            }
            var route: [String: JSONValue] = [:]
            for name in object.keys.sorted() where !members.contains(name) {
                let names = members.joined(separator: ", ")
                throw SettingsError("routes: there is no setting '\(name)'; there are \(names)")
            }
            for name in members {
                let value = object[name] ?? ""
                guard value.string != nil else {
                    throw SettingsError("routes: \(name) must be a text; put it in quotes")
                }
                route[name] = value
            }
            guard route["backend"] != "" else {
                throw SettingsError("routes: a route lacks its backend")
            }
            guard route["image"] != "" || route["instanceType"] != "" else {
                throw SettingsError(
                    "routes: a route needs an image or an instanceType; for all others there is "
                        + "the setting 'backend'")
            }
            return .object(route)
        }
    }
}

// MARK: - What there is

extension Settings {
    /// Whether everything is simulated and nothing else is there.
    var isMock: Bool { backend == BackendKind.mock.rawValue }

    /// The names of the backends that the daemon has.
    var backendNames: [String] {
        if isMock { return [backend] }
        var names = Set(backends.keys).union(routes.map(\.backend)).union([backend])
        if simulatesMockImages { names.insert(BackendKind.mock.rawValue) }
        return names.sorted()
    }

    /// What picks a backend for a job.
    var backendRules: BackendRules {
        var rules = routes.map { route in
            BackendRules.Rule(
                image: route.image.isEmpty ? nil : route.image,
                instanceType: route.instanceType.isEmpty ? nil : route.instanceType,
                backend: route.backend)
        }
        if simulatesMockImages {
            rules.append(.init(image: "mock:*", backend: BackendKind.mock.rawValue))
        }
        return BackendRules(rules, standard: backend)
    }

    /// Whether `mock:` images are simulated here; who has a service run everything has it run
    /// those too.
    private var simulatesMockImages: Bool {
        (try? kind(ofBackend: backend)) != .sagemaker
    }

    /// The kind of a backend.
    func kind(ofBackend name: String) throws(SettingsError) -> BackendKind {
        guard let given = backends[name] else {
            if let kind = BackendKind(rawValue: name) { return kind }
            let names = (BackendKind.allCases.map(\.rawValue) + backends.keys.sorted())
                .joined(separator: ", ")
            throw SettingsError("there is no backend '\(name)'; there are \(names)")
        }
        guard let kind = given["type"]?.string.flatMap(BackendKind.init) else {
            throw SettingsError("backends.\(name).type must be one of \(BackendKind.names)")
        }
        return kind
    }

    /// The settings as they are for one backend: with its own in place of those of its kind.
    func settings(ofBackend name: String) throws(SettingsError) -> Settings {
        let kind = try kind(ofBackend: name)
        guard var own = backends[name]?.object else { return self }
        own["type"] = nil
        do {
            let all = try JSONDecoder().decode(
                JSONValue.self, from: try JSONEncoder().encode(self))
            var merged = all.object ?? [:]
            let section = merged[kind.rawValue] ?? [:]
            merged[kind.rawValue] = try Self.merged(
                section, with: .object(own), at: [kind.rawValue])
            merged["backends"] = [:]
            var settings = try JSONDecoder().decode(
                Settings.self, from: Data(JSONValue.object(merged).encoded))
            (settings.backend, settings.routes) = (kind.rawValue, [])
            try settings.check()
            return settings
        } catch {
            throw SettingsError("backends.\(name): \(error.oneLine)")
        }
    }

    /// Checks that every backend that is named is there, and right.
    func checkBackends() throws(SettingsError) {
        for name in backends.keys.sorted() {
            guard BackendKind(rawValue: name) == nil else {
                throw SettingsError(
                    "backends.\(name): give it another name; '\(name)' is set by '\(name)'")
            }
            _ = try settings(ofBackend: name)
        }
        _ = try kind(ofBackend: backend)
        for route in routes { _ = try kind(ofBackend: route.backend) }
        guard isMock, !routes.isEmpty || !backends.isEmpty else { return }
        throw SettingsError(
            "the backend mock simulates everything; it has no routes and no other backends")
    }
}
