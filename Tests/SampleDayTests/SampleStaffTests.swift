import Testing

@testable import SampleDay

@Suite struct SampleStaffTests {
    let staff = SampleStaff(seed: 7)

    @Test func physiciansAttestMostLettersAfterHours() {
        var answered = 0
        for number in 1...200 {
            guard
                let answer = staff.answer(
                    taskKind: "documentation.attest", key: "V\(number)", offered: ["decline", "attest"])
            else { continue }
            answered += 1
            #expect(answer.answer == "attest")
            #expect((2..<20).contains(answer.afterHours))
            #expect(!answer.reason.isEmpty)
        }
        #expect((170..<200).contains(answered))
    }

    @Test func billersApproveCorrectionsAndAppeals() {
        for kind in ["denial.corrected-claim", "denial.appeal"] {
            let answers = (1...50).compactMap {
                staff.answer(taskKind: kind, key: "V\($0)", offered: ["approve", "void"])
            }
            #expect(answers.count > 30 && answers.allSatisfy { $0.answer == "approve" })
        }
    }

    @Test func theSameTaskGetsTheSameAnswer() {
        for number in 1...50 {
            let first = staff.answer(taskKind: "denial.appeal", key: "V\(number)", offered: ["approve"])
            let again = SampleStaff(seed: 7).answer(taskKind: "denial.appeal", key: "V\(number)", offered: ["approve"])
            #expect(first?.answer == again?.answer && first?.afterHours == again?.afterHours)
        }
    }

    @Test func everythingElseIsLeftToTheRealPerson() {
        for number in 1...50 {
            #expect(staff.answer(taskKind: "claim.held", key: "V\(number)", offered: ["release", "void"]) == nil)
            #expect(staff.answer(taskKind: "documentation.attest", key: "V\(number)", offered: ["decline"]) == nil)
            #expect(staff.answer(taskKind: "eligibility.not-found", key: "V\(number)", offered: ["approve"]) == nil)
        }
    }
}
