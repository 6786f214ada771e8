import Claims
import HealthTypes
import Testing

@testable import PayerSimulator

/// What the payer keeps in its own file.
struct LedgerRecordTests {
    private static let member = Member(
        payerID: "MERID", memberID: "M1", family: "Ashdown", given: "Nora", birthDate: nil, sex: .female, plan: "Gold",
        group: "G-7", from: nil, to: nil, deductibleRemaining: nil, copay: nil, otherPayerID: nil, otherMemberID: nil)

    @Test func membersComeBack() throws {
        #expect(
            String(decoding: try Canonical.encode(Self.member), as: UTF8.self)
                == #"{"family":"Ashdown","given":"Nora","group":"G-7","member_id":"M1","payer_id":"MERID","#
                + #""plan":"Gold","sex":"F"}"#)
        var full = Self.member
        full.birthDate = CalendarDate("1980-05-14")
        full.from = CalendarDate("2026-01-01")
        full.to = CalendarDate("2026-12-31")
        full.deductibleRemaining = Money("500")
        full.copay = Money("25")
        full.otherPayerID = "NSTAR"
        full.otherMemberID = "NS1"
        for member in [full, Self.member] {
            let bytes = try Canonical.encode(member)
            let back = try Canonical.decode(Member.self, from: bytes)
            #expect(try Canonical.encode(back) == bytes)
            #expect(back.person == member.person && back.copay == member.copay && back.to == member.to)
            #expect(back.otherMemberID == member.otherMemberID)
        }
    }

    @Test func waivedDenialsAreKeptInOneOrder() throws {
        let route: [(String, JSON)] = [
            "application_payer", "application_provider", "payer", "payer_qualifier", "provider", "provider_qualifier",
            "usage",
        ].map { ($0, "T") }
        let settlement = ClaimRemittance(
            controlNumber: "C1", status: "1", charge: .zero, paid: .zero, trace: "E1", paidOn: PayerWorld.day,
            payerID: "MERID")
        func form(_ waived: JSON) throws -> [UInt8] {
            try Canonical.encode(
                [
                    "claim": Canonical.json(PayerWorld.claim("C1", lines: [PayerWorld.line(1, "99213")])),
                    "number": "N1", "payable_at": "2026-03-02T14:05:00.000Z", "route": .object(JSONObject(route)),
                    "settlement": Canonical.json(settlement), "waived": waived,
                ] as JSON)
        }
        let sorted = try form(["CO-197", "CO-50"])
        let past = try Canonical.decode(PastClaim.self, from: sorted)
        #expect(past.waived == ["CO-197", "CO-50"])
        #expect(try Canonical.encode(past) == sorted)
        for other in [["CO-50", "CO-197"], ["CO-50", "CO-50"]] as [JSON] {
            #expect(throws: CanonicalFault(.notCanonical, field: "waived")) {
                try Canonical.decode(PastClaim.self, from: form(other))
            }
        }
    }
}
