// swift-tools-version: 6.2

import PackageDescription

// A package of its own, as a user of the library would have it.
let package = Package(
    name: "digits-experiment",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "tuner", path: "../..")],
    targets: [
        .executableTarget(
            name: "DigitsExperiment",
            dependencies: [
                .product(name: "Tuner", package: "tuner"),
                .product(name: "DigitsTraining", package: "tuner"),
            ])
    ],
    swiftLanguageModes: [.v6]
)
