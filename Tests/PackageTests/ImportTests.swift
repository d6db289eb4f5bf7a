import Foundation
import Testing

@Suite("Imports")
struct ImportTests {
    /// Modules of the toolchain and the system; every target may import them.
    static let systemModules: Set<String> = [
        "Foundation", "Synchronization", "Dispatch", "Glibc", "Musl", "Darwin",
    ]
    /// Targets beside those of tests that may import Testing.
    static let testingTargets: Set<String> = ["TuningTesting"]

    let manifest: PackageManifest

    init() throws {
        manifest = try PackageManifest(
            text: try String(
                contentsOf: SourceFile.root.appending(path: "Package.swift"), encoding: .utf8))
    }

    @Test("Every import is a dependency that Package.swift declares for its target")
    func declared() throws {
        for (target, dependencies) in manifest.dependencies {
            let isTest = manifest.testTargets.contains(target)
            var allowed = dependencies.union(Self.systemModules)
            if isTest || Self.testingTargets.contains(target) { allowed.insert("Testing") }
            let folder = isTest ? "Tests/\(target)" : "Sources/\(target)"
            for file in try SourceFile.files(in: folder, extensions: ["swift"]) {
                for module in file.imports.subtracting(allowed).sorted() {
                    Issue.record(
                        "\(file.path) imports \(module), which Package.swift does not give \(target)"
                    )
                }
            }
        }
    }

    @Test("Every folder of swift files is a target of Package.swift")
    func known() throws {
        for folder in ["Sources", "Tests"] {
            for name in try SourceFile.folders(in: folder).sorted() {
                let files = try SourceFile.files(in: "\(folder)/\(name)", extensions: ["swift"])
                if files.isEmpty { continue }
                #expect(manifest.dependencies[name] != nil, "\(folder)/\(name)")
                #expect(manifest.testTargets.contains(name) == (folder == "Tests"))
            }
        }
    }
}

@Suite("What the import check understands")
struct ImportReadingTests {
    struct Row: Sendable {
        let line: String
        let module: String?
    }

    @Test(
        "An import is found in each of its spellings",
        arguments: [
            Row(line: "import Tuning", module: "Tuning"),
            Row(line: "    import Glibc", module: "Glibc"),
            Row(line: "@testable import Stores", module: "Stores"),
            Row(line: "@_spi(Experimental) @preconcurrency import Logging", module: "Logging"),
            Row(line: "package import GRDB", module: "GRDB"),
            Row(line: "import struct Foundation.Date", module: "Foundation"),
            Row(line: "import Foundation.NSDate", module: "Foundation"),
            Row(line: "// import Tuning", module: nil),
            Row(line: "let text = \"import Tuning\"", module: nil),
            Row(line: "important()", module: nil),
            Row(line: "let program = \"\"\"\n    import json\n    \"\"\"", module: nil),
            Row(line: "let text = \"\"\"\n    text\n    \"\"\"\nimport Yams", module: "Yams"),
        ])
    func spelling(row: Row) {
        let file = SourceFile(path: "a.swift", text: row.line + "\n")
        #expect(file.imports == Set([row.module].compactMap { $0 }))
    }

    @Test("Dependencies are read from literals, products and constants, wherever lines break")
    func manifest() throws {
        let manifest = try PackageManifest(
            text: """
                let yams = Target.Dependency.product(
                    name: "Yams", package: "Yams")
                // .target(name: "Ghost"),
                .target(name: "One"),
                .executableTarget(
                    name: "two",
                    dependencies: [
                        "One", yams, .product(name: "GRDB", package: "GRDB.swift"),
                        .target(name: "One"),
                    ], exclude: ["a.py"]),
                .testTarget(name: "OneTests", dependencies: ["One"], resources: [.copy("x")]),
                """)
        #expect(
            manifest.dependencies == [
                "One": [], "two": ["One", "Yams", "GRDB"], "OneTests": ["One"],
            ])
        #expect(manifest.testTargets == ["OneTests"])
    }

    @Test("A dependency that cannot be understood is an error, not an empty list")
    func unknownConstant() {
        #expect(throws: ManifestError.self) {
            try PackageManifest(text: ".target(name: \"One\", dependencies: [unheardOf])")
        }
    }
}
