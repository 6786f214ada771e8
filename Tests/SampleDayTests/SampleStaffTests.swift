import Testing

@testable import SampleDay

@Suite struct SampleStaffTests {
    let staff = SampleStaff(seed: 7)

    @Test func physiciansAttestMostLettersAfterHours() {
        let answers = (1...200).compactMap { staff.answer(.attestation, key: "V\($0)") }
        #expect((170..<200).contains(answers.count))
        #expect(answers.allSatisfy { (2..<20).contains($0.afterHours) && !$0.reason.isEmpty })
        #expect(Set(answers.map(\.afterHours)).count > 10)
    }

    @Test(arguments: [SampleStaff.Duty.correction, .appeal])
    func billersApproveMostCorrectionsAndAppeals(duty: SampleStaff.Duty) {
        let answers = (1...200).compactMap { staff.answer(duty, key: "V\($0)") }
        #expect((160..<200).contains(answers.count))
        #expect(answers.allSatisfy { (1..<9).contains($0.afterHours) && !$0.reason.isEmpty })
    }

    @Test(arguments: SampleStaff.Duty.allCases)
    func theSameWorkItemGetsTheSameAnswer(duty: SampleStaff.Duty) {
        func answers(seed: UInt64) -> [Int?] {
            (1...50).map { SampleStaff(seed: seed).answer(duty, key: "V\($0)")?.afterHours }
        }
        #expect(answers(seed: 7) == answers(seed: 7))
        #expect(answers(seed: 7) != answers(seed: 8))
        for other in SampleStaff.Duty.allCases where other != duty {
            #expect(answers(seed: 7) != (1...50).map { staff.answer(other, key: "V\($0)")?.afterHours })
        }
    }
}
