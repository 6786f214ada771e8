// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "graph-benchmark",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "claimwright", path: "../..")],
    targets: [
        .executableTarget(
            name: "graphbench",
            dependencies: [
                .product(name: "HealthTypes", package: "claimwright"),
                .product(name: "Terminology", package: "claimwright"),
                .product(name: "ClinicalKnowledge", package: "claimwright"),
                .product(name: "ClinicalText", package: "claimwright"),
                .product(name: "GraphServer", package: "claimwright"),
            ])
    ]
)
