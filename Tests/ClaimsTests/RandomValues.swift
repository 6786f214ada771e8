import HealthTypes

@testable import Claims

/// Values of the model by dice: any field may be absent, any text may hold what JSON escapes.
extension SeededRandom {
    private mutating func text() -> String {
        let alphabet: [Unicode.Scalar] = [
            "a", "Z", "7", "\"", "\\", "/", "\n", "\u{1}", "é", "🩺", "\u{7f}", "\u{2028}", " ",
        ]
        var text = ""
        for _ in 0..<integer(in: 0..<9) { text.unicodeScalars.append(pick(alphabet)) }
        return text
    }

    private mutating func maybe<Value>(_ make: (inout SeededRandom) -> Value) -> Value? {
        chance(50) ? make(&self) : nil
    }

    private mutating func maybeText() -> String? { maybe { $0.text() } }

    private mutating func list<Value>(_ make: (inout SeededRandom) -> Value) -> [Value] {
        (0..<integer(in: 0..<4)).map { _ in make(&self) }
    }

    private mutating func texts() -> [String] { list { $0.text() } }

    private mutating func money() -> Money {
        chance(10) ? Money(cents: Int64(bitPattern: next())) : Money(cents: Int64(integer(in: -1000..<1_000_000)))
    }

    private mutating func day() -> CalendarDate { CalendarDate(dayNumber: integer(in: -719_162..<2_932_897)) }

    private mutating func address() -> Address {
        Address(line1: text(), line2: maybeText(), city: text(), state: text(), postalCode: text())
    }

    private mutating func person() -> Person {
        Person(
            family: text(), given: text(), middle: maybeText(), birthDate: maybe { $0.day() },
            sex: pick([.female, .male, .unknown]), address: maybe { $0.address() }, deathDate: maybe { $0.day() })
    }

    private mutating func provider() -> Provider {
        Provider(
            npi: text(), entity: pick([.person, .organization]), name: text(), given: maybeText(),
            taxonomy: maybeText(), taxID: maybeText(), address: maybe { $0.address() })
    }

    private mutating func coverage() -> Coverage {
        var coverage = Coverage(
            payerID: text(), payerName: text(), memberID: text(), groupNumber: maybeText(), planName: maybeText(),
            responsibility: pick([.primary, .secondary, .tertiary]), relationship: pick(["18", "19", ""]),
            subscriber: person(), from: maybe { $0.day() }, to: maybe { $0.day() })
        coverage.filingIndicator = maybeText()
        return coverage
    }

    private mutating func period() -> DatedPeriod {
        DatedPeriod(qualifier: text(), from: day(), to: maybe { $0.day() })
    }

    private mutating func adjustment() -> Adjustment {
        Adjustment(group: text(), reason: text(), amount: money(), quantity: maybeText())
    }

    private mutating func line() -> ClaimLine {
        var line = ClaimLine(
            number: integer(in: -5..<1000), procedure: text(), modifiers: texts(), charge: money(),
            units: pick(["1", "2", "1.00", ""]), unitBasis: pick(["UN", "MJ", ""]),
            pointers: list { $0.integer(in: 0..<13) }, from: day(), to: maybe { $0.day() })
        line.placeOfService = maybeText()
        line.controlNumber = maybeText()
        line.ndc = maybeText()
        line.ndcQuantity = maybeText()
        line.ndcUnit = maybeText()
        line.description = maybeText()
        line.notes = maybeText()
        line.priorAuthorization = maybeText()
        line.rendering = maybe { $0.provider() }
        line.ordering = maybe { $0.provider() }
        line.revenueCode = maybeText()
        return line
    }

    private mutating func priorPayment() -> PriorPayment {
        PriorPayment(
            payerID: text(), paid: maybe { $0.money() }, adjustments: list { $0.adjustment() },
            lines: list { random in
                PriorPayment.Line(
                    number: random.integer(in: 1..<9), procedure: random.text(), modifiers: random.texts(),
                    paid: random.money(), units: random.pick(["1", "2"]),
                    adjustments: random.list { $0.adjustment() }, paidOn: random.maybe { $0.day() })
            })
    }

    mutating func claim() -> Claim {
        var claim = Claim(
            controlNumber: text(), kind: pick([.professional, .institutional, .dental]),
            frequency: pick(["1", "7", "8", ""]), totalCharge: money(), placeOfService: text(), billing: provider(),
            rendering: maybe { $0.provider() }, coverages: list { $0.coverage() }, patient: person(),
            diagnoses: list { Diagnosis(qualifier: $0.text(), code: $0.text()) }, lines: list { $0.line() })
        claim.originalReference = maybeText()
        claim.priorAuthorization = maybeText()
        claim.referralNumber = maybeText()
        claim.referring = maybe { $0.provider() }
        claim.facility = maybe { $0.provider() }
        claim.relatedCauses = texts()
        claim.accidentState = maybeText()
        claim.dates = list { $0.period() }
        claim.notes = maybeText()
        claim.priorPayments = list { $0.priorPayment() }
        return claim
    }

    private mutating func benefit() -> Benefit {
        var benefit = Benefit(information: text())
        benefit.level = maybeText()
        benefit.serviceTypes = texts()
        benefit.insuranceType = maybeText()
        benefit.plan = maybeText()
        benefit.period = maybeText()
        benefit.amount = maybe { $0.money() }
        benefit.percent = maybeText()
        benefit.quantity = maybeText()
        benefit.quantityQualifier = maybeText()
        benefit.authorizationRequired = maybeText()
        benefit.inNetwork = maybeText()
        benefit.messages = texts()
        benefit.dates = list { $0.period() }
        benefit.relatedPayer = maybeText()
        benefit.relatedPayerID = maybeText()
        benefit.relatedMemberID = maybeText()
        benefit.procedure = maybeText()
        return benefit
    }

    mutating func eligibilityAnswer() -> EligibilityAnswer {
        var answer = EligibilityAnswer(trace: text(), payerID: text(), payerName: text())
        answer.memberID = maybeText()
        answer.subscriber = maybe { $0.person() }
        answer.dependent = maybe { $0.person() }
        answer.planDates = list { $0.period() }
        answer.benefits = list { $0.benefit() }
        answer.rejections = list { EligibilityRejection(loop: $0.text(), reason: $0.text(), followUp: $0.text()) }
        return answer
    }

    private mutating func remittanceLine() -> RemittanceLine {
        var line = RemittanceLine(procedure: text(), modifiers: texts(), charge: money(), paid: money())
        line.units = maybeText()
        line.from = maybe { $0.day() }
        line.controlNumber = maybeText()
        line.adjustments = list { $0.adjustment() }
        line.remarks = texts()
        line.allowed = maybe { $0.money() }
        return line
    }

    mutating func claimRemittance() -> ClaimRemittance {
        var claim = ClaimRemittance(
            controlNumber: text(), status: text(), charge: money(), paid: money(),
            patientResponsibility: chance(50) ? .zero : money(), trace: text(), paidOn: day(), payerID: text())
        claim.payerClaimNumber = maybeText()
        claim.adjustments = list { $0.adjustment() }
        claim.lines = list { $0.remittanceLine() }
        claim.remarks = texts()
        claim.patient = maybe { $0.person() }
        claim.memberID = maybeText()
        return claim
    }
}
