import Claims
import HealthTypes
import Review
import Stages
import Testing

/// What a person's answer to a work item of stage 2 brings about.
@Suite struct AuthorizationAnswerTests {
    private static let key = PriorAuthorizationTests.key
    private static let identifier = "C-0000001-O1"

    /// The kinds of question, each of the order at hand.
    enum Kind: CaseIterable { case needUnknown, refused, overdue, unanswered, undelivered, peerToPeer, orderCancelled }

    /// A case in which a work item of the kind is open.
    private func open(_ kind: Kind) -> (run: CaseRun, work: AuthorizationWork) {
        var run = PriorAuthorizationTests.ordered(payer: kind == .needUnknown ? "NOWHERE" : "MERID")
        let ref = run.facts.requests.last?.ref ?? RequestRef(entry: 0, number: 0)
        switch kind {
        case .needUnknown: return (run, .needUnknown(Self.key))
        case .refused:
            run.after(.authorizationAnswered(World.reply(Self.identifier, "A3")))
            return (run, .refused(ref))
        case .overdue:
            run.after(.authorizationAnswered(World.reply(Self.identifier, "A4")))
            run.wait(until: World.now.adding(days: 7))
            return (run, .overdue(ref))
        case .unanswered:
            run.wait(until: World.now.adding(hours: 24))
            return (run, .unanswered(ref))
        case .undelivered:
            run.after(.undelivered(ref, .refused))
            return (run, .undelivered(ref))
        case .peerToPeer:
            run.after(.authorizationAnswered(World.reply(Self.identifier, "A3")))
            run.answer(.authorization(.refused(ref)), .authorization(.peerToPeer))
            return (run, .peerToPeer(ref))
        case .orderCancelled:
            run.after(.orderCancelled(Self.key))
            return (run, .orderCancelled(ref))
        }
    }

    @Test(arguments: Kind.allCases)
    func everyAnswerOfEveryKindHasAnEffect(kind: Kind) throws {
        let (start, work) = open(kind)
        #expect(!work.title.isEmpty && !work.answers.isEmpty)
        for form in work.answers {
            var run = start
            #expect(run.open.contains(.authorization(work)), "\(kind)")
            let sends = run.facts.requests.last?.sends.count ?? 0
            let resolution = try #require(form.resolution(number: form.needsNumber ? "AUTH9" : nil))
            let decision = try #require(run.answer(.authorization(work), .authorization(resolution)).first)
            #expect(!run.open.contains(.authorization(work)))
            switch form {
            case .notRequired:
                #expect(decision.outcome == .authorization(.notRequired))
                #expect(run.facts.isAuthorizationWaived(for: "72148") && run.authorizationItems.isEmpty)
            case .obtained:
                #expect(decision.outcome == .authorization(.approved))
                #expect(run.facts.authorization(for: "72148")?.number == "AUTH9" && run.authorizationItems.isEmpty)
            case .notRendered:
                #expect(decision.outcome == .authorization(.notRendered))
                #expect(run.facts.settledOrders[Self.key] == .notRendered && run.authorizationItems.isEmpty)
            case .peerToPeer:
                #expect(decision.outcome == .authorization(.followedUp))
                #expect(decision.opened.first?.deadline == run.now.adding(days: 14))
                #expect(run.facts.requests.last.map { run.open.contains(.authorization(.peerToPeer($0.ref))) } == true)
            case .stillRefused:
                #expect(decision.outcome == .authorization(.denied))
                #expect(run.facts.requests.last.map { run.open.contains(.authorization(.refused($0.ref))) } == true)
            case .followedUp:
                #expect(decision.outcome == .authorization(.followedUp))
                #expect(Array(decision.set.values) == [run.now.adding(days: 2)])
                // The payer is still silent: a person is asked once more.
                run.wait(until: run.now.adding(days: 2))
                #expect(run.facts.requests.last.map { run.open.contains(.authorization(.overdue($0.ref))) } == true)
            case .sendAgain:
                #expect(decision.outcome == .authorization(.requested))
                #expect(run.facts.requests.last?.sends.count == sends + 1)
                #expect(run.facts.requests.last?.terms.version == 2)
                #expect(decision.sends.first?.answerBy == run.now.adding(hours: 24))
            case .payerTold:
                #expect(decision.outcome == .authorization(.orderCancelled) && run.authorizationItems.isEmpty)
            }
        }
    }

    @Test func aPeerToPeerReviewEndsBeforeTheVisit() throws {
        var run = EligibilityTests.asked()
        run.verify()
        run.after(.ordered(World.order()))
        run.after(.authorizationAnswered(World.reply(Self.identifier, "A3")))
        let ref = try #require(run.facts.requests.last?.ref)
        let made = run.answer(.authorization(.refused(ref)), .authorization(.peerToPeer))
        #expect(made.first?.opened.first?.deadline == World.visit().start)
    }

    /// An authorization without a number is none.
    @Test(arguments: ["", "  "])
    func anEmptyNumberIsAskedForAgain(number: String) {
        var (run, work) = open(.needUnknown)
        let made = run.answer(.authorization(work), .authorization(.obtained(number: number)))
        #expect(made.map(\.outcome) == [.authorization(.unplaced)])
        #expect(run.open.contains(.authorization(work)))
        #expect(run.facts.authorization(for: "72148") == nil)
        #expect(AuthorizationAnswerForm.obtained.resolution(number: number) == nil)
        #expect(AuthorizationAnswerForm.obtained.resolution(number: " A 1 ") == .obtained(number: "A 1"))
        #expect(AuthorizationAnswerForm.payerTold.resolution(number: "A1") == nil)
    }

    /// An answer that does not fit the question leaves it open.
    @Test func anAnswerThatDoesNotFitIsAskedAgain() {
        var (run, work) = open(.needUnknown)
        let made = run.answer(.authorization(work), .authorization(.peerToPeer))
        #expect(made.map(\.outcome) == [.authorization(.unplaced)])
        #expect(run.open.contains(.authorization(work)))
    }

    /// What was obtained by telephone ends the wait for the answer.
    @Test func whatWasObtainedEndsTheWait() {
        var (run, work) = open(.unanswered)
        run.answer(.authorization(work), .authorization(.obtained(number: "AUTH9")))
        #expect(run.wait(until: World.now.adding(days: 30)).isEmpty)
        #expect(run.after(.ordered(World.order())).map(\.outcome) == [.authorization(.approved)])
    }

    @Test func aRequestOfACancelledOrderIsNotSentAgain() {
        var (run, work) = open(.undelivered)
        run.happen(.orderCancelled(Self.key))
        let made = run.answer(.authorization(work), .authorization(.sendAgain))
        #expect(made.map(\.outcome) == [.authorization(.orderCancelled), .authorization(.orderCancelled)])
        #expect(run.facts.requests.last?.sends.count == 1)
    }

    @Test func formsAndResolutionsAgree() {
        for form in AuthorizationAnswerForm.allCases {
            let resolution = form.resolution(number: form.needsNumber ? "A1" : nil)
            #expect(resolution?.form == form && resolution?.tag == form.tag)
            #expect(!form.label.isEmpty)
        }
        #expect(Set(AuthorizationAnswerForm.allCases.map(\.label)).count == AuthorizationAnswerForm.allCases.count)
    }
}

extension CaseRun {
    fileprivate var authorizationItems: [WorkItemKind] { open.filter { $0.stage == .priorAuthorization } }
}
