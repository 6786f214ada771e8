import Claims
import HealthTypes

/// Makes the encounters of a day, each from the seed and its own number alone, so that none has to be kept.
struct VisitMaker: Sendable {
    let seed: UInt64
    let day: CalendarDate
    let plan: DayPlan
    /// Where the members' numbers begin.
    private let firstNumber: Int

    init(options: SampleDay.Options) {
        seed = options.seed
        day = options.day
        plan = DayPlan(encounters: options.encounters, seed: options.seed)
        var random = SeededRandom(seed: options.seed, stream: "members")
        firstNumber = random.integer(in: 0..<100_000_000)
    }

    /// The encounter of a slot. The one that a duplicate repeats is made afresh, under the duplicate's key.
    func visit(at index: Int) -> SampleVisit {
        let slot = plan.slots[index]
        guard let source = slot.plant?.source else { return original(index) }
        var visit = original(source)
        let repeated = visit.key
        visit.key = key(slot)
        visit.planted = (.duplicateClaim, "repeats \(repeated)")
        return visit
    }

    private func key(_ slot: DayPlan.Slot) -> String {
        switch slot.path {
        case .hospital: "V\(100_000 + slot.ordinal)"
        case .outside: "OUT-\(padded(slot.ordinal, to: 6))"
        case .web: "WEB-\(padded(slot.ordinal, to: 6))"
        }
    }

    private func original(_ index: Int) -> SampleVisit {
        let slot = plan.slots[index]
        var random = SeededRandom(seed: seed, stream: "encounter-\(index)")
        let casting = slot.plant.flatMap { $0.problem.casting(on: slot.path, turn: $0.turn) }
        let cast = casting.map { Scenario.named($0.scenario) }
        let payer = Self.payer(
            among: (casting?.payers ?? SamplePayer.allCases).filter { payer in
                cast.map { $0.payers.contains(payer) && $0.ages.overlaps(payer.ages) } ?? true
            }, &random)
        var scenario = cast ?? Scenario.draw(path: slot.path, payer: payer, &random)
        // A planted visit has to take place, so it is one for which nobody's leave is asked.
        while cast == nil, slot.plant != nil, !scenario.criteria.isEmpty {
            scenario = Scenario.draw(path: slot.path, payer: payer, &random)
        }
        var visit = bare(slot, index: index, scenario, payer, &random)
        addServices(&visit, &random)
        addChart(&visit, isPlanted: slot.plant != nil, &random)
        if let plant = slot.plant { visit.carry(plant.problem, on: day, &random) }
        return visit
    }

    /// Draws a payer by the shares of those given.
    private static func payer(among payers: [SamplePayer], _ random: inout SeededRandom) -> SamplePayer {
        var ticket = random.integer(in: 0..<payers.map(\.share).reduce(0, +))
        for payer in payers {
            ticket -= payer.share
            if ticket < 0 { return payer }
        }
        preconditionFailure("a ticket below the sum of the shares draws a payer")
    }

    // MARK: Who

    private func bare(
        _ slot: DayPlan.Slot, index: Int, _ scenario: Scenario, _ payer: SamplePayer, _ random: inout SeededRandom
    ) -> SampleVisit {
        let person = person(scenario, payer, &random)
        let enrolment = enrolment(of: person, payer, index: index, &random)
        let isOutside = slot.path == .outside
        let rendering =
            isOutside
            ? random.pick(HealthSystem.practiceStaff) : HealthSystem.clinician(scenario.specialty, &random)
        let orders = scenario.services.contains(where: \.isOrdered)
        let ordering: Provider? =
            if !orders { nil } else if let specialty = scenario.orderingSpecialty {
                HealthSystem.clinician(specialty, &random)
            } else { rendering }
        let key = key(slot)
        let start = Instant(day, hour: 7, minute: 45).adding(seconds: random.integer(in: 0..<34) * 900)
        var coverage = Coverage(
            payerID: payer.rawValue, payerName: payer.name, memberID: enrolment.memberID,
            groupNumber: enrolment.group, planName: enrolment.plan, subscriber: person, from: enrolment.from)
        coverage.filingIndicator = payer.filingIndicator
        return SampleVisit(
            key: key, path: slot.path, scenario: scenario, payer: payer, enrolment: enrolment, coverage: coverage,
            encounter: Encounter(
                visitNumber: key, recordNumber: slot.path == .hospital ? "M\(200_000 + slot.ordinal)" : nil,
                patient: person, start: start,
                checkedIn: Instant(day, hour: 7).adding(seconds: random.integer(in: 0..<1700)),
                attending: rendering, reason: scenario.reason),
            billing: isOutside ? HealthSystem.practice : HealthSystem.group, rendering: rendering, ordering: ordering,
            diagnoses: [], orders: [], charges: [], note: "", chart: [], planted: nil)
    }

    private func person(_ scenario: Scenario, _ payer: SamplePayer, _ random: inout SeededRandom) -> Person {
        let sex = scenario.sex ?? (random.chance(52) ? .female : .male)
        let ages = scenario.ages.clamped(to: payer.ages)
        let age = random.integer(in: ages.lowerBound..<ages.upperBound + 1)
        // At least five days inside the year of age, so that leap days cannot change it.
        let birth = day.adding(days: -(age * 1461 / 4) - random.integer(in: 5..<355))
        return Person(
            family: InventedNames.family(&random), given: InventedNames.given(sex, &random), birthDate: birth, sex: sex,
            address: InventedNames.address(&random))
    }

    private func enrolment(
        of person: Person, _ payer: SamplePayer, index: Int, _ random: inout SeededRandom
    ) -> Enrolment {
        // The step shares no factor with the modulus, so that no number comes twice.
        let number = (firstNumber + index * 76_543_211) % 100_000_000
        let isCommercial = payer == .meridian || payer == .northstar
        return Enrolment(
            payer: payer, memberID: payer.memberID(number, &random), person: person, plan: random.pick(payer.plans),
            group: isCommercial ? "GRP\(random.integer(in: 1000..<1040))" : nil,
            from: day.adding(days: -random.integer(in: 400..<1500)),
            deductibleRemaining: isCommercial
                ? Money(cents: Int64(random.integer(in: 0..<31)) * 5000)
                : payer == .federal ? Money(cents: 12_000) : .zero,
            copay: isCommercial ? Money(cents: random.pick([2000, 2500, 3000, 4000])) : .zero)
    }

    // MARK: What

    private func addServices(_ visit: inout SampleVisit, _ random: inout SeededRandom) {
        let diagnoses = random.pick(visit.scenario.diagnoses)
        visit.diagnoses = diagnoses.map(\.code)
        for (index, service) in visit.scenario.services.enumerated() {
            let reasons = service.reasons.filter { $0 < diagnoses.count }.map { diagnoses[$0].code }
            // The federal plan wants it said that nothing of a single-dose vial was thrown away.
            let isFederalDrug = visit.payer == .federal && service.procedure.hasPrefix("J")
            visit.charges.append(
                Charge(
                    number: "\(visit.key)-\(index + 1)", date: day, procedure: service.procedure,
                    modifiers: service.modifiers + (isFederalDrug ? ["JZ"] : []), units: service.units,
                    amount: Chargemaster.price(service.procedure) * service.units, diagnoses: reasons,
                    rendering: visit.rendering, ndc: service.ndc))
            guard service.isOrdered, visit.path == .hospital else { continue }
            // The Medicaid plan wants to be asked for more than eight units of therapy; fewer are ordered there.
            let planned =
                visit.payer == .civic ? min(service.plannedUnits, max(service.units, 8)) : service.plannedUnits
            visit.orders.append(
                ServiceOrder(
                    number: "ORD\(visit.key.dropFirst())-\(index + 1)", procedure: service.procedure,
                    units: planned, diagnoses: reasons, ordering: visit.ordering,
                    orderedOn: day.adding(days: -6), requestedFor: day))
        }
    }
}
