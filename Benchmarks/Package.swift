// swift-tools-version: 6.2

import PackageDescription

// A package of its own, so that neither building nor testing tuner builds it.
let package = Package(
    name: "Benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "tuner", path: ".."),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    ],
    targets: [
        .executableTarget(
            name: "Speed",
            dependencies: [
                .product(name: "Tuner", package: "tuner"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .executableTarget(
            name: "Numerics",
            dependencies: [.product(name: "GaussianProcesses", package: "tuner")]),
    ],
    swiftLanguageModes: [.v6]
)
