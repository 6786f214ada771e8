import Claims
import HealthTypes
import Review
import Stages
import Testing

/// Whatever the record holds comes back as it was written, and every case has a written tag of its own.
@Suite struct RecordedTests {
    private static let request = RequestRef(entry: 4, number: 0)
    private static let claim = ClaimRef(entry: 7, number: 1)
    private static let send = SendID(entry: 9, number: 2)
    private static let item = WorkItemID(entry: 11, number: 3)
    private static let letter = DocumentRef(entry: 12, number: 0)
    private static let entry = EntryRef(5)

    static let reasons: [Reason] =
        [
            EligibilityReason.scheduled, .beforeVisit, .checkedIn, .claimReceived, .askAgain, .answered(entry),
            .unanswered(send), .undelivered(send),
        ].map { .eligibility($0) } + EligibilityResolution.allCases.map { .eligibility(.resolved(item, $0)) }
        + [
            AuthorizationReason.ordered(OrderKey("O1")), .orderCancelled(OrderKey("O1")), .answered(entry),
            .overdue(request), .unanswered(send), .undelivered(send),
        ].map { .authorization($0) } + authorizationResolutions.map { .authorization(.resolved(item, $0)) }
        + [.documentation(.pended(entry))]
        + DocumentationResolution.allCases.map { .documentation(.resolved(item, $0)) }
        + [
            SubmissionReason.charged, .received(claim), .reviewed(claim, entry), .unreviewed(claim),
            .acknowledged(entry), .unacknowledged(claim), .undelivered(send), .correct(item),
        ].map { .submission($0) } + SubmissionResolution.allCases.map { .submission(.resolved(item, $0)) }
        + [
            DenialsReason.remitted(entry), .unremitted(claim), .appealAnswered(entry), .unanswered(send),
            .undelivered(send),
        ]
        .map { .denials($0) } + DenialsResolution.allCases.map { .denials(.resolved(item, $0)) }

    static let authorizationResolutions: [AuthorizationResolution] = AuthorizationAnswerForm.allCases.compactMap {
        $0.resolution(number: $0.needsNumber ? "AUTH 1" : nil)
    }

    static let outcomes: [Outcome] =
        EligibilityOutcome.allCases.map { .eligibility($0) } + AuthorizationOutcome.allCases.map { .authorization($0) }
        + DocumentationOutcome.allCases.map { .documentation($0) } + SubmissionOutcome.allCases.map { .submission($0) }
        + DenialsOutcome.allCases.map { .denials($0) }

    static let kinds: [WorkItemKind] =
        EligibilityWork.allCases.map { .eligibility($0) }
        + [
            AuthorizationWork.needUnknown(OrderKey("O1")), .refused(request), .overdue(request), .unanswered(request),
            .undelivered(request), .peerToPeer(request), .orderCancelled(request),
        ].map { .authorization($0) }
        + [DocumentationWork.gap(request, criterion: "xray-first"), .attest(request)].map { .documentation($0) }
        + [
            SubmissionWork.held(claim), .blocked(claim), .incomplete, .lateCharges(claim), .rejected(claim),
            .unacknowledged(claim), .undelivered(claim),
        ].map { .submission($0) }
        + [
            DenialsWork.correction(claim, [ClaimEdit(line: 1, addModifier: "25")]), .correction(claim, []),
            .appeal(claim, level: 1), .review(claim), .writeOff(claim), .appealLost(claim, level: 2),
            .peerToPeer(claim, level: 1), .notPosted(entry), .takenBack(claim), .unremitted(claim),
            .appealUnanswered(claim, level: 1), .appealUndelivered(claim, level: 3),
        ].map { .denials($0) }

    static let resolutions: [Resolution] =
        EligibilityResolution.allCases.map { .eligibility($0) } + authorizationResolutions.map { .authorization($0) }
        + DocumentationResolution.allCases.map { .documentation($0) }
        + SubmissionResolution.allCases.map { .submission($0) } + DenialsResolution.allCases.map { .denials($0) }

    static let answers: [Answer] = [
        .billing(World.group), .noBilling,
        .usualCharges([
            UsualCharge(procedure: "99213", charge: Money("150")!), UsualCharge(procedure: "1", charge: nil),
        ]),
        .usualCharges([]),
        .memberHistory(
            MemberHistory(
                payerID: "MERID", memberID: "M1", version: 3,
                lines: [
                    PriorLine(
                        caseNumber: CaseNumber(2), controlNumber: "V2-1", state: .accepted, billingNPI: "1234567893",
                        renderingNPI: nil, day: World.day, procedure: "99213", modifiers: ["25", "59"],
                        charge: Money("150")!, units: 2)
                ])),
        .authorizationUse(
            AuthorizationUse(
                payerID: "MERID", number: "A1", version: 1,
                lines: [.init(controlNumber: "V2-1", procedure: "97110", units: 4, state: .submitted)])),
        .denialPatterns([
            DenialPattern(
                procedure: "72148", modifiers: ["26"], group: "CO", reason: "197", denied: 3, adjudicated: 4)
        ]), .denialPatterns([]), .memberToken("token"), .takenNumbers([]), .takenNumbers(["V2-1", "V2-2"]),
    ]

    static let sends: [Send] = [
        Send(
            .inquiry(
                InquiryTerms(
                    trace: "C-0000001-3", payerID: "MERID", memberID: "M1", serviceDate: World.day,
                    serviceTypes: ["30"], provider: World.group)), after: send, answerBy: World.now),
        Send(
            .authorization(
                AuthorizationTerms(
                    identifier: "C-0000001-O1", version: 2, order: OrderKey("O1"), payerID: "MERID",
                    items: [
                        AuthorizationItem(sequence: 1, procedure: "72148", units: 1, from: World.day, to: World.day)
                    ], provider: World.vance, urgent: true, documents: [letter]))),
        Send(.claim(claim)), Send(.coverage(entry)), Send(.review(claim), answerBy: World.now),
        Send(
            .appeal(
                AppealTerms(
                    identifier: "V1-AP1", claim: claim, level: 2, adjustment: World.adjustment("CO-197", "90"),
                    amount: Money("90")!, letter: letter))),
    ]

    static let purposes: [TimerPurpose] = [
        .beforeVisit, .askAgain, .authorizationDue(request), .acknowledgementDue(claim),
    ]

    /// A decision in which no field is empty.
    static let decision: StageDecision = {
        let trigger = Trigger(id: TriggerID(entry: 3, number: 1), reason: .submission(.charged))
        var decision = StageDecision(trigger, .submission(.held))
        decision.alsoSettles = [TriggerID(entry: 4, number: 0)]
        decision.raises = [.authorization(.ordered(OrderKey("O1")))]
        decision.add([
            Check(
                id: "E12", title: "t", answer: .failed, severity: .block, message: "m", fix: "f", predicts: ["CO-16"],
                evidenceToChange: ["e"], basis: ["b"]),
            Check(id: "E13", title: "t", answer: .passed, severity: .warn, message: "m"),
        ])
        decision.gate = GateDecision(
            verdict: .deny, rule: "G01", rationale: ["r"], evidenceThatWouldChange: ["e"], appealPath: "a")
        decision.citations = [PolicyCitation(id: "P", version: "1", title: "t", digest: Digest(of: "p"))]
        decision.claims = [
            .made(Sample.claim("V1-1"), replaces: nil), .made(Sample.claim("V1-2"), replaces: claim),
            .became(claim, .void),
        ]
        decision.documents = [
            SupportingDocument(title: "t", contentType: "text/plain", text: "x\n\"y\" é", criteria: ["xray-first"])
        ]
        decision.sends = sends
        decision.timers =
            purposes.map { .set($0, due: World.now) } + [
                .cancelled(.answer(send)), .cancelled(.set(.init(entry: 2, number: 0))),
            ]
        decision.workItems =
            kinds.map {
                .opened(
                    WorkItem(
                        $0, reason: ["r"], evidence: ["e"], deadline: World.now, amount: Money("-12.34")!,
                        document: letter))
            } + [.opened(WorkItem(.submission(.incomplete), reason: [])), .withdrawn(item)]
        decision.postings = [
            Posting(
                claim: claim, payerID: "MERID", charge: Money("150")!, paid: Money("-90")!, patient: Money("20")!,
                contractual: Money("30")!, denied: Money("10")!, writtenOff: Money("1")!, isFollowUp: true),
            Posting(claim: claim, payerID: ""),
        ]
        decision.adjudicated = [
            AdjudicatedLine(
                payerID: "MERID", procedure: "99213", modifiers: ["25"], denials: [World.adjustment("CO-4", "10")])
        ]
        decision.criteria =
            DocumentationTests.pended([World.note(DocumentationTests.therapy)])
            .last(.documentation)?.criteria ?? []
        return decision
    }()

    private func comesBack<Value: Recorded & Equatable>(_ value: Value) throws {
        let bytes = try Canonical.encodeProven(value)
        #expect(try Canonical.encode(Canonical.decode(Value.self, from: bytes)) == bytes)
    }

    @Test(arguments: reasons) func reason(value: Reason) throws { try comesBack(value) }
    @Test(arguments: outcomes) func outcome(value: Outcome) throws { try comesBack(value) }
    @Test(arguments: kinds) func kind(value: WorkItemKind) throws { try comesBack(value) }
    @Test(arguments: resolutions) func resolution(value: Resolution) throws { try comesBack(value) }
    @Test(arguments: answers) func answer(value: Answer) throws { try comesBack(value) }
    @Test(arguments: sends) func send(value: Send) throws { try comesBack(value) }
    @Test(arguments: Stage.allCases) func stage(value: Stage) throws { try comesBack(value) }
    @Test(arguments: ClaimState.allCases) func claimState(value: ClaimState) throws { try comesBack(value) }
    @Test(arguments: DeliveryFailure.allCases) func failure(value: DeliveryFailure) throws { try comesBack(value) }

    @Test func basisAndDecision() throws {
        try comesBack(Basis(at: World.now, generation: Digest(of: "g"), logic: 3, answers: Self.answers))
        try comesBack(Basis(at: World.now, generation: Digest(of: "g")))
        // What a decision raises stands in its entry, beside it.
        var decision = Self.decision
        decision.raises = []
        try comesBack(decision)
        try comesBack(
            StageDecision(Trigger(id: TriggerID(entry: 1, number: 0), reason: Self.reasons[0]), .denials(.paid)))
    }

    /// No two cases share a tag: each value has bytes of its own.
    /// Invariant 6.
    @Test func tagsDiffer() throws {
        func distinct(_ values: [some Recorded]) throws {
            #expect(Set(try values.map { try Canonical.encode($0) }).count == values.count)
        }
        try distinct(Self.reasons)
        try distinct(Self.outcomes)
        try distinct(Self.kinds)
        try distinct(Self.resolutions)
        try distinct(Self.sends)
        try distinct(Self.answers)
    }

    static let events: [CaseEvent] = [
        .scheduled(World.visit()), .checkedIn(World.visit()), .visitUpdated(World.appointment()),
        .covered([World.cover()]), .covered([]), .ordered(World.order()), .orderCancelled(OrderKey("O1")),
        .charted([World.note("text")]), .charted([]), .charged([World.charge("1", modifiers: ["25"])]), .charged([]),
        .claimReceived(Sample.claim("OUT-1")), .eligibilityAnswered(World.answer("t")),
        .eligibilityAnswered(World.refusal("t", "42", followUp: "R")),
        .authorizationAnswered(World.reply("r", "A4", number: "A1", wanted: ["xray-first"], units: 2)),
        .acknowledged(
            ClaimAcknowledgement(source: .claim, controlNumber: "V1-1", outcome: .accepted, code: "A2")),
        .remitted(World.remittance("V1-1", paid: "90", [World.adjustment("CO-45", "60")])),
        .appealAnswered(AppealAnswer(identifier: "V1-AP1", controlNumber: "V1-1", outcome: .upheld, reason: "r")),
        .reviewed(
            claim,
            ReviewAnswers(
                analyst: ReviewAnswer(reviewer: "rules/1", bytes: Array("{}".utf8)),
                compliance: ReviewAnswer(reviewer: "rules/1", bytes: nil))),
        .timerFired(.answer(send)), .timerFired(.set(.init(entry: 2, number: 1))),
        .resolved(
            PersonsAnswer(item: item, resolution: .eligibility(.confirmed), reason: "called", by: "Quill, A.")),
        .undelivered(send, .misconfigured),
        .decided(decision, Basis(at: World.now, generation: Digest(of: "g"), answers: answers)),
    ]

    @Test(arguments: events)
    func everyEntryReadsBackAsItWasWritten(event: CaseEvent) throws {
        let raises: [Reason] = if case .decided(let decision, _) = event { decision.raises } else { Self.reasons }
        for message in [nil, 17] {
            let entry = CaseEntry(event, message: message, raises: raises)
            let body = try entry.body()
            #expect(try CaseEntry(kind: event.kind, body: body) == entry)
        }
    }

    @Test func everyKindOfEventIsTried() {
        #expect(Set(Self.events.map(\.kind)) == Set(CaseEvent.Kind.allCases))
    }

    @Test func whatIsNotAnEntryIsRefused() {
        for kind in CaseEvent.Kind.allCases {
            for body in ["", "[]", "{}", "{\"event\":{},\"raises\":[],\"x\":1}"] {
                #expect(throws: CanonicalFault.self) { try CaseEntry(kind: kind, body: Array(body.utf8)) }
            }
        }
    }
}
