import Foundation
import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

/// The fixtures of one kind of set, and their units.
enum ViewSamples {
    /// Such as `835/accepted-1`.
    static func bytes(_ name: String) throws -> [UInt8] { try Samples.bytes("sets/\(name).x12") }

    static func units<View: X12UnitView>(_ view: View.Type, _ name: String) throws -> [View] {
        try units(view, of: try bytes(name))
    }

    /// All units of the bytes, kept beyond the closure.
    static func units<View: X12UnitView>(_ view: View.Type, of bytes: [UInt8]) throws -> [View] {
        var units: [View] = []
        try X12UnitReader(MemorySource(bytes)).forEach(view) { units.append($0) }
        return units
    }

    static func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

    /// A fixture with one text in the place of another; fails where the text is not there.
    static func replacing(_ name: String, _ old: String, _ new: String) throws -> [UInt8] {
        try Samples.replacing(try bytes(name), old, new)
    }

    /// Every accepted fixture of every kind.
    static func all() throws -> [(name: String, bytes: [UInt8])] {
        let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
            .appendingPathComponent("sets")
        let files = FileManager.default
        return try files.contentsOfDirectory(atPath: folder.path).sorted().flatMap { kind in
            try files.contentsOfDirectory(atPath: folder.appendingPathComponent(kind).path)
                .filter { $0.hasSuffix(".x12") }.sorted().map { file in
                    let path = "\(kind)/\(file.dropLast(4))"
                    return (name: path, bytes: try bytes(path))
                }
        }
    }
}

func money(_ text: String) -> Money? { Money(text) }
func day(_ text: String) -> CalendarDate? { CalendarDate(text) }

extension Adjustment {
    /// Such as `CO-45 30.00`.
    var words: String { "\(group)-\(reason) \(amount?.description ?? "?")\(quantity.isEmpty ? "" : " x\(quantity)")" }
}
