import HealthTypes
import X12

extension MemberDraft834: WritableUnit {
    static var set: StaticString { "834" }
    static var functionalID: String { "BE" }
    var guide: String { "005010X220A1" }
    var heading: File { file }

    func writeHeading(_ pen: inout SegmentPen, _ frame: SetFrame) {
        pen.loop = "ST"
        pen.begin("BGN")
        pen.add(file.purpose)
        pen.add(file.number.isEmpty ? frame.reference : file.number)
        pen.add(frame.date)
        pen.add(frame.time)
        pen.add(file.timeZone)
        pen.add(file.originalNumber)
        pen.addEmpty()
        pen.add(file.action)
        pen.end()
        pen.writeReference("38", file.policy)
        pen.write(file.dates)
        pen.write(file.totals)
        pen.write(file.sponsor, .payment, in: "1000A")
        pen.write(file.payer, .payment, in: "1000B")
        for broker in file.brokers { pen.write(broker, .payment, in: "1000C") }
    }

    func write(_ pen: inout SegmentPen, _ hierarchy: inout Hierarchy) {
        pen.loop = "2000"
        pen.begin("INS")
        if isSubscriber { pen.add("Y") } else { pen.add("N") }
        for text in [relationship, maintenanceType, maintenanceReason, benefitStatus] { pen.add(text) }
        pen.add(components: [medicarePlan, medicareReason])
        for text in [continuationEvent, employmentStatus, studentStatus, disability] { pen.add(text) }
        if let deathDate {
            pen.add("D8")
            pen.add(deathDate)
        } else {
            pen.addEmpty(2)
        }
        pen.add(confidentiality)
        pen.addEmpty(3)
        pen.add(birthSequence)
        pen.end()
        pen.write(references)
        pen.write(dates)
        pen.write(member, .member, in: "2100A")
        if let incorrectMember { pen.write(incorrectMember, .member, in: "2100B") }
        for party in relatedParties { pen.write(party, .member, in: "2100") }
        for segment in disabilities { pen.write(segment) }
        for coverage in coverages { coverage.write(&pen) }
        writeCategories(&pen)
    }

    private func writeCategories(_ pen: inout SegmentPen) {
        guard !reportingCategories.isEmpty else { return }
        pen.loop = "2750"
        pen.begin("LS")
        pen.add("2700")
        pen.end()
        for (index, category) in reportingCategories.enumerated() {
            pen.begin("LX")
            pen.add(index + 1)
            pen.end()
            pen.write(Party("75", name: category.name), .payment, in: "2750")
            pen.write(category.references)
            pen.write(category.dates)
        }
        pen.begin("LE")
        pen.add("2700")
        pen.end()
    }
}

extension MemberDraft834.Coverage {
    fileprivate func write(_ pen: inout SegmentPen) {
        pen.loop = "2300"
        pen.begin("HD")
        pen.add(maintenanceType)
        pen.addEmpty()
        for text in [line, plan, level] { pen.add(text) }
        pen.end()
        pen.write(dates)
        pen.write(amounts)
        pen.write(references)
        for card in cards { pen.write(card) }
        for (index, provider) in providers.enumerated() {
            pen.begin("LX")
            pen.add(index + 1)
            pen.end()
            // Where a member's provider is named, its contacts stand behind its address.
            pen.loop = "2310"
            pen.writeName(provider)
            pen.writeAddress(provider)
            pen.write(provider.contacts)
            pen.write(provider.additional, except: ["NM1", "N4"])
        }
        for other in otherCoverages { other.write(&pen) }
    }
}

extension MemberDraft834.OtherCoverage {
    fileprivate func write(_ pen: inout SegmentPen) {
        pen.loop = "2320"
        pen.begin("COB")
        for text in [sequence, policyNumber, coordination] { pen.add(text) }
        pen.add(repetitions: serviceTypes)
        pen.end()
        pen.write(references)
        pen.write(dates)
        for party in parties {
            pen.loop = "2330"
            pen.writeName(party)
            pen.writeAddress(party)
            pen.write(party.contacts)
            pen.write(party.additional, except: ["NM1", "N4"])
        }
    }
}

// MARK: - Reading

extension MemberDraft834 {
    /// A member as it was read. Nil where the file lacks its sponsor or payer, or the member its name.
    public init?(_ view: Member834) {
        let unit = view.unit
        guard let file = File(unit), let member = unit.draftParty("2100A") else { return nil }
        let header = unit.root.first
        let related = ["2100C", "2100D", "2100E", "2100F", "2100G", "2100H"]
        self.init(
            file: file, isSubscriber: view.isSubscriber, relationship: view.relationship,
            maintenanceType: view.maintenanceType, maintenanceReason: view.maintenanceReason,
            benefitStatus: view.benefitStatus, medicarePlan: view.medicarePlan, medicareReason: view.medicareReason,
            continuationEvent: view.continuationEvent, employmentStatus: view.employmentStatus,
            studentStatus: view.studentStatus, disability: header[10], deathDate: view.deathDate,
            confidentiality: header[13], birthSequence: header[17], references: view.references, dates: view.dates,
            member: member, incorrectMember: unit.draftParty("2100B"),
            relatedParties: related.flatMap { unit.root.loops($0) }.compactMap { Party(drafting: $0) },
            disabilities: SegmentDraft.all(view.disabilities.flatMap(\.segments)),
            coverages: view.coverages.map(Coverage.init),
            reportingCategories: unit.root.loops("2750").map {
                ReportingCategory($0.first[2], references: $0.references, dates: $0.dates)
            })
    }
}

extension MemberDraft834.File {
    fileprivate init?(_ unit: X12Unit) {
        guard let beginning = unit.first("ST", "BGN"), let sponsor = unit.draftParty("1000A"),
            let payer = unit.draftParty("1000B")
        else { return nil }
        let brokers = unit.loops("1000C").compactMap { loop -> Party? in
            var party = Party(drafting: loop)
            party?.additional += SegmentDraft.all(loop.loops("1100C").flatMap(\.segments))
            return party
        }
        self.init(
            purpose: beginning[1], number: beginning[2], timeZone: beginning[5], originalNumber: beginning[6],
            action: beginning[8], policy: unit.first("ST", "REF", "38")?[2] ?? "",
            dates: unit.all("ST", "DTP").map(DateEntry.init), totals: unit.all("ST", "QTY").map(QuantityEntry.init),
            sponsor: sponsor, payer: payer, brokers: brokers)
    }
}

extension MemberDraft834.Coverage {
    fileprivate init(_ coverage: Member834.Coverage) {
        let loop = coverage.loop
        self.init(
            maintenanceType: coverage.maintenanceType, line: coverage.line, plan: coverage.plan, level: coverage.level,
            dates: coverage.dates, amounts: coverage.amounts, references: coverage.references,
            cards: SegmentDraft.all(coverage.cards),
            providers: loop.loops("2310").compactMap { Party(drafting: $0, except: ["LX"]) },
            otherCoverages: coverage.otherCoverages.map {
                MemberDraft834.OtherCoverage(
                    sequence: $0.sequence, policyNumber: $0.policyNumber, coordination: $0.coordination,
                    serviceTypes: $0.serviceTypes, references: $0.references, dates: $0.dates,
                    parties: $0.loop.loops("2330").compactMap { Party(drafting: $0) })
            })
    }
}
