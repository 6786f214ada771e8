import HealthTypes
import X12

/// A value that the writer knows how to write.
///
/// Units with equal headings and guides share a transaction set, those of a kind that `standsAlone` have one each.
protocol WritableUnit: Sendable {
    associatedtype Heading: Hashable & Sendable
    /// ST01 and GS01.
    static var set: StaticString { get }
    static var functionalID: String { get }
    static var standsAlone: Bool { get }
    /// GS08, and ST03 where the set has one.
    var guide: String { get }
    var heading: Heading { get }
    /// How many claims or other units count towards a set's limit.
    var size: Int { get }
    /// What the value contradicts itself in, where it does.
    var contradiction: UnitFault? { get }
    /// The segments between ST and the first level.
    func writeHeading(_ pen: inout SegmentPen, _ frame: SetFrame)
    /// The unit with the levels above it that are not open.
    func write(_ pen: inout SegmentPen, _ hierarchy: inout Hierarchy)

    // The same of a unit where it lies; a large one is read from there without a copy.
    static func guide(of unit: Place<Self>) -> String
    static func heading(of unit: Place<Self>) -> Heading
    static func contradiction(in unit: Place<Self>) -> UnitFault?
    static func write(_ unit: Place<Self>, _ pen: inout SegmentPen, _ hierarchy: inout Hierarchy)
}

extension WritableUnit {
    static var standsAlone: Bool { false }
    var size: Int { 1 }
    var contradiction: UnitFault? { nil }

    static func guide(of unit: Place<Self>) -> String { unit.pointee.guide }
    static func heading(of unit: Place<Self>) -> Heading { unit.pointee.heading }
    static func contradiction(in unit: Place<Self>) -> UnitFault? { unit.pointee.contradiction }
    static func write(_ unit: Place<Self>, _ pen: inout SegmentPen, _ hierarchy: inout Hierarchy) {
        unit.pointee.write(&pen, &hierarchy)
    }
}

/// What a set is told by the writer.
struct SetFrame {
    /// A number for a set that brings none along.
    var reference: String
    /// `CCYYMMDD` and `HHMM`.
    var date: String
    var time: String
}

/// A fault and where it lies in the segments that a value stands for.
struct UnitFault {
    var fault: Fault
    var loop: String
    var segment: String
    var element: Int
    /// Which part of the value it is, such as `claims[2].lines[0]`.
    var path: String?
}
