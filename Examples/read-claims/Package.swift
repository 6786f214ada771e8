// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "read-claims",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "claimwright", path: "../..")],
    targets: [
        .executableTarget(name: "read-claims", dependencies: [.product(name: "X12", package: "claimwright")])
    ]
)
