import HealthTypes
import X12

/// A question of a 270 about one person as a value to be written.
public struct EligibilityRequestDraft270: Hashable, Sendable {
    public var batch: InquiryBatch
    /// Who is asked, mostly `PR`, and who asks, mostly `1P`.
    public var source: Party
    public var receiver: Party
    /// NM1*IL, and NM1*03 where the question is about a dependent.
    public var subscriber: Party
    public var dependent: Party?
    public var traces: [Trace]
    /// INS02 and INS17: what the person is to the subscriber, and the order of birth.
    public var relationship: String
    public var birthSequence: String
    /// HI.
    public var codes: [ClaimDraft837.HealthCode]
    public var dates: [DateEntry]
    public var questions: [Question]

    public init(
        batch: InquiryBatch, source: Party, receiver: Party, subscriber: Party, dependent: Party? = nil,
        traces: [Trace] = [], relationship: String = "", birthSequence: String = "",
        codes: [ClaimDraft837.HealthCode] = [], dates: [DateEntry] = [], questions: [Question]
    ) {
        self.batch = batch
        self.source = source
        self.receiver = receiver
        self.subscriber = subscriber
        self.dependent = dependent
        self.traces = traces
        self.relationship = relationship
        self.birthSequence = birthSequence
        self.codes = codes
        self.dates = dates
        self.questions = questions
    }

    /// EQ with what stands behind it (2110C and 2110D).
    public struct Question: Hashable, Sendable {
        /// EQ01, such as `30`.
        public var serviceTypes: [String]
        /// EQ02, EQ03 and EQ05.
        public var procedure: ProcedureCode?
        public var coverageLevel: String
        public var pointers: [String]
        public var amounts: [AmountEntry]
        /// III*ZZ: places of service.
        public var places: [String]
        public var references: [ReferenceNumber]
        public var dates: [DateEntry]

        public init(
            serviceTypes: [String] = [], procedure: ProcedureCode? = nil, coverageLevel: String = "",
            pointers: [String] = [], amounts: [AmountEntry] = [], places: [String] = [],
            references: [ReferenceNumber] = [], dates: [DateEntry] = []
        ) {
            self.serviceTypes = serviceTypes
            self.procedure = procedure
            self.coverageLevel = coverageLevel
            self.pointers = pointers
            self.amounts = amounts
            self.places = places
            self.references = references
            self.dates = dates
        }
    }
}

/// BHT of a set of inquiries or answers. Values with equal ones share a set.
public struct InquiryBatch: Hashable, Sendable {
    /// BHT02, such as `13` for a request and `11` for a response.
    public var purpose: String
    /// BHT03; where it is empty, a number of the writer's.
    public var number: String
    /// BHT06.
    public var transactionType: String

    public init(purpose: String, number: String = "", transactionType: String = "") {
        self.purpose = purpose
        self.number = number
        self.transactionType = transactionType
    }

    public static let request = InquiryBatch(purpose: "13")

    func write(_ pen: inout SegmentPen, _ structure: StaticString, _ frame: SetFrame) {
        pen.loop = "ST"
        pen.begin("BHT")
        pen.add(structure)
        pen.add(purpose)
        pen.add(number.isEmpty ? frame.reference : number)
        pen.add(frame.date)
        pen.add(frame.time)
        pen.add(transactionType)
        pen.end()
    }

    init?(_ unit: X12Unit) {
        guard let beginning = unit.first("ST", "BHT") else { return nil }
        self.init(purpose: beginning[2], number: beginning[3], transactionType: beginning[6])
    }
}

extension EligibilityRequestDraft270: WritableUnit {
    static var set: StaticString { "270" }
    static var functionalID: String { "HS" }
    var guide: String { "005010X279A1" }
    var heading: InquiryBatch { batch }

    func writeHeading(_ pen: inout SegmentPen, _ frame: SetFrame) { batch.write(&pen, "0022", frame) }

    func write(_ pen: inout SegmentPen, _ hierarchy: inout Hierarchy) {
        hierarchy.open(0, "20", leads: true, &pen) { $0.write(source, .inquiry, in: "2100A") }
        hierarchy.open(1, "21", leads: true, &pen) { $0.write(receiver, .inquiry, in: "2100B") }
        guard let dependent else {
            return hierarchy.open(2, "22", leads: false, alone: true, &pen) { pen in
                pen.write(traces)
                pen.write(subscriber, .inquiry, in: "2100C")
                writePerson(&pen)
            }
        }
        hierarchy.open(2, "22", leads: true, &pen) { $0.write(subscriber, .inquiry, in: "2100C") }
        hierarchy.open(3, "23", leads: false, alone: true, &pen) { pen in
            pen.write(traces)
            pen.write(dependent, .inquiry, in: "2100D")
            writePerson(&pen)
        }
    }

    private func writePerson(_ pen: inout SegmentPen) {
        pen.writeInsured(isSubscriber: dependent == nil, relationship, birthSequence: birthSequence)
        pen.write(codes)
        pen.write(dates)
        for question in questions { question.write(&pen) }
    }
}

extension EligibilityRequestDraft270.Question {
    func write(_ pen: inout SegmentPen) {
        pen.loop = "2110"
        pen.begin("EQ")
        pen.add(repetitions: serviceTypes)
        pen.add(procedure)
        pen.add(coverageLevel)
        pen.addEmpty()
        pen.add(components: pointers)
        pen.end()
        pen.write(amounts)
        for place in places {
            pen.begin("III")
            pen.add("ZZ")
            pen.add(place)
            pen.end()
        }
        pen.write(references)
        pen.write(dates)
    }
}

extension SegmentPen {
    /// INS of a person who is asked about.
    mutating func writeInsured(isSubscriber: Bool, _ relationship: String, birthSequence: String) {
        guard !relationship.isEmpty || !birthSequence.isEmpty else { return }
        begin("INS")
        if isSubscriber { add("Y") } else { add("N") }
        add(relationship)
        addEmpty(14)
        add(birthSequence)
        end()
    }

    /// Codes in one HI.
    mutating func write(_ codes: [ClaimDraft837.HealthCode]) {
        guard !codes.isEmpty else { return }
        begin("HI")
        for code in codes {
            add(components: [
                code.qualifier, code.code, code.dateFormat, code.date, code.amount?.x12 ?? "", code.quantity,
            ])
        }
        end()
    }
}

extension EligibilityRequestDraft270 {
    /// A question as it was read. Nil where it lacks its parties.
    public init?(_ inquiry: EligibilityInquiry270) {
        let unit = inquiry.unit
        let named: Set = ["INS", "HI", "DTP"]
        guard let batch = InquiryBatch(unit), let source = unit.draftParty("2100A"),
            let receiver = unit.draftParty("2100B"),
            let subscriber = Party(drafting: unit.loops("2100C").first, except: named)
        else { return nil }
        self.init(
            batch: batch, source: source, receiver: receiver, subscriber: subscriber,
            dependent: inquiry.isDependent ? Party(drafting: unit.loops("2100D").first, except: named) : nil,
            traces: inquiry.traces, relationship: inquiry.relationship,
            birthSequence: unit.root.first("INS")?[17] ?? "",
            codes: unit.root.all("HI").flatMap(ClaimDraft837.HealthCode.all), dates: inquiry.dates,
            questions: inquiry.questions.map(Question.init))
    }
}

extension EligibilityRequestDraft270.Question {
    init(_ question: EligibilityInquiry270.Question) {
        self.init(
            serviceTypes: question.serviceTypes, procedure: question.procedure, coverageLevel: question.coverageLevel,
            pointers: question.diagnosisPointers, amounts: question.amounts, places: question.places,
            references: question.references, dates: question.dates)
    }
}
