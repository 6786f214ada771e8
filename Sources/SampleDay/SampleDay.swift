import Foundation
public import HealthTypes

/// One invented day of an invented health system, with planted problems whose truth is known.
///
///     let day = SampleDay(SampleDay.Options(encounters: 200, seed: 7))
///     let manifest = try day.write(to: "day") { done, total in print(done, "of", total) }
///
/// The same options give the same bytes on every machine. Every person, address and number is invented.
public struct SampleDay: Sendable {
    public struct Options: Hashable, Sendable {
        /// Of all ways in together, from 0 to ``SampleDay/maximumEncounters``.
        public var encounters: Int
        public var seed: UInt64
        /// The day on which the patients come.
        public var day: CalendarDate

        /// The second of March 2026, a Monday.
        public static let defaultDay = CalendarDate(dayNumber: 20_514)

        public init(encounters: Int = 200, seed: UInt64, day: CalendarDate = Self.defaultDay) {
            self.encounters = encounters
            self.seed = seed
            self.day = day
        }
    }

    /// The claims of the outside batch are held in memory, and the numbers of visits have six digits.
    public static let maximumEncounters = 100_000

    public let options: Options

    public init(_ options: Options) {
        precondition(
            (0...Self.maximumEncounters).contains(options.encounters), "a sample day has 0 to 100,000 encounters")
        self.options = options
    }

    /// The folder is there and holds something: nothing is written into it, lest two days mix.
    public struct FolderNotEmpty: Error, CustomStringConvertible {
        public let folder: String
        public var description: String { "the folder \(folder) is not empty" }
    }

    /// Writes the day's folder, encounter by encounter, and reports how many are done of how many.
    ///
    /// Throws ``FolderNotEmpty``, or the file system's own error.
    @discardableResult
    public func write(to folder: String, progress: (Int, Int) -> Void = { _, _ in }) throws -> Manifest {
        let manager = FileManager.default
        try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
        guard try manager.contentsOfDirectory(atPath: folder).isEmpty else { throw FolderNotEmpty(folder: folder) }
        let maker = VisitMaker(options: options)
        var writer = try DayWriter(folder: folder, options: options)
        for index in maker.plan.slots.indices {
            let isRepeat = maker.plan.slots[index].plant?.source != nil
            try writer.add(maker.visit(at: index), isRepeat: isRepeat)
            progress(index + 1, options.encounters)
        }
        return try writer.finish()
    }
}
