package import HealthTypes

/// Checks one transaction set after the other against its guide, its sums and its codes, segment by segment.
///
/// What it keeps is the open loops and the open claim, whatever the length of the set.
package struct TransactionChecker: ~Copyable {
    /// What was found, told in terms of the set.
    package struct Found {
        package var fault: Fault
        package var severity: Issue.Severity
        package var position: Int
        package var byte: Int
        package var segment: String
        package var loop: String?
        package var element: Int?
        package var component: Int?
        package var repetition: Int?
        package var requirement: String?
        var trigger: Finding.Trigger?
        /// The number by which the sender knows what it belongs to: `CLM01` and its value.
        package var unit: Finding.BusinessUnit?
    }

    package let tables: CodeTables
    package let snip: Int
    private let guides: GuideLibrary
    /// Whether a set of a kind that has no guide here is refused.
    private let refusesUnknownSets: Bool
    private var choice: GuideChoice
    /// Without a guide both are idle.
    private var placer = LoopMatcher(guide: .none)
    private var elements = ElementChecker(guide: .none, tables: CodeTables())
    private var hasGuide = false
    private var ledger: Ledger
    package private(set) var claims = 0
    private var setKind: UInt64 = 0
    /// Whether units are named by other segments than claims.
    private var namesUnits = false
    private var unitName = ""
    private var unitValue: [UInt8] = []
    package var found: [Found] = []

    package init(guides: GuideLibrary, tables: CodeTables, snip: Int, refusesUnknownSets: Bool = false) {
        choice = GuideChoice(guides)
        self.guides = guides
        self.refusesUnknownSets = refusesUnknownSets
        self.tables = tables
        self.snip = snip
        ledger = Ledger(tables: snip >= 5 ? tables : CodeTables())
    }

    /// The guide of the open set, as its header names it.
    package var guideID: String { choice.id }

    package var guide: CompiledGuide? { hasGuide ? elements.guide : nil }

    /// The guide's loop of the segment that was taken last.
    package var loopID: String? {
        guard hasGuide else { return nil }
        return placer.loop.map { elements.guide.loopIDs[$0] } ?? "?"
    }

    /// Begins the set whose ST this is; `version` is GS08.
    package mutating func begin(_ slice: SegmentSlice, version: String) {
        found.removeAll(keepingCapacity: true)
        claims = 0
        unitValue.removeAll(keepingCapacity: true)
        setKind = slice[1].packed
        namesUnits = setKind == SetKind.eligibility || setKind == SetKind.status || setKind == SetKind.enrollment
        ledger.restart()
        guard let guide = choice.begin(slice, version: version) else {
            hasGuide = false
            if guides.knows(set: slice.brief(1)) {
                append(.guideUnknown, slice, 1)
            } else {
                append(.setUnknown, slice, 1, severity: refusesUnknownSets ? .error : nil)
            }
            return
        }
        if !guide.isMeasured { append(.guideSuperseded, slice, 1) }
        use(guide, byte: slice.byteOffset)
        check(slice, slice.packedID, 1)
    }

    private mutating func use(_ guide: CompiledGuide, byte: Int) {
        hasGuide = true
        if guide !== placer.guide { placer = LoopMatcher(guide: guide) }
        placer.restart(byte: byte)
        if elements.guide !== guide {
            elements = ElementChecker(guide: guide, tables: snip >= 5 ? tables : CodeTables())
        }
    }

    /// Takes a further segment, SE included; `id` is its packed id, `position` counts from ST, which is 1.
    @inline(__always)
    package mutating func take(_ slice: SegmentSlice, _ id: UInt32, position: Int) {
        if position == 2, let guide = choice.second(slice), guide !== elements.guide {
            use(guide, byte: slice.byteOffset)
            placer.placeHeader()
        }
        check(slice, id, position)
    }

    @inline(__always)
    private mutating func check(_ slice: SegmentSlice, _ id: UInt32, _ position: Int) {
        guard hasGuide else {
            if !isIdentifier(slice[0]) { append(.segmentIdentifier, slice, position) }
            return countClaims(slice)
        }
        placer.place(slice, id, position: position)
        if placer.closedCount > 0 { closeLoops() }
        if !placer.found.isEmpty { drainPlacer(slice, position) }
        let number = Int(placer.rule)
        guard number >= 0 else {
            if !isIdentifier(slice[0]) { append(.segmentIdentifier, slice, position) }
            return countClaims(slice)
        }
        if namesUnits || placer.began { noteUnit(slice, number) }
        elements.check(slice, number)
        if !elements.found.isEmpty { drainElements(slice, position) }
        let role = elements.guide.rules[number].role
        if role != .none {
            if role == .claim || role == .remittedClaim { claims += 1 }
            if snip >= 3 {
                ledger.take(role, slice, position)
                if !ledger.found.isEmpty { drainLedger() }
            }
        }
    }

    /// Keeps the number by which the sender knows the inquiry or the member that follows.
    private mutating func noteUnit(_ slice: SegmentSlice, _ number: Int) {
        switch slice.packedID {
        case _ where elements.guide.rules[number].role == .claim: setUnit("CLM01", slice[1])
        case SegmentID.hl: unitValue.removeAll(keepingCapacity: true)
        case SegmentID.trn where setKind == SetKind.eligibility || setKind == SetKind.status: setUnit("TRN02", slice[2])
        case SegmentID.ref where setKind == SetKind.enrollment && slice.has(1, "0F"):
            setUnit("SUBSCRIBER NUMBER REF02", slice[2])
        default: break
        }
    }

    private mutating func setUnit(_ name: String, _ value: UnsafeBufferPointer<UInt8>) {
        unitName = name
        unitValue.removeAll(keepingCapacity: true)
        unitValue.append(contentsOf: value)
    }

    private var unit: Finding.BusinessUnit? {
        guard (1...35).contains(unitValue.count) else { return nil }
        return Finding.BusinessUnit(name: unitName, value: String(decoding: unitValue, as: UTF8.self))
    }

    /// Claims are counted where no guide says what they are.
    private mutating func countClaims(_ slice: SegmentSlice) {
        if setKind == SetKind.claim && slice.has(0, "CLM") || setKind == SetKind.remittance && slice.has(0, "CLP") {
            claims += 1
        }
    }

    private mutating func closeLoops() {
        guard snip >= 3 else { return }
        for index in 0..<placer.closedCount {
            let loop = placer.closedLoop(index)
            guard loop >= 0 else { continue }
            switch elements.guide.loops[loop].role {
            case .claim: ledger.closeClaim()
            case .remittedClaim: ledger.closeRemittedClaim()
            default: break
            }
        }
        if !ledger.found.isEmpty { drainLedger() }
    }

    /// Ends the set.
    package mutating func finish() {
        guard hasGuide else { return }
        placer.finish()
        closeLoops()
        if !placer.found.isEmpty { drainPlacer(nil, 0) }
        if snip >= 3 {
            ledger.finish()
            if !ledger.found.isEmpty { drainLedger() }
        }
    }

    private func isIdentifier(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count == 2 || bytes.count == 3, bytes[0].isCapital else { return false }
        for byte in bytes where !byte.isDigit && !byte.isCapital { return false }
        return true
    }
}

// MARK: - Findings

extension TransactionChecker {
    private mutating func append(
        _ fault: Fault, _ slice: SegmentSlice, _ position: Int, severity: Issue.Severity? = nil
    ) {
        found.append(
            Found(
                fault: fault, severity: severity ?? fault.definition.severity, position: position,
                byte: slice.byteOffset,
                segment: slice.name, loop: loopID, unit: unit))
    }

    private mutating func drainPlacer(_ slice: SegmentSlice?, _ position: Int) {
        let guide = elements.guide
        for one in placer.found where snip >= one.fault.definition.snip {
            // That the trailer is missing is the envelope's to tell.
            if one.fault == .segmentMissing, let rule = one.rule, guide.rules[rule].segmentID == SegmentID.se {
                continue
            }
            let loop = one.loop.map { guide.loopIDs[$0] } ?? "?"
            let segment =
                one.fault == .hierarchyChild
                ? "HL" : one.rule.map { guide.segmentName($0) } ?? slice.map(\.name) ?? "SE"
            let place = one.element > 0 ? Self.place(one.element, one.component) : ""
            found.append(
                Found(
                    fault: one.fault, severity: one.severity ?? one.fault.definition.severity, position: one.position,
                    byte: one.byte, segment: segment, loop: loop,
                    element: one.element > 0 ? one.element : nil, component: one.component > 0 ? one.component : nil,
                    requirement: one.name.map { "\(guideID) \(guide.names[$0])" }
                        ?? "\(guideID) \(loop) \(segment)\(place)",
                    trigger: one.trigger.map {
                        Finding.Trigger(
                            segment: guide.segmentName($0.rule), position: $0.position, loop: guide.loopIDs[$0.loop],
                            element: $0.element, component: $0.component)
                    }, unit: unit))
        }
        placer.found.removeAll(keepingCapacity: true)
    }

    private mutating func drainElements(_ slice: SegmentSlice, _ position: Int) {
        let segment = slice.name
        let loop = loopID
        for one in elements.found where snip >= one.fault.definition.snip {
            found.append(
                Found(
                    fault: one.fault, severity: one.severity ?? one.fault.definition.severity, position: position,
                    byte: slice.byteOffset + one.offset, segment: segment, loop: loop, element: one.element,
                    component: one.component > 0 ? one.component : nil,
                    repetition: one.repetition > 0 ? one.repetition : nil,
                    requirement: "\(guideID) \(loop ?? "") \(segment)\(Self.place(one.element, one.component))",
                    unit: unit))
        }
        elements.found.removeAll(keepingCapacity: true)
    }

    private mutating func drainLedger() {
        for one in ledger.found where snip >= one.fault.definition.snip {
            found.append(
                Found(
                    fault: one.fault, severity: one.severity ?? one.fault.definition.severity, position: one.position,
                    byte: one.byte, segment: one.segment, loop: one.loop, element: one.element,
                    component: one.component > 0 ? one.component : nil,
                    requirement: "\(guideID) \(one.loop) \(one.segment)\(Self.place(one.element, one.component))",
                    unit: unit))
        }
        ledger.found.removeAll(keepingCapacity: true)
    }

    /// `05-2`.
    package static func place(_ element: Int, _ component: Int) -> String {
        padded(element, to: 2) + (component > 0 ? "-\(component)" : "")
    }
}

/// Kinds of transaction sets as packed codes.
private enum SetKind {
    static let eligibility = "270".packedCode
    static let status = "276".packedCode
    static let enrollment = "834".packedCode
    static let claim = "837".packedCode
    static let remittance = "835".packedCode
}
