// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "x12-benchmark",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "claimwright", path: "../..")],
    targets: [
        .executableTarget(
            name: "x12bench",
            dependencies: [
                .product(name: "X12", package: "claimwright"),
                .product(name: "X12Units", package: "claimwright"),
                .product(name: "HealthTypes", package: "claimwright"),
            ])
    ]
)
