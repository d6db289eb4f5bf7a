import Foundation

/// The targets of Package.swift with the modules each may import, read from its text.
///
/// Understands how this manifest is written: `.target(name:dependencies:)` and its relatives, with
/// dependencies that are string literals, `.product(name:package:)`, or constants bound to one.
struct PackageManifest {
    /// The modules that each target declares as dependencies, by the target's name.
    let dependencies: [String: Set<String>]
    /// The names of the test targets.
    let testTargets: Set<String>

    init(text: String) throws {
        let text = Self.withoutComments(text)
        let constants = Self.productConstants(in: text)
        var dependencies: [String: Set<String>] = [:]
        var testTargets: Set<String> = []
        let declaration = /\.(executableTarget|testTarget|target)\(\s*name:\s*"([^"]+)"/
        for match in text.matches(of: declaration) {
            let name = String(match.2)
            let arguments = try Self.balanced(text[match.range.lowerBound...], "(", ")")
            // A dependency may itself be spelled `.target(name:)`; it is no declaration.
            if dependencies[name] != nil, !arguments.contains("dependencies:") { continue }
            dependencies[name] = try Self.modules(in: arguments, constants: constants)
            if match.1 == "testTarget" { testTargets.insert(name) }
        }
        self.dependencies = dependencies
        self.testTargets = testTargets
    }

    /// The module behind each constant such as `let yams = Target.Dependency.product(name: "Yams"`.
    private static func productConstants(in text: String) -> [String: String] {
        let constant = /let\s+(\w+)\s*=\s*Target\.Dependency\.product\(\s*name:\s*"([^"]+)"/
        return Dictionary(
            text.matches(of: constant).map { (String($0.1), String($0.2)) },
            uniquingKeysWith: { _, last in last })
    }

    private static func modules(
        in arguments: Substring, constants: [String: String]
    ) throws -> Set<String> {
        guard let label = arguments.firstRange(of: /dependencies:\s*/) else { return [] }
        var list = String(try balanced(arguments[label.upperBound...], "[", "]"))
        var modules: Set<String> = []
        let product = /\.\w+\(\s*name:\s*"([^"]+)"[^)]*\)/
        for match in list.matches(of: product) { modules.insert(String(match.1)) }
        list.replace(product, with: "")
        for match in list.matches(of: /"([^"]+)"/) { modules.insert(String(match.1)) }
        list.replace(/"[^"]+"/, with: "")
        for match in list.matches(of: /\w+/) {
            guard let module = constants[String(match.0)] else {
                throw ManifestError(description: "'\(match.0)' is no constant of a product")
            }
            modules.insert(module)
        }
        return modules
    }

    /// What stands between the first opening bracket and the one that closes it.
    private static func balanced(
        _ text: Substring, _ opening: Character, _ closing: Character
    ) throws -> Substring {
        guard let start = text.firstIndex(of: opening) else {
            throw ManifestError(description: "no '\(opening)' in \(text.prefix(60))")
        }
        var depth = 0
        for index in text[start...].indices {
            if text[index] == opening { depth += 1 }
            if text[index] == closing { depth -= 1 }
            if depth == 0 { return text[text.index(after: start)..<index] }
        }
        throw ManifestError(description: "'\(opening)' is never closed in \(text.prefix(60))")
    }

    private static func withoutComments(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { line in
                line.trimmingCharacters(in: .whitespaces).hasPrefix("//") ? "" : String(line)
            }
            .joined(separator: "\n")
    }
}

/// What could not be understood in Package.swift.
struct ManifestError: Error, CustomStringConvertible {
    let description: String
}
