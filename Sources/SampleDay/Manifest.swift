import Foundation
public import HealthTypes

/// What a sample day's folder holds and when each of its files arrives: `manifest.json`.
public struct Manifest: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        /// FHIR Bundle of organizations and practitioners.
        case directory = "directory"
        case chargemaster = "chargemaster"
        /// HL7 v2 messages, many in one file.
        case siu = "siu"
        case adt = "adt"
        case orm = "orm"
        case dft = "dft"
        /// The chart of one visit, a FHIR Bundle.
        case fhir = "fhir"
        /// An X12 interchange of professional claims.
        case x12 = "837"
        /// JSON claims, one a line.
        case claims = "claims"
    }

    public struct File: Hashable, Sendable {
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
        let json = try JSON(parsing: Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
        guard let manifest = Manifest(json) else { throw DataFileError(file: name, reason: "is no manifest") }
        return manifest
    }
}

extension Manifest {
    init?(_ json: JSON) {
        guard let seed = json["seed"]?.numberText.flatMap({ UInt64($0) }), let encounters = json["encounters"]?.integer,
            let day = json["day"]?.string.flatMap({ CalendarDate($0) }), let files = json["files"]?.array
        else { return nil }
        self.seed = seed
        self.encounters = encounters
        self.day = day
        self.files = files.compactMap(File.init)
        guard self.files.count == files.count else { return nil }
    }

    var json: JSON {
        [
            "day": .string(day.description), "encounters": JSON(encounters), "files": .array(files.map(\.json)),
            "seed": .number(String(seed)),
        ]
    }
}

extension Manifest.File {
    fileprivate init?(_ json: JSON) {
        guard let path = json["path"]?.string, let at = json["at"]?.string.flatMap({ Instant($0) }),
            let kind = json["kind"]?.string.flatMap(Manifest.Kind.init)
        else { return nil }
        self.init(path: path, at: at, kind: kind)
    }

    fileprivate var json: JSON {
        ["at": .string(at.description), "kind": .string(kind.rawValue), "path": .string(path)]
    }
}
