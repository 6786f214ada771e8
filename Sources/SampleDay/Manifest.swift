import Foundation
public import HealthTypes

/// What a sample day's folder holds and when each of its files arrives: `manifest.json`.
public struct Manifest: Hashable, Sendable, Codable {
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// FHIR Bundle of organizations and practitioners.
        case directory
        case chargemaster
        /// HL7 v2 messages, many in one file.
        case siu, adt, orm, dft
        /// The chart of one visit, a FHIR Bundle.
        case fhir
        /// An X12 interchange of professional claims.
        case x12 = "837"
        /// JSON claims, one a line.
        case claims
    }

    public struct File: Hashable, Sendable, Codable {
        /// Relative to the folder.
        public var path: String
        /// When it arrives.
        public var at: Instant
        public var kind: Kind
    }

    public static let name = "manifest.json"

    public var seed: UInt64
    public var encounters: Int
    public var day: CalendarDate
    /// In order of arrival. What only the payers know and what was planted are not in it: neither ever arrives.
    public var files: [File]

    /// Reads the manifest of a sample day's folder.
    public static func read(folder: String) throws -> Manifest {
        try Canonical.decode(Manifest.self, from: try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
    }
}
