// swift-tools-version: 6.2

import PackageDescription

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let serviceLifecycle = Target.Dependency.product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTesting = Target.Dependency.product(
    name: "HummingbirdTesting", package: "hummingbird")
let asyncHTTPClient = Target.Dependency.product(
    name: "AsyncHTTPClient", package: "async-http-client")
let argumentParser = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "tuner",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "tuner", targets: ["tuner"]),
        .library(
            name: "Tuner",
            targets: ["Tuning", "Strategies", "Backends", "Stores", "Orchestration", "Experiments"]),
        // Experiments whose trials a running service runs; with an HTTP client.
        .library(name: "TunerService", targets: ["ServiceExperiments"]),
        // A model to train in examples; depends on nothing.
        .library(name: "DigitsTraining", targets: ["DigitsTraining"]),
        // What Benchmarks measures alone; depends on nothing.
        .library(name: "GaussianProcesses", targets: ["GaussianProcesses", "CNumerics"]),
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.90.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.36.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    // The flow, in order. A test compares every import with the dependencies written here.
    targets: [
        // The words of the domain, checked on creation, and the three protocols the rest implements.
        .target(name: "Tuning"),
        // Dense kernels (Cholesky, triangular solves, covariances) in C, choosing at run time what
        // the processor can do.
        .target(name: "CNumerics"),
        // Linear algebra, Gaussian process regression, acquisition functions and their
        // maximisation, low-discrepancy sequences: plain numbers.
        .target(name: "GaussianProcesses", dependencies: ["CNumerics"]),
        // Every search strategy, and the one place that picks it for a tuning plan.
        .target(name: "Strategies", dependencies: ["Tuning", "GaussianProcesses"]),
        // Training jobs as local processes, and as a simulation.
        .target(name: "Backends", dependencies: ["Tuning", subprocess, logging]),
        // The SQLite tuning store, in a directory or in memory: schema, migrations, records.
        .target(name: "Stores", dependencies: ["Tuning", grdb, grdbSQLite, metrics]),
        // Decides what a tuning job does next, and performs it.
        .target(
            name: "Orchestration", dependencies: ["Tuning", serviceLifecycle, logging, metrics]),
        // What people look at: charts, reports and tables of tuning jobs.
        .target(
            name: "Reports", dependencies: ["Tuning", "Strategies", crypto],
            resources: [.embedInCode("Resources/report.css"), .embedInCode("Resources/report.js")]),
        // The library's front door: tune a closure in a few lines.
        .target(
            name: "Experiments",
            dependencies: ["Tuning", "Strategies", "Stores", "Orchestration", logging]),
        // The wire: a file for each operation, shapes, validation, error codes, request signing and
        // its verification.
        .target(
            name: "SageMakerAPI", dependencies: ["Tuning", crypto],
            exclude: ["Resources/make_service_model.py"]),
        // Amazon's services over HTTP: credentials, signed requests, S3.
        .target(
            name: "AWSClient",
            dependencies: [
                "Tuning", "SageMakerAPI", asyncHTTPClient, nioCore, nioPosix, nioSSL, subprocess,
                logging, crypto,
            ]),
        // Training jobs on SageMaker, or on anything that speaks its API.
        .target(
            name: "SageMakerBackend",
            dependencies: ["Tuning", "SageMakerAPI", "AWSClient", logging, metrics]),
        // How engines that run training jobs are asked over HTTP.
        .target(
            name: "EngineHTTP",
            dependencies: ["Tuning", asyncHTTPClient, nioCore, nioPosix, nioSSL]),
        // Training jobs as containers of an engine that speaks Docker's API.
        .target(
            name: "ContainerBackend",
            dependencies: ["Tuning", "Backends", "EngineHTTP", logging]),
        // Training jobs as jobs of a Ray cluster.
        .target(
            name: "RayBackend",
            dependencies: ["Tuning", "Backends", "EngineHTTP", crypto, logging]),
        // Slurm as its REST service knows it, in place of its commands.
        .target(name: "SlurmREST", dependencies: ["Tuning", "Backends", "EngineHTTP"]),
        // Tells webhooks and commands how jobs ended, at least once.
        .target(
            name: "Notifications",
            dependencies: [
                "Tuning", "Backends", "Orchestration", "AWSClient", subprocess, serviceLifecycle,
                logging, metrics, crypto,
            ]),
        // Experiments whose trials a running service runs.
        .target(
            name: "ServiceExperiments",
            dependencies: ["Tuning", "Experiments", "SageMakerAPI", "AWSClient"]),
        // Operation dispatch over HTTP and TLS, access keys, the audit log, metrics, the dashboard.
        .target(
            name: "TuningServer",
            dependencies: [
                "Tuning", "SageMakerAPI", "Orchestration", "Reports", hummingbird, hummingbirdTLS,
                nioSSL, mustache, serviceLifecycle, logging, metrics,
            ],
            resources: [.embedInCode("Dashboard/Resources")]),
        // A small neural network and the handwritten digits it learns: what the demo trains.
        .target(name: "DigitsTraining", exclude: ["Data/export_digits.py"]),
        // The command line, a file for each command; joins the parts, holds no logic.
        .executableTarget(
            name: "tuner",
            dependencies: [
                "Tuning", "Strategies", "Backends", "Stores", "Orchestration", "Reports",
                "SageMakerAPI", "AWSClient", "SageMakerBackend", "ContainerBackend",
                "RayBackend", "SlurmREST", "Notifications", "TuningServer", "DigitsTraining",
                argumentParser,
                logging, metrics, serviceLifecycle, yams,
            ]),
        // Conformance suites, clocks, in-memory doubles.
        .target(name: "TuningTesting", dependencies: ["Tuning"]),
        .testTarget(name: "TuningTests", dependencies: ["Tuning"]),
        .testTarget(
            name: "GaussianProcessesTests", dependencies: ["CNumerics", "GaussianProcesses"],
            exclude: ["make_references.py"], resources: [.copy("References")]),
        .testTarget(
            name: "StrategiesTests", dependencies: ["Tuning", "Strategies", "TuningTesting"]),
        .testTarget(name: "BackendsTests", dependencies: ["Tuning", "Backends", "TuningTesting"]),
        .testTarget(
            name: "StoresTests", dependencies: ["Tuning", "Stores", "TuningTesting", grdb]),
        .testTarget(
            name: "OrchestrationTests",
            dependencies: ["Tuning", "Strategies", "Orchestration", "TuningTesting", logging]),
        .testTarget(
            name: "ReportsTests",
            dependencies: ["Tuning", "Reports", "Stores", "TuningTesting"],
            exclude: ["make_importance_references.py"], resources: [.copy("References")]),
        .testTarget(
            name: "ExperimentsTests",
            dependencies: ["Tuning", "Strategies", "Stores", "Orchestration", "Experiments"]),
        .testTarget(name: "SageMakerAPITests", dependencies: ["Tuning", "SageMakerAPI"]),
        .testTarget(
            name: "AWSClientTests",
            dependencies: ["Tuning", "SageMakerAPI", "AWSClient", "TuningTesting", crypto]),
        .testTarget(
            name: "SageMakerBackendTests",
            dependencies: [
                "Tuning", "SageMakerAPI", "AWSClient", "SageMakerBackend", "TuningTesting", logging,
            ]),
        .testTarget(name: "NotificationsTests", dependencies: ["Tuning", "Notifications"]),
        .testTarget(name: "EngineHTTPTests", dependencies: ["Tuning", "EngineHTTP"]),
        .testTarget(
            name: "RayBackendTests",
            dependencies: [
                "Tuning", "Backends", "EngineHTTP", "RayBackend", "TuningTesting", logging,
            ]),
        .testTarget(
            name: "SlurmRESTTests",
            dependencies: ["Tuning", "Backends", "EngineHTTP", "SlurmREST", "TuningTesting"]),
        .testTarget(
            name: "ServiceExperimentsTests",
            dependencies: [
                "Tuning", "Strategies", "Orchestration", "Experiments", "AWSClient",
                "TuningServer", "ServiceExperiments", "TuningTesting", logging,
            ]),
        .testTarget(
            name: "ContainerBackendTests",
            dependencies: [
                "Tuning", "Backends", "EngineHTTP", "ContainerBackend", "TuningTesting", logging,
            ]),
        .testTarget(
            name: "TuningServerTests",
            dependencies: [
                "Tuning", "SageMakerAPI", "Orchestration", "TuningServer", "Strategies",
                "TuningTesting", hummingbird, hummingbirdTesting, serviceLifecycle, logging,
                metrics,
            ]),
        .testTarget(name: "DigitsTrainingTests", dependencies: ["DigitsTraining"]),
        .testTarget(name: "PackageTests"),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets {
    var settings = target.swiftSettings ?? []
    settings.append(.treatAllWarnings(as: .error))
    target.swiftSettings = settings
}
