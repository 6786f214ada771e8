import HealthTypes

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
        self.loop = loop
        switch order {
        case .claim:
            writeName(party)
            writeProvider(party)
            writeAddress(party)
            writePerson(party)
            write("DTP", of: party.additional)
            write(party.references)
            write(party.contacts)
        case .inquiry:
            writeName(party)
            write(party.references)
            writeAddress(party)
            write(party.contacts)
            write(party.rejections)
            writeProvider(party)
            writePerson(party)
        case .member:
            writeName(party)
            write(party.contacts)
            writeAddress(party)
            writePerson(party)
        case .payment:
            writeShortName(party)
            write("N2", of: party.additional)
            writeAddress(party)
            write(party.references)
            write(party.contacts)
        case .attachment:
            writeName(party)
            writeAddress(party)
            writePerson(party)
            writeProvider(party)
            write(party.contacts)
            write(party.references)
        }
        if !party.additional.isEmpty { write(party.additional, except: Self.placed(order)) }
    }

    private static func placed(_ order: PartyOrder) -> Set<String> {
        let whole: Set = ["NM1", "PRV", "N4", "DMG"]
        switch order {
        case .claim: return whole.union(["DTP"])
        case .payment: return whole.union(["N2"])
        case .inquiry, .member, .attachment: return whole
        }
    }

    /// NM1.
    mutating func writeName(_ party: Party) {
        if party.keeps("NM1") { return write("NM1", of: party.additional) }
        begin("NM1")
        add(party.role)
        if party.isPerson { add("1") } else { add("2") }
        add(party.name)
        add(party.firstName)
        add(party.middleName)
        addEmpty()
        add(party.suffix)
        if !party.identifier.isEmpty {
            add(party.identifierQualifier)
            add(party.identifier)
        }
        end()
    }

    /// N1.
    private mutating func writeShortName(_ party: Party) {
        begin("N1")
        add(party.role)
        add(party.name)
        if !party.identifier.isEmpty {
            add(party.identifierQualifier)
            add(party.identifier)
        }
        end()
    }

    mutating func writeProvider(_ party: Party) {
        if party.keeps("PRV") { return write("PRV", of: party.additional) }
        guard !party.taxonomy.isEmpty else { return }
        begin("PRV")
        if party.providerCode.isEmpty { add(party.usualProviderCode) } else { add(party.providerCode) }
        add("PXC")
        add(party.taxonomy)
        end()
    }

    mutating func writeAddress(_ party: Party) {
        var line = 0
        while line < party.address.count {
            begin("N3")
            add(party.address[line])
            if line + 1 < party.address.count { add(party.address[line + 1]) }
            end()
            line += 2
        }
        if party.keeps("N4") { return write("N4", of: party.additional) }
        if !party.city.isEmpty || !party.state.isEmpty || !party.postalCode.isEmpty {
            begin("N4")
            add(party.city)
            add(party.state)
            add(party.postalCode)
            add(party.country)
            end()
        }
    }

    /// DMG.
    mutating func writePerson(_ party: Party) {
        if party.keeps("DMG") { return write("DMG", of: party.additional) }
        if party.birthDate != nil || !party.gender.isEmpty {
            begin("DMG")
            if let day = party.birthDate {
                add("D8")
                add(day)
            } else {
                addEmpty(2)
            }
            add(party.gender)
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
            for index in references.indices {
                begin("REF")
                add(references[index].qualifier)
                add(references[index].value)
                add(references[index].note)
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
            for index in dates.indices {
                begin("DTP")
                add(dates[index].qualifier)
                add(dates[index].format)
                add(dates[index].text)
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
