// swift-tools-version: 6.2
import PackageDescription

/// Every target is strict in the same way: imports are internal unless a public declaration needs them, and a
/// member is visible only where its module is imported, so that the arrows between targets are the ones below.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
]

/// A library target of this package; `on` names the targets and products below it.
func floor(_ name: String, on dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// A library target that is compiled with optimisation in debug builds too: its tables are large, and tests load them often.
func fastFloor(_ name: String, on dependencies: [Target.Dependency] = []) -> Target {
    .target(
        name: name, dependencies: dependencies,
        swiftSettings: strict + [.unsafeFlags(["-O"], .when(configuration: .debug))])
}

func tests(_ name: String, on dependencies: [Target.Dependency], fixtures: Bool = false) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, resources: fixtures ? [.copy("Fixtures")] : [],
        swiftSettings: strict)
}

let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
/// SQLite itself, for what GRDB has no name for.
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")

let package = Package(
    name: "claimwright",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "claimwright", targets: ["claimwright"]),
        .library(name: "X12", targets: ["X12"]),
        .library(name: "X12Units", targets: ["X12Units"]),
        // The types in which both speak: money, dates, issues.
        .library(name: "HealthTypes", targets: ["HealthTypes"]),
        // For Benchmarks/graph, which depends on this package by its path: other packages cannot, since their debug
        // builds are compiled with flags that the package manager calls unsafe.
        .library(name: "Terminology", targets: ["Terminology"]),
        .library(name: "ClinicalKnowledge", targets: ["ClinicalKnowledge"]),
        .library(name: "ClinicalText", targets: ["ClinicalText"]),
        .library(name: "GraphServer", targets: ["GraphServer"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        // Without the Configuration trait, which would cost a newcomer's first build another package.
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: ["FullFoundation"]),
        // What Hummingbird brings along and is used by name.
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        // Floor 0
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        floor("HealthTypes", on: ["CCrypto"]),
        // Floor 1
        .target(name: "CX12Scan"),
        .target(
            name: "X12", dependencies: ["HealthTypes", "CX12Scan"], resources: [.copy("Guides")], swiftSettings: strict),
        floor("X12Units", on: ["HealthTypes", "CX12Scan", "X12"]),
        floor("X12Tools", on: ["HealthTypes", "X12"]),
        floor("HL7v2", on: ["HealthTypes"]),
        floor("FHIR", on: ["HealthTypes"]),
        fastFloor("Terminology", on: ["HealthTypes"]),
        // Floor 2
        fastFloor("ClinicalKnowledge", on: ["HealthTypes", "Terminology"]),
        fastFloor("ClinicalText", on: ["HealthTypes", "Terminology"]),
        floor("Claims", on: ["HealthTypes", "X12", "X12Units", "HL7v2", "FHIR", "Terminology"]),
        // Floor 3
        floor("Rules", on: ["HealthTypes"]),
        floor("Review", on: ["HealthTypes", "Claims", "ClinicalKnowledge", "ClinicalText"]),
        // A client of graph databases; it takes the system's OpenSSL, as the digests do.
        .systemLibrary(name: "CSSL", pkgConfig: "libssl", providers: [.apt(["libssl-dev"])]),
        floor("GraphServer", on: ["CSSL", "HealthTypes", "ClinicalKnowledge", nioCore, nioPosix]),
        // Floor 4
        floor(
            "Stages",
            on: [
                "HealthTypes", "X12", "FHIR", "Terminology", "ClinicalKnowledge", "ClinicalText", "Claims", "Rules",
                "Review",
            ]),
        floor("Store", on: ["CCrypto", "CZlib", "HealthTypes", grdb, sqlite]),
        // Floor 5
        floor("PayerSimulator", on: ["HealthTypes", "X12", "X12Units", "FHIR", "Claims", grdb]),
        floor("SampleDay", on: ["HealthTypes", "X12", "HL7v2", "FHIR", "Claims"]),
        floor(
            "Pipeline",
            on: [
                "HealthTypes", "X12", "X12Units", "HL7v2", "FHIR", "Terminology", "ClinicalKnowledge", "ClinicalText",
                "Claims", "Rules", "Review", "Stages", "Store",
            ]),
        // Floor 6
        .target(
            name: "Server",
            dependencies: [
                "HealthTypes", "X12", "HL7v2", "FHIR", "Terminology", "Claims", "ClinicalKnowledge", "ClinicalText",
                "Review", "Stages", "Store", "Pipeline", hummingbird, hummingbirdCore, logging, nioCore, nioHTTP1,
            ],
            resources: [.copy("Assets")], swiftSettings: strict),
        // Floor 7
        .executableTarget(
            name: "claimwright",
            dependencies: [
                "HealthTypes", "X12", "X12Units", "X12Tools", "CZlib", "Terminology", "ClinicalKnowledge",
                "ClinicalText", "Claims", "Rules",
                "GraphServer", "Stages", "Store", "Pipeline", "PayerSimulator", "SampleDay", "Server", hummingbird,
                logging, httpTypes,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        // Tests
        tests("HealthTypesTests", on: ["HealthTypes"]),
        tests("X12Tests", on: ["HealthTypes", "X12", "X12Units", "X12Tools", "CX12Scan"], fixtures: true),
        tests("HL7v2Tests", on: ["HealthTypes", "HL7v2"]),
        tests("FHIRTests", on: ["HealthTypes", "FHIR"]),
        tests("TerminologyTests", on: ["HealthTypes", "Terminology"]),
        tests("ClinicalKnowledgeTests", on: ["HealthTypes", "Terminology", "ClinicalKnowledge"]),
        tests("ClinicalTextTests", on: ["HealthTypes", "ClinicalText"]),
        tests("ClaimsTests", on: ["HealthTypes", "X12", "X12Units", "HL7v2", "FHIR", "Claims"], fixtures: true),
        tests(
            "GraphServerTests", on: ["CSSL", "HealthTypes", "ClinicalKnowledge", "GraphServer", nioCore, nioPosix],
            fixtures: true),
        tests("RulesTests", on: ["HealthTypes", "Rules"]),
        tests("ReviewTests", on: ["HealthTypes", "ClinicalKnowledge", "ClinicalText", "Review"]),
        tests(
            "StagesTests",
            on: [
                "HealthTypes", "Terminology", "ClinicalKnowledge", "ClinicalText", "Claims", "Rules", "Review",
                "Stages",
            ], fixtures: true),
        tests("StoreTests", on: ["HealthTypes", "Store", grdb]),
        tests("PayerSimulatorTests", on: ["HealthTypes", "X12", "X12Units", "FHIR", "Claims", "PayerSimulator"]),
        tests(
            "ServerTests",
            on: [
                "HealthTypes", "X12", "HL7v2", "Claims", "ClinicalText", "Stages", "Store", "Pipeline", "Server",
                hummingbird, logging, nioCore, nioHTTP1, .product(name: "NIOEmbedded", package: "swift-nio"),
            ]),
        tests(
            "PipelineTests",
            on: [
                "HealthTypes", "X12", "HL7v2", "FHIR", "ClinicalKnowledge", "ClinicalText", "Claims", "Review",
                "Stages", "Store", "Pipeline", "PayerSimulator", "SampleDay", grdb,
            ]),
        // Runs the program; it depends on it only so that it is built.
        tests("ClaimwrightTests", on: ["claimwright"]),
        tests("SampleDayTests", on: ["HealthTypes", "X12", "HL7v2", "FHIR", "Claims", "SampleDay"]),
    ]
)
