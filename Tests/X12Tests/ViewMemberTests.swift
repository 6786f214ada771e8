import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

/// ``Member834``, ``Premium820`` and ``Attachment275`` against the fixtures.
@Suite struct ViewMemberTests {
    @Test func membersHaveTheirCoverages() throws {
        let members = try ViewSamples.units(Member834.self, "834/accepted-1")
        #expect(members.map(\.member?.firstName) == ["ROWAN", "WREN"] && members.map(\.isSubscriber) == [true, false])
        let member = members[0]
        #expect(member.sponsor?.name == "MAPLE COUNTY SCHOOLS" && member.payer?.identifier == "411887765")
        #expect(member.brokers.map(\.role) == ["BO", "TV"] && member.fileAction == "2")
        #expect(member.maintenanceType == "021" && member.maintenanceReason == "28" && member.benefitStatus == "A")
        #expect(member.medicarePlan == "B" && member.medicareReason == "1" && member.employmentStatus == "FT")
        #expect(member.subscriberNumber == "RB004417702" && member.policyNumber == "GRP7714")
        #expect(member.clientNumber == "EMP-4471" && member.dates.count == 3)
        #expect(member.member?.contacts[0].numbers.map(\.qualifier) == ["HP", "CP", "EM"])
        #expect(member.mailingAddress?.address == ["PO BOX 77"] && member.relatedParties.map(\.role) == ["36", "QD"])
        #expect(member.coverages.map(\.line) == ["HLT", "DEN"] && member.coverages[0].plan == "GOLD HMO")
        let coverage = member.coverages[0]
        #expect(coverage.begin == day("2026-12-01") && coverage.end == day("2027-11-30"))
        #expect(coverage.amounts.map(\.amount) == [money("410.75")] && coverage.cards[0][3] == "2")
        #expect(coverage.providers.map(\.role) == ["P3", "QA"])
        #expect(coverage.otherCoverages.map(\.policyNumber) == ["OTH4471"])
        #expect(coverage.otherCoverages[0].serviceTypes == ["1", "35"])
        #expect(coverage.otherCoverages[0].parties.map(\.name) == ["HIGH MEADOW INSURANCE"])
        #expect(member.reportingCategories.map(\.name) == ["UNION", "DIVISION"])
        #expect(member.disabilities[0].first[8] == "S82101A")
        // Nothing of the subscriber is left with the next member.
        #expect(members[1].coverages.count == 1 && members[1].reportingCategories.isEmpty)
        #expect(members[1].relatedParties.map(\.role) == ["M8", "S3", "45"] && members[1].studentStatus == "F")
        #expect(member.json["further_segments"]?.array?.count == 4)
        #expect(member.json["coverages"]?[0]?["other_coverages"]?[0]?["coordination"] == "1")
        #expect(member.json["reporting_categories"]?[0]?["references"]?[0]?["value"] == "LOCAL 7")
    }

    @Test func correctionsNameWhatWasWrong() throws {
        let members = try ViewSamples.units(Member834.self, "834/accepted-2")
        #expect(members.count == 3)
        #expect(members[0].member?.role == "74" && members[0].incorrectMember?.name == "QUILFETHER")
        #expect(members[0].incorrectMember?.birthDate == day("1984-09-21"))
        #expect(members[2].deathDate == day("2026-10-15") && !members[2].isDisabled)
        #expect(members[2].coverages[0].end == day("2026-10-15") && members[1].coverages.isEmpty)
    }

    @Test func premiumsArePaidForPersonsAndGroups() throws {
        let persons = try ViewSamples.units(Premium820.self, "820/accepted-1")
        #expect(persons.map(\.isIndividual) == [true, true] && persons.map(\.number) == ["1", "2"])
        #expect(persons[0].paymentAmount == money("1385.50") && persons[0].paymentDate == day("2026-11-05"))
        #expect(persons[0].receiver?.role == "PE" && persons[0].payer?.contacts[0].name == "PAYROLL")
        #expect(persons.map { $0.persons.map(\.firstName) } == [["ROWAN"], ["ELDON"]])
        #expect(persons[0].items.map(\.number) == ["POL771"] && persons[0].items[0].paid == money("410.75"))
        #expect(persons[0].items[0].dates[0].from == day("2026-11-01"))
        #expect(persons[0].items[0].dates[0].through == day("2026-11-30"))
        #expect(persons[1].items[0].adjustments.map(\.amount) == [money("-25.25")])
        let paid = persons.flatMap(\.items).compactMap(\.paid).total()
        let adjusted = persons.flatMap(\.items).flatMap(\.adjustments).compactMap(\.amount).total()
        #expect(paid + adjusted == persons[0].paymentAmount)
        let group = try #require(try ViewSamples.units(Premium820.self, "820/accepted-2").first)
        #expect(!group.isIndividual && group.identifier == "411000222" && group.adjustments.map(\.reason) == ["52"])
        #expect(group.items[0].invoice.map(\.id) == ["IT1", "SLN", "SLN"])
        #expect(group.json["items"]?[0]?["billed"] == "5240.00" && group.json["adjustments"]?[0]?["amount"] == "-50.00")
    }

    @Test func attachmentsSayWhereTheirBytesAre() throws {
        let bytes = try ViewSamples.bytes("275-claim/accepted-1")
        let attachment = try #require(try ViewSamples.units(Attachment275.self, of: bytes).first)
        #expect(attachment.controlNumber == "ATT9001" && attachment.controlNumberKind == "1")
        #expect(attachment.patient?.identifier == "RB004417702" && attachment.purpose == "02")
        #expect(attachment.claimReferences.map(\.value) == ["PT-60021", "MR-881", "CLH881230"])
        #expect(attachment.claimDates.map(\.from) == [day("2026-10-12")])
        let document = try #require(attachment.documents.first)
        #expect(document.reportType == "AE" && document.format == "TX" && document.submissionDate == day("2026-11-03"))
        let content = try #require(document.contents.first)
        #expect(String(decoding: content.bytes, as: UTF8.self) == "DISCHARGE NOTE * WITH ~ DELIMITERS : IN IT")
        #expect(content.length == 42 && content.declaredLength == 42 && content.isWhole && content.filter.isEmpty)
        #expect(Array(bytes[content.byteOffset..<content.byteOffset + 42]) == content.bytes)
        #expect(attachment.json["documents"]?[0]?["contents"]?[0]?["byte"] == JSON(content.byteOffset))
    }

    @Test func requestedAttachmentsNameTheRequest() throws {
        let bytes = try ViewSamples.bytes("275-solicited/accepted-2")
        let attachments = try ViewSamples.units(Attachment275.self, of: bytes)
        #expect(attachments.map(\.controlNumber) == ["RFI-1", "RFI-2"] && attachments[0].purpose == "11")
        #expect(attachments[0].requests[0].reasons[0].code == "18842-5")
        #expect(attachments[0].requests[0].reasons[0].codeList == "LOI")
        #expect(attachments[0].references.map(\.value) == ["L1"] && attachments[0].serviceDates.count == 1)
        let contents = attachments.flatMap(\.documents).flatMap(\.contents)
        #expect(contents.map(\.filter) == ["B64", "B64", "ASC"])
        #expect(contents.map { String(decoding: $0.bytes, as: UTF8.self) } == ["QUJDRA==", "RUZHSA==", "A*B~C:D"])
        for content in contents {
            #expect(Array(bytes[content.byteOffset..<content.byteOffset + content.length]) == content.bytes)
        }
    }

    @Test func aContentThatIsTooLargeToKeepIsNotTakenForWhole() throws {
        let large = String(repeating: "X~", count: 40_000)
        let bytes = try Samples.replacing(
            try ViewSamples.bytes("275-claim/accepted-1"), "BIN*42*DISCHARGE NOTE * WITH ~ DELIMITERS : IN IT",
            "BIN*80000*\(large)")
        var limits = X12Limits.standard
        limits.maximumSegmentBytes = 4096
        var contents: [Attachment275.Content] = []
        try X12UnitReader(MemorySource(bytes, step: 512), limits: limits).forEach(Attachment275.self) {
            contents += $0.documents.flatMap(\.contents)
        }
        #expect(contents.map(\.declaredLength) == [80_000] && contents.map(\.isWhole) == [false])
        let whole = try #require(try ViewSamples.units(Attachment275.self, of: bytes).first?.documents[0].contents[0])
        #expect(whole.isWhole && whole.bytes == Array(large.utf8))
    }
}
