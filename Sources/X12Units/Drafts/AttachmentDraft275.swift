public import HealthTypes
import X12

/// Documents that go to a payer for a claim (275) as a value to be written.
public struct AttachmentDraft275: Hashable, Sendable {
    /// Which guide is written.
    public enum Version: String, Sendable {
        /// 006020X314, with the content in BDS.
        case x314 = "006020X314"
        /// 005010X210, with the content in BIN.
        case x210 = "005010X210"
    }

    public var version: Version
    /// BGN01: `02` sent unasked, `11` asked for; BGN02, where it is empty a number of the writer's.
    public var purpose: String
    public var number: String
    /// NM1*PR, NM1*41, NM1*1P and NM1*QC; the claim's numbers are in the patient's `references`.
    public var payer: Party
    public var submitter: Party?
    public var provider: Party
    public var patient: Party
    /// NX1, N3 and N4 of the provider's locations (1100C).
    public var locations: [SegmentDraft]
    /// DTP*472 of the claim.
    public var claimDates: [DateEntry]
    public var documents: [Document]

    public init(
        _ version: Version = .x314, purpose: String = "02", number: String = "", payer: Party,
        submitter: Party? = nil, provider: Party, patient: Party, locations: [SegmentDraft] = [],
        claimDates: [DateEntry] = [], documents: [Document]
    ) {
        self.version = version
        self.purpose = purpose
        self.number = number
        self.payer = payer
        self.submitter = submitter
        self.provider = provider
        self.patient = patient
        self.locations = locations
        self.claimDates = claimDates
        self.documents = documents
    }

    /// LX with what stands behind it (2000A).
    public struct Document: Hashable, Sendable {
        /// TRN01 and TRN02: `1` the sender's own attachment number, `2` that of the payer's request.
        public var trace: Trace
        /// STC of the request.
        public var requests: [StatusEntry]
        public var references: [ReferenceNumber]
        public var serviceDates: [DateEntry]
        /// DTP*368.
        public var submissionDate: CalendarDate
        /// CAT01 to CAT03: `AE`, and `TX` text, `HL` HL7, `IA` image.
        public var reportType: String
        public var format: String
        public var formatVersion: String
        public var contents: [Content]

        public init(
            trace: Trace, requests: [StatusEntry] = [], references: [ReferenceNumber] = [],
            serviceDates: [DateEntry] = [], submissionDate: CalendarDate, reportType: String = "AE",
            format: String, formatVersion: String = "", contents: [Content]
        ) {
            self.trace = trace
            self.requests = requests
            self.references = references
            self.serviceDates = serviceDates
            self.submissionDate = submissionDate
            self.reportType = reportType
            self.format = format
            self.formatVersion = formatVersion
            self.contents = contents
        }
    }

    /// Bytes as they are sent: they are neither checked nor changed, and their length is counted.
    public struct Content: Hashable, Sendable {
        /// BDS01: `ASC` as they are, `B64` in Base64, which the caller has made.
        public var filter: String
        public var bytes: [UInt8]

        public init(_ bytes: [UInt8], filter: String = "B64") {
            self.bytes = bytes
            self.filter = filter
        }
    }
}

extension AttachmentDraft275: WritableUnit {
    static var set: StaticString { "275" }
    static var functionalID: String { "PI" }
    static var standsAlone: Bool { true }
    var guide: String { version.rawValue }
    /// Documents share their set with nothing.
    var heading: Int { 0 }
    var size: Int { 0 }

    func writeHeading(_ pen: inout SegmentPen, _ frame: SetFrame) {
        pen.loop = "ST"
        pen.begin("BGN")
        pen.add(purpose)
        pen.add(number.isEmpty ? frame.reference : number)
        pen.add(frame.date)
        pen.add(frame.time)
        pen.end()
        pen.write(payer, .attachment, in: "1000A")
        if let submitter { pen.write(submitter, .attachment, in: "1000B") }
        pen.write(provider, .attachment, in: "1000C")
        for segment in locations { pen.write(segment) }
        pen.write(patient, .attachment, in: "1000D")
        pen.write(claimDates)
    }

    func write(_ pen: inout SegmentPen, _ hierarchy: inout Hierarchy) {
        for (index, document) in documents.enumerated() {
            pen.loop = "2000A"
            pen.begin("LX")
            pen.add(index + 1)
            pen.end()
            pen.write([document.trace])
            pen.write(document.requests)
            pen.write(document.references)
            pen.write(document.serviceDates)
            pen.write([DateEntry("368", document.submissionDate)])
            pen.begin("CAT")
            for text in [document.reportType, document.format, document.formatVersion] { pen.add(text) }
            pen.end()
            for (place, content) in document.contents.enumerated() { write(content, place + 1, &pen) }
        }
    }

    private func write(_ content: Content, _ place: Int, _ pen: inout SegmentPen) {
        switch version {
        case .x210:
            pen.begin("EFI")
            pen.add("05")
            pen.end()
            pen.begin("BIN")
        case .x314:
            pen.begin("OOI")
            pen.add(place)
            pen.add("47")
            pen.add("ATTACHMENT")
            pen.end()
            pen.begin("BDS")
            pen.add(content.filter)
        }
        pen.add(content.bytes.count)
        pen.add(content: content.bytes)
        pen.end()
    }
}

extension AttachmentDraft275 {
    /// Documents as they were read, those of one set in their order. Nil where there is none, or where a party or a day is
    /// missing.
    public init?(_ attachments: [Attachment275]) {
        guard let unit = attachments.first?.unit, let version = Version(rawValue: unit.guideID),
            let payer = unit.draftParty("1000A"), let provider = unit.draftParty("1000C"),
            let patient = Party(drafting: unit.loops("1000D").first, except: ["DTP"])
        else { return nil }
        var documents: [Document] = []
        for attachment in attachments {
            for one in attachment.documents {
                guard let day = one.submissionDate else { return nil }
                documents.append(
                    Document(
                        trace: Trace(attachment.controlNumber, kind: attachment.controlNumberKind),
                        requests: attachment.requests, references: attachment.references,
                        serviceDates: attachment.serviceDates, submissionDate: day, reportType: one.reportType,
                        format: one.format, formatVersion: one.loop.first("CAT")?[3] ?? "",
                        contents: one.contents.map { Content($0.bytes, filter: $0.filter) }))
            }
        }
        self.init(
            version, purpose: attachments[0].purpose, number: attachments[0].number, payer: payer,
            submitter: unit.draftParty("1000B"), provider: provider, patient: patient,
            locations: SegmentDraft.all(unit.loops("1100C").flatMap(\.segments)),
            claimDates: attachments[0].claimDates, documents: documents)
    }
}
