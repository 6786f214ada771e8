public import HealthTypes
import X12

/// One attachment of a 275 (2000A): which claim or request it belongs to, and the documents.
public struct Attachment275: X12UnitView {
    public static let sets = ["275"]

    public let unit: X12Unit

    public init?(_ unit: X12Unit) {
        guard unit.loop == "2000A", unit.root.first.id == "LX" else { return nil }
        self.unit = unit
    }

    /// BGN01 and BGN02: `02` for what comes unasked, `11` for an answer, and the number of the transaction.
    public var purpose: String { unit.first("ST", "BGN")?[1] ?? "" }
    public var number: String { unit.first("ST", "BGN")?[2] ?? "" }
    /// 1000A to 1000D.
    public var payer: Party? { Party(unit, "1000A") }
    public var submitter: Party? { Party(unit, "1000B") }
    public var provider: Party? { Party(unit, "1000C") }
    public var patient: Party? { Party(unit, "1000D") }
    /// REF and DTP of the patient (1000D), which name the claim.
    public var claimReferences: [ReferenceNumber] { unit.loops("1000D").first?.references ?? [] }
    public var claimDates: [DateEntry] { unit.loops("1000D").first?.dates ?? [] }

    /// LX01.
    public var assignedNumber: String { unit.root.first[1] }
    /// TRN02: the attachment's control number, which PWK06 of the claim names, or the payer's number of the request.
    public var controlNumber: String { unit.root.first("TRN")?[2] ?? "" }
    /// TRN01: 1 the sender's own number, 2 the payer's.
    public var controlNumberKind: String { unit.root.first("TRN")?[1] ?? "" }
    public var references: [ReferenceNumber] { unit.root.references }
    /// STC: what was asked for.
    public var requests: [StatusEntry] { unit.root.statuses }
    /// DTP of 2100A.
    public var serviceDates: [DateEntry] { unit.root.loops("2100A").flatMap(\.dates) }

    /// One document (2100B).
    public struct Document: Sendable {
        public let loop: UnitLoop

        /// DTP*368: when it was submitted.
        public var submissionDate: CalendarDate? { loop.first("DTP", "368")?.date(3) }
        /// CAT01: what kind of report it is.
        public var reportType: String { loop.first("CAT")?[1] ?? "" }
        /// CAT02: how it is written, such as `TX` text or `HL` by HL7.
        public var format: String { loop.first("CAT")?[2] ?? "" }
        public var contents: [Content] {
            loop.segments.filter { $0.id == "BIN" || $0.id == "BDS" }.map { Content(segment: $0) }
        }
    }

    public var documents: [Document] { unit.root.loops("2100B").map { Document(loop: $0) } }

    /// BIN, or BDS of version 006020: bytes that may be anything, separators among them.
    public struct Content: Sendable {
        public let segment: UnitSegment

        private var element: Int { segment.id == "BIN" ? 2 : 3 }
        /// BDS01: `B64` for Base64, `ASC` for plain text; empty for BIN.
        public var filter: String { segment.id == "BDS" ? segment[1] : "" }
        /// BIN01 or BDS02: how many bytes there are; nil where it is no number.
        public var declaredLength: Int? { Int(segment[element - 1]) }
        /// How many bytes are here.
        public var length: Int { segment.withBytes(element) { $0.count } }
        /// Offset of the first of them from the start of the input.
        public var byteOffset: Int { segment.byteOffset(of: element) }
        /// False where the reader passed over a content larger than it keeps (``X12Limits/maximumSegmentBytes``) or the
        /// length is wrong. What was passed over is in the input from `byteOffset` on.
        public var isWhole: Bool { declaredLength == length }

        /// The bytes, copied.
        public var bytes: [UInt8] { segment.withBytes(element) { [UInt8]($0) } }

        /// The bytes without a copy, valid inside the closure.
        public func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
            try segment.withBytes(element, body)
        }
    }
}

extension UnitSegment {
    /// Offset of an element's first byte from the start of the input; where it is absent, of the segment's end.
    public func byteOffset(of element: Int) -> Int {
        let slice = store.slice(index)
        return slice.byteOffset + (element < slice.count ? slice.start(element) : slice.length)
    }
}

extension Attachment275: JSONView {
    public static let viewName = "Attachment275"

    /// Contents are not in it, only where they are.
    public var members: ViewMembers {
        var members = ViewMembers()
        members.add("purpose", purpose)
        members.add("number", number)
        members.add("payer", payer?.json)
        members.add("submitter", submitter?.json)
        members.add("provider", provider?.json)
        members.add("patient", patient?.json)
        members.add("claim_dates", claimDates.map(\.json))
        members.add("assigned_number", assignedNumber)
        members.add("control_number", controlNumber)
        members.add("control_number_kind", controlNumberKind)
        members.add("references", references.map(\.json))
        members.add("requests", requests.map(\.json))
        members.add("service_dates", serviceDates.map(\.json))
        members.add("documents", documents.map(\.json))
        return members
    }
}

extension Attachment275.Document {
    var json: ViewText {
        var members = ViewMembers()
        members.add("report_type", reportType)
        members.add("format", format)
        members.add("submission_date", submissionDate)
        members.add(
            "contents",
            contents.map {
                var content = ViewMembers()
                content.add("filter", $0.filter)
                content.add("byte", $0.byteOffset)
                content.add("length", $0.length)
                content.add("whole", .bool($0.isWhole))
                return content.json
            })
        return members.json
    }
}
