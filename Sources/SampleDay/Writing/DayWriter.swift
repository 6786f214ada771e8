import Claims
import FHIR
import HL7v2
import HealthTypes

/// Writes the folder of a sample day, one encounter at a time. Only the claims of the outside batch wait in memory,
/// since an interchange is written as a whole.
struct DayWriter {
    private let folder: String
    private let options: SampleDay.Options
    /// Open files of many encounters, by path. A file of which there would be nothing is not written.
    private var open: [String: OutputFile] = [:]
    private var outsideClaims: [Claim] = []
    private var files: [Manifest.File] = []

    private static let memberColumns = [
        "payer_id", "member_id", "family", "given", "birth_date", "sex", "plan", "group", "from", "to",
        "deductible_remaining", "copay", "other_payer_id", "other_member_id",
    ]
    static let membersPath = "payer/members.tsv"

    init(folder: String, options: SampleDay.Options) throws {
        self.folder = folder
        self.options = options
        try write(
            ChartMapping.directory(HealthSystem.organizations + HealthSystem.clinicians).json.pretty,
            to: "directory.fhir.json", .directory)
        let prices = Chargemaster.prices.sorted { $0.procedure < $1.procedure }
        try write(
            Self.heading + "procedure\tcharge\n"
                + prices.map { "\($0.procedure)\t\(Money(cents: $0.cents))\n" }.joined(),
            to: "chargemaster.tsv", .chargemaster)
        try append(
            Self.heading + Self.memberColumns.joined(separator: "\t") + "\n", to: Self.membersPath, arrivingAs: nil)
        try append(Truth.header + "\n", to: Truth.name, arrivingAs: nil)
    }

    private static let heading = "# Made by the synthesizer: invented. Licence: Apache-2.0.\n"

    /// - Parameter isRepeat: the encounter repeats another one, whose member is enrolled already.
    mutating func add(_ visit: SampleVisit, isRepeat: Bool) throws {
        if !isRepeat { try enrol(visit.enrolment) }
        switch visit.path {
        case .hospital: try addHospital(visit)
        case .outside: outsideClaims.append(visit.claim)
        case .web:
            try write(registration(of: visit).json.text, to: "fhir/registration-\(visit.key).json", .fhir)
            try append(visit.json.text + "\n", to: "json/claims.ndjson", arrivingAs: .claims)
        }
        if let (problem, detail) = visit.planted {
            try append("\(visit.key),\(problem.rawValue),\(detail)\n", to: Truth.name, arrivingAs: nil)
        }
    }

    /// Closes what is open and writes the outside batch and the manifest.
    mutating func finish() throws -> Manifest {
        if !outsideClaims.isEmpty { try writeOutsideBatch() }
        for file in open.values { try file.close() }
        let manifest = Manifest(
            seed: options.seed, encounters: options.encounters, day: options.day,
            files: files.sorted { ($0.at, $0.path) < ($1.at, $1.path) })
        let output = try OutputFile("\(folder)/\(Manifest.name)")
        try output.write(manifest.json.pretty.utf8)
        try output.close()
        return manifest
    }

    // MARK: Rows

    private mutating func enrol(_ member: Enrolment) throws {
        try append(row(member), to: Self.membersPath, arrivingAs: nil)
        guard let other = member.other else { return }
        // The other payer knows the person too.
        var enrolment = member
        enrolment.payer = other.payer
        enrolment.memberID = other.memberID
        enrolment.plan = other.payer.plans[0]
        enrolment.other = nil
        try append(row(enrolment), to: Self.membersPath, arrivingAs: nil)
    }

    private func row(_ member: Enrolment) -> String {
        let person = member.person
        let cells: [String] = [
            member.payer.rawValue, member.memberID, person.family, person.given, person.birthDate?.description ?? "",
            person.sex.rawValue, member.plan, member.group ?? "", member.from.description,
            member.to?.description ?? "", member.deductibleRemaining.description, member.copay.description,
            member.other?.payer.rawValue ?? "", member.other?.memberID ?? "",
        ]
        return cells.joined(separator: "\t") + "\n"
    }

    // MARK: Formats

    /// A JSON claim names a member and nothing else of the patient: who that is, the registration desk has told.
    private func registration(of visit: SampleVisit) -> FHIRBundle {
        var bundle = FHIRBundle(type: "collection")
        for entry in visit.chartBundle.entries
        where ["Patient", "Coverage", "Organization"].contains(entry.resource.type) {
            bundle.add(fullUrl: entry.fullUrl, resource: entry.resource)
        }
        return bundle
    }

    private mutating func addHospital(_ visit: SampleVisit) throws {
        let day = options.day
        let booked = visit.booked
        let number = visit.key.dropFirst()
        func header(_ kind: String, _ at: Instant) -> VisitMapping.Header {
            VisitMapping.Header(
                controlID: "\(kind)\(number)", at: at, application: "LARKFIELD-EHR", facility: "LARKFIELD")
        }
        let bookedAt = Instant(day.adding(days: -8), hour: 15)
        try append(
            VisitMapping.writeAppointment(
                booked, procedures: visit.scenario.services.map(\.procedure), header: header("SIU", bookedAt)),
            to: "hl7/siu.hl7", .siu)
        // The cover that the patient named on the telephone: IN1 is no part of SIU^S12 in the standard, and many
        // schedulers send it all the same.
        let cover = VisitMapping.writeRegistration(
            booked, coverages: [visit.coverage], header: header("SIU", bookedAt)
        ).all("IN1")
        try append(cover.map { "\($0.raw)\r" }.joined(), to: "hl7/siu.hl7", arrivingAs: .siu)
        try write(visit.chartBundle.json.text, to: "fhir/\(visit.key).json", .fhir)
        if !visit.orders.isEmpty {
            try append(
                VisitMapping.writeOrders(
                    booked, visit.orders, header: header("ORM", Instant(day.adding(days: -6), hour: 16))),
                to: "hl7/orm.hl7", .orm)
        }
        guard visit.tookPlace else { return }
        let checkedIn = visit.encounter.checkedIn ?? Instant(day, hour: 7)
        try append(
            VisitMapping.writeRegistration(
                visit.encounter, coverages: [visit.coverage], header: header("ADT", checkedIn)), to: "hl7/adt.hl7", .adt
        )
        try append(
            VisitMapping.writeCharges(
                visit.encounter, visit.charges, header: header("DFT", Instant(day, hour: 21))), to: "hl7/dft.hl7", .dft)
    }

    private mutating func append(_ message: HL7Message, to path: String, _ kind: Manifest.Kind) throws {
        try append(bytes: message.bytes, to: path, arrivingAs: kind)
    }

    // MARK: Files

    /// When the files of a kind arrive, counted from the day.
    private func arrival(_ kind: Manifest.Kind) -> Instant {
        let (days, hour, minute) =
            switch kind {
            case .directory, .chargemaster: (-8, 6, 0)
            case .siu: (-7, 8, 0)
            case .fhir: (-5, 6, 0)
            case .orm: (-5, 8, 0)
            case .adt: (0, 7, 30)
            case .dft: (1, 5, 0)
            case .x12: (1, 6, 0)
            case .claims: (1, 7, 0)
            }
        return Instant(options.day.adding(days: days), hour: hour, minute: minute)
    }

    private mutating func writeOutsideBatch() throws {
        let bytes = outsideBatch(outsideClaims, at: Instant(options.day, hour: 22))
        try append(bytes: bytes, to: "x12/outside-claims.837", arrivingAs: .x12)
    }

    private mutating func append(_ text: String, to path: String, arrivingAs kind: Manifest.Kind?) throws {
        try append(bytes: text.utf8, to: path, arrivingAs: kind)
    }

    private mutating func append(
        bytes: some Sequence<UInt8>, to path: String, arrivingAs kind: Manifest.Kind?
    ) throws {
        let file: OutputFile
        if let found = open[path] {
            file = found
        } else {
            file = try OutputFile("\(folder)/\(path)")
            open[path] = file
            if let kind { files.append(Manifest.File(path: path, at: arrival(kind), kind: kind)) }
        }
        try file.write(bytes)
    }

    /// Writes a file at once.
    private mutating func write(_ text: String, to path: String, _ kind: Manifest.Kind) throws {
        let file = try OutputFile("\(folder)/\(path)")
        try file.write(text.utf8)
        try file.close()
        files.append(Manifest.File(path: path, at: arrival(kind), kind: kind))
    }
}
