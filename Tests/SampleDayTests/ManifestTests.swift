import HealthTypes
import Testing

@testable import SampleDay

@Suite struct ManifestTests {
    @Test func comesBackFromItsFolder() throws {
        let folder = try DayFolder(encounters: 5)
        #expect(try Manifest.read(folder: folder.path) == folder.manifest)
        #expect(!folder.manifest.files.isEmpty)
    }

    @Test func keepsEverySeedAndKind() {
        let at = Instant(milliseconds: 1_772_460_300_007)
        let manifest = Manifest(
            seed: .max, encounters: 0, day: CalendarDate("2026-03-02")!,
            files: Manifest.Kind.allCases.map { Manifest.File(path: "a/\($0.rawValue)", at: at, kind: $0) })
        #expect(Manifest(manifest.json) == manifest)
    }

    @Test(
        arguments: [
            ("seed", "7"), ("seed", .number("-1")), ("seed", nil), ("encounters", .number("1.5")),
            ("day", "2026-02-30"),
            ("files", nil), ("files", ["x"]), ("files", [["path": "a", "kind": "odd", "at": "2026-03-02T14:05:00Z"]]),
            ("files", [["path": "a", "kind": "fhir", "at": "today"]]), ("files", [["kind": "fhir"]]),
        ] as [(String, JSON?)])
    func whatIsNoManifestIsRefused(name: String, value: JSON?) {
        var object = JSONObject([("seed", 7), ("encounters", 1), ("day", "2026-03-02"), ("files", [])])
        #expect(Manifest(.object(object)) != nil)
        object[name] = value
        #expect(Manifest(.object(object)) == nil)
    }
}
