import HealthTypes
import X12

/// In which order the segments behind a name stand; the loops of the sets differ in it.
enum PartyOrder {
    /// 837: NM1 PRV N3 N4 DMG REF PER.
    case claim
    /// 270, 271 and 278: NM1 REF N3 N4 PER AAA PRV DMG.
    case inquiry
    /// 834: NM1 PER N3 N4 DMG.
    case member
    /// 835 and 820: N1 N2 N3 N4 REF PER.
    case payment
    /// 275: NM1 N3 N4 DMG PRV PER REF.
    case attachment
}

extension SegmentPen {
    // MARK: Parties

    /// The segments of a party, and those that it carries without a name for them.
    mutating func write(_ party: Party, _ order: PartyOrder, in loop: StaticString) {
        withUnsafePointer(to: party) { write(at: Place(mutating: $0), order, in: loop) }
    }

    mutating func write(at party: Place<Party>, _ order: PartyOrder, in loop: StaticString) {
        self.loop = loop
        switch order {
        case .claim:
            writeName(at: party)
            writeProvider(at: party)
            writeAddress(at: party)
            writePerson(at: party)
            if hasMore(party) { write("DTP", of: party.pointee.additional) }
            if !party.pointee.references.isEmpty { write(party.pointee.references) }
            if !party.pointee.contacts.isEmpty { write(party.pointee.contacts) }
        case .inquiry:
            writeName(at: party)
            if !party.pointee.references.isEmpty { write(party.pointee.references) }
            writeAddress(at: party)
            if !party.pointee.contacts.isEmpty { write(party.pointee.contacts) }
            if !party.pointee.rejections.isEmpty { write(party.pointee.rejections) }
            writeProvider(at: party)
            writePerson(at: party)
        case .member:
            writeName(at: party)
            if !party.pointee.contacts.isEmpty { write(party.pointee.contacts) }
            writeAddress(at: party)
            writePerson(at: party)
        case .payment:
            writeShortName(at: party)
            write("N2", of: party.pointee.additional)
            writeAddress(at: party)
            if !party.pointee.references.isEmpty { write(party.pointee.references) }
            if !party.pointee.contacts.isEmpty { write(party.pointee.contacts) }
        case .attachment:
            writeName(at: party)
            writeAddress(at: party)
            writePerson(at: party)
            writeProvider(at: party)
            if !party.pointee.contacts.isEmpty { write(party.pointee.contacts) }
            if !party.pointee.references.isEmpty { write(party.pointee.references) }
        }
        if !party.pointee.additional.isEmpty { write(party.pointee.additional, except: Self.placed(order)) }
    }

    private static func placed(_ order: PartyOrder) -> Set<String> {
        let whole: Set = ["NM1", "PRV", "N4", "DMG"]
        switch order {
        case .claim: return whole.union(["DTP"])
        case .payment: return whole.union(["N2"])
        case .inquiry, .member, .attachment: return whole
        }
    }

    @inline(__always)
    private func hasMore(_ party: Place<Party>) -> Bool { !party.pointee.additional.isEmpty }

    /// NM1.
    mutating func writeName(_ party: Party) {
        withUnsafePointer(to: party) { writeName(at: Place(mutating: $0)) }
    }

    mutating func writeName(at party: Place<Party>) {
        if hasMore(party), party.pointee.keeps("NM1") { return write("NM1", of: party.pointee.additional) }
        begin("NM1")
        add(&party.pointee.role)
        if party.pointee.isPerson { add("1") } else { add("2") }
        add(&party.pointee.name)
        add(&party.pointee.firstName)
        add(&party.pointee.middleName)
        addEmpty()
        add(&party.pointee.suffix)
        if !party.pointee.identifier.isEmpty {
            add(&party.pointee.identifierQualifier)
            add(&party.pointee.identifier)
        }
        end()
    }

    /// N1.
    private mutating func writeShortName(at party: Place<Party>) {
        begin("N1")
        add(&party.pointee.role)
        add(&party.pointee.name)
        if !party.pointee.identifier.isEmpty {
            add(&party.pointee.identifierQualifier)
            add(&party.pointee.identifier)
        }
        end()
    }

    mutating func writeProvider(_ party: Party) {
        withUnsafePointer(to: party) { writeProvider(at: Place(mutating: $0)) }
    }

    mutating func writeProvider(at party: Place<Party>) {
        if hasMore(party), party.pointee.keeps("PRV") { return write("PRV", of: party.pointee.additional) }
        guard !party.pointee.taxonomy.isEmpty else { return }
        begin("PRV")
        if party.pointee.providerCode.isEmpty {
            add(party.pointee.usualProviderCode)
        } else {
            add(&party.pointee.providerCode)
        }
        add("PXC")
        add(&party.pointee.taxonomy)
        end()
    }

    mutating func writeAddress(_ party: Party) {
        withUnsafePointer(to: party) { writeAddress(at: Place(mutating: $0)) }
    }

    mutating func writeAddress(at party: Place<Party>) {
        let address = party.pointee.address
        var line = 0
        while line < address.count {
            begin("N3")
            add(address[line])
            if line + 1 < address.count { add(address[line + 1]) }
            end()
            line += 2
        }
        if hasMore(party), party.pointee.keeps("N4") { return write("N4", of: party.pointee.additional) }
        if !party.pointee.city.isEmpty || !party.pointee.state.isEmpty || !party.pointee.postalCode.isEmpty {
            begin("N4")
            add(&party.pointee.city)
            add(&party.pointee.state)
            add(&party.pointee.postalCode)
            add(&party.pointee.country)
            end()
        }
    }

    /// DMG.
    mutating func writePerson(_ party: Party) {
        withUnsafePointer(to: party) { writePerson(at: Place(mutating: $0)) }
    }

    mutating func writePerson(at party: Place<Party>) {
        if hasMore(party), party.pointee.keeps("DMG") { return write("DMG", of: party.pointee.additional) }
        if party.pointee.birthDate != nil || !party.pointee.gender.isEmpty {
            begin("DMG")
            if let day = party.pointee.birthDate {
                add("D8")
                add(day)
            } else {
                addEmpty(2)
            }
            add(&party.pointee.gender)
            end()
        }
    }

    mutating func write(_ contacts: [Contact]) {
        for contact in contacts {
            begin("PER")
            add(contact.role)
            add(contact.name)
            for number in contact.numbers {
                add(number.qualifier)
                add(number.number)
            }
            end()
        }
    }

    // MARK: Numbers, days, amounts

    // What each line of a claim has is written where it lies, as copying it would cost as much.

    mutating func write(_ references: [ReferenceNumber]) {
        references.withUnsafeBufferPointer { references in
            guard let first = references.baseAddress else { return }
            for index in references.indices {
                let reference = Place(mutating: first + index)
                begin("REF")
                add(&reference.pointee.qualifier)
                add(&reference.pointee.value)
                add(&reference.pointee.note)
                end()
            }
        }
    }

    /// A number where there is one.
    mutating func writeReference(_ qualifier: StaticString, _ value: String) {
        guard !value.isEmpty else { return }
        begin("REF")
        add(qualifier)
        add(value)
        end()
    }

    /// DTP.
    mutating func write(_ dates: [DateEntry]) {
        dates.withUnsafeBufferPointer { dates in
            guard let first = dates.baseAddress else { return }
            for index in dates.indices {
                begin("DTP")
                let date = UnsafeRawPointer(first + index)
                add(ConstantTexts.text(date, ConstantTexts.dateQualifier))
                add(ConstantTexts.text(date, ConstantTexts.dateFormat))
                add(ConstantTexts.text(date, ConstantTexts.dateText))
                end()
            }
        }
    }

    /// DTM: a day in its second element, anything else in its fifth and sixth.
    mutating func writeShort(_ dates: [DateEntry]) {
        for date in dates {
            begin("DTM")
            add(date.qualifier)
            if date.format == "D8" {
                add(date.text)
            } else {
                addEmpty(3)
                add(date.format)
                add(date.text)
            }
            end()
        }
    }

    mutating func write(_ amounts: [AmountEntry]) {
        for amount in amounts {
            begin("AMT")
            add(amount.qualifier)
            if let value = amount.amount { add(value) } else { add(amount.text) }
            end()
        }
    }

    mutating func writeAmount(_ qualifier: StaticString, _ amount: Money?) {
        guard let amount else { return }
        begin("AMT")
        add(qualifier)
        add(amount)
        end()
    }

    mutating func write(_ quantities: [QuantityEntry]) {
        for quantity in quantities {
            begin("QTY")
            add(quantity.qualifier)
            add(quantity.quantity)
            end()
        }
    }

    /// CAS: up to six adjustments of one group in each.
    mutating func write(_ adjustments: [Adjustment]) {
        var index = 0
        while index < adjustments.count {
            let group = adjustments[index].group
            begin("CAS")
            add(group)
            var inSegment = 0
            while index < adjustments.count, inSegment < 6, adjustments[index].group == group {
                add(adjustments[index].reason)
                if let amount = adjustments[index].amount { add(amount) } else { add(adjustments[index].text) }
                add(adjustments[index].quantity)
                index += 1
                inSegment += 1
            }
            end()
        }
    }

    // MARK: Codes and answers

    /// A procedure as an element.
    @inline(__always)
    mutating func add(_ procedure: ProcedureCode) {
        add(procedure.qualifier)
        component(procedure.code)
        guard !procedure.modifiers.isEmpty || !procedure.note.isEmpty else { return }
        for modifier in procedure.modifiers { component(modifier) }
        if !procedure.note.isEmpty {
            for _ in procedure.modifiers.count..<max(4, procedure.modifiers.count) { component("") }
            component(procedure.note)
        }
        endComposite()
    }

    /// A procedure where it lies.
    mutating func add(at procedure: Place<ProcedureCode?>) {
        guard case .some = procedure.pointee else { return addEmpty() }
        let code = UnsafeRawPointer(procedure)
        let place = code.assumingMemoryBound(to: ProcedureCode.self)
        guard place.pointee.note.isEmpty else { return add(place.pointee) }
        add(ConstantTexts.text(code, ConstantTexts.procedureQualifier))
        component(ConstantTexts.text(code, ConstantTexts.procedureCode))
        if !place.pointee.modifiers.isEmpty {
            for index in 0..<place.pointee.modifiers.count { component(place.pointee.modifiers[index]) }
            endComposite()
        }
    }

    mutating func add(_ procedure: ProcedureCode?) {
        if let procedure { add(procedure) } else { addEmpty() }
    }

    /// Texts as the components of an element.
    mutating func add(components: [String]) {
        add(components.first ?? "")
        for component in components.dropFirst() { self.component(component) }
        endComposite()
    }

    /// Texts as the repetitions of an element.
    mutating func add(repetitions: [String]) {
        add(repetitions.first ?? "")
        for text in repetitions.dropFirst() { repetition(text) }
    }

    mutating func write(_ traces: [Trace]) {
        for trace in traces {
            begin("TRN")
            add(trace.kind)
            add(trace.number)
            add(trace.originator)
            add(trace.division)
            end()
        }
    }

    mutating func write(_ rejections: [Rejection]) {
        for rejection in rejections {
            begin("AAA")
            if rejection.isRequestValid { add("Y") } else { add("N") }
            addEmpty()
            add(rejection.reason)
            add(rejection.followUp)
            end()
        }
    }

    mutating func writeMessages(_ messages: [String]) {
        for message in messages {
            begin("MSG")
            add(message)
            end()
        }
    }

    /// STC.
    mutating func write(_ statuses: [StatusEntry]) {
        for status in statuses {
            begin("STC")
            add(status.reasons.first)
            add(status.date)
            add(status.action)
            add(status.charge)
            add(status.paid)
            add(status.decisionDate)
            addEmpty()
            add(status.paymentDate)
            add(status.paymentNumber)
            add(status.reasons.count > 1 ? status.reasons[1] : nil)
            add(status.reasons.count > 2 ? status.reasons[2] : nil)
            add(status.message)
            end()
        }
    }

    private mutating func add(_ reason: StatusEntry.Reason?) {
        guard let reason else { return addEmpty() }
        add(components: [reason.category, reason.code, reason.entity, reason.codeList])
    }
}

/// Where the constant texts of values lie in them, for which there is no `&`.
private enum ConstantTexts {
    static let dateQualifier = MemoryLayout<DateEntry>.offset(of: \.qualifier)!
    static let dateFormat = MemoryLayout<DateEntry>.offset(of: \.format)!
    static let dateText = MemoryLayout<DateEntry>.offset(of: \.text)!
    static let procedureQualifier = MemoryLayout<ProcedureCode>.offset(of: \.qualifier)!
    static let procedureCode = MemoryLayout<ProcedureCode>.offset(of: \.code)!

    @inline(__always)
    static func text(_ value: UnsafeRawPointer, _ offset: Int) -> UnsafePointer<String> {
        (value + offset).assumingMemoryBound(to: String.self)
    }
}
