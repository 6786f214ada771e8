import Foundation
import HealthTypes

@testable import SampleDay

/// A sample day written to a temporary folder, which goes when this goes.
final class DayFolder {
    let path: String
    let manifest: Manifest

    init(encounters: Int, seed: UInt64 = 7) throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("sample-day-\(UUID().uuidString)").path
        manifest = try SampleDay(SampleDay.Options(encounters: encounters, seed: seed)).write(to: path)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var files: DataFiles { get throws { try DataFiles(folder: path) } }

    func bytes(_ file: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(file)")))
    }
    func text(_ file: String) throws -> String { String(decoding: try bytes(file), as: UTF8.self) }
    func truth() throws -> Truth { try Truth.read(folder: path) }
}

/// The visits of a day, without its files.
func visits(_ encounters: Int, seed: UInt64 = 7) -> [SampleVisit] {
    let maker = VisitMaker(options: SampleDay.Options(encounters: encounters, seed: seed))
    return maker.plan.slots.indices.map(maker.visit)
}
