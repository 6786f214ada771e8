// swift-tools-version: 6.2
import PackageDescription

/// The engine once more, built to be watched by libFuzzer and the address sanitizer; `Scripts/fuzz` builds and runs it.
///
/// `Engine` is a link to the sources and `Sources/Fuzz/InputProperties.swift` one to the properties that the tests ask
/// too, so that nothing is written twice.
let watched = ["-sanitize=fuzzer,address", "-enable-testing", "-assert-config", "Debug"]
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
    .unsafeFlags(watched),
]

let package = Package(
    name: "fuzz",
    platforms: [.macOS(.v15)],
    targets: [
        .systemLibrary(name: "CCrypto", path: "Engine/CCrypto", pkgConfig: "libcrypto"),
        .target(name: "HealthTypes", dependencies: ["CCrypto"], path: "Engine/HealthTypes", swiftSettings: strict),
        .target(
            name: "CX12Scan", path: "Engine/CX12Scan",
            cSettings: [.unsafeFlags(["-fsanitize=fuzzer-no-link,address"])]),
        .target(
            name: "X12", dependencies: ["HealthTypes", "CX12Scan"], path: "Engine/X12", resources: [.copy("Guides")],
            swiftSettings: strict),
        .executableTarget(
            name: "Fuzz", dependencies: ["HealthTypes", "X12"],
            swiftSettings: strict + [.enableExperimentalFeature("Extern")],
            linkerSettings: [.unsafeFlags(["-sanitize=address"])]),
    ]
)
