import HealthTypes
import Testing

private func day(_ text: String) -> CalendarDate { CalendarDate(text)! }

@Suite struct CalendarDateTests {
    @Test(arguments: ["2024-02-29", "2000-02-29", "20240229", "0001-01-01", "9999-12-31"])
    func readsADay(text: String) {
        #expect(CalendarDate(text) != nil)
    }

    @Test(arguments: [
        "2023-02-29", "1900-02-29", "2026-02-30", "2026-04-31", "2026-13-01", "2026-00-10", "2026-01-00", "0000-01-01",
        "2026-1-1", "2026/01/01", "26-01-01", "2026-01-01T", "20261301", "2026010", "+2026-1-1", "", "२०२६०१०१",
    ])
    func refusesWhatIsNoDay(text: String) {
        #expect(CalendarDate(text) == nil)
    }

    @Test func knownDayNumbers() {
        #expect(day("1970-01-01").dayNumber == 0)
        #expect(day("1969-12-31").dayNumber == -1)
        #expect(day("2000-03-01").dayNumber == 11_017)
        #expect(day("0001-01-01").dayNumber == -719_162)
    }

    /// 400 years are a whole cycle of the calendar: every seventh day of one, there and back.
    @Test func dayNumbersGoThereAndBack() {
        for number in stride(from: day("1804-03-01").dayNumber, through: day("2204-03-01").dayNumber, by: 7) {
            let date = CalendarDate(dayNumber: number)
            #expect(date.dayNumber == number)
            #expect(CalendarDate(date.description) == date)
            #expect(CalendarDate(date.compact) == date)
        }
        #expect(day("2204-03-01").days(since: day("1804-03-01")) == 146_097)
    }

    @Test func everyDayFollowsTheOneBefore() {
        var date = day("1899-12-30")
        while date < day("1905-01-02") {
            let next = date.adding(days: 1)
            #expect(next > date)
            #expect(next.weekday == (date.weekday + 1) % 7)
            date = next
        }
    }

    @Test(arguments: [
        ("1980-05-14", "2026-05-13", 45), ("1980-05-14", "2026-05-14", 46), ("2000-02-29", "2001-02-28", 0),
        ("2000-02-29", "2001-03-01", 1), ("2026-03-02", "2026-03-02", 0), ("2026-03-02", "2026-03-01", -1),
    ])
    func age(born: String, on: String, years: Int) {
        #expect(day(born).age(on: day(on)) == years)
    }

    @Test func writesBothForms() {
        #expect(day("20260302").description == "2026-03-02")
        #expect(day("2026-03-02").compact == "20260302")
        #expect(CalendarDate(year: 7, month: 1, day: 2)?.description == "0007-01-02")
        #expect(day("2026-03-02").weekday == 0)
    }

    @Test func travelsInJSON() throws {
        #expect(try Canonical.encode([day("20260302")]) == Array(#"["2026-03-02"]"#.utf8))
        #expect(throws: CanonicalFault(.wrongType)) {
            try Canonical.decode([CalendarDate].self, from: Array(#"["2026-02-30"]"#.utf8))
        }
    }
}

@Suite struct InstantTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:00.5Z", 500), ("1970-01-01T00:00:00.1239Z", 123),
            ("1969-12-31T23:59:59.999Z", -1), ("1970-01-01T01:00:00+01:00", 0), ("1969-12-31T19:00:00-05:00", 0),
            ("1970-01-01T05:30:00+05:30", 0), ("2026-03-02T14:05:00Z", 1_772_460_300_000),
        ] as [(String, Int64)])
    func readsRFC3339(text: String, milliseconds: Int64) {
        #expect(Instant(text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "2026-03-02", "2026-03-02T14:05Z", "2026-03-02T14:05:00", "2026-03-02T24:00:00Z", "2026-03-02T14:60:00Z",
        "2026-03-02 14:05:00Z", "2026-02-30T14:05:00Z", "2026-03-02T14:05:00.Z", "2026-03-02T14:05:00+0500",
        "2026-03-02T14:05:00Zulu", "T14:05:00Z", "", "2026-03-02T14:05:00T00",
    ])
    func refusesWhatIsNoMoment(text: String) {
        #expect(Instant(text) == nil)
    }

    /// Signs and doubled colons are not in the grammar (RFC 3339 section 5.6).
    @Test(arguments: [
        "2026-03-02T+9:+5:+1Z", "2026-03-02T1:02::03Z", "2026-03-02T14:05:00+05x30", "2026-03-02T14:05:00+99:99",
    ])
    func refusesWhatOnlyLooksLikeAMoment(text: String) {
        #expect(Instant(text) == nil)
    }

    @Test func writesMillisecondsOnlyWhereThereAreAny() {
        #expect(Instant("2026-03-02T14:05:00.000Z")?.description == "2026-03-02T14:05:00Z")
        #expect(Instant("2026-03-02T14:05:00.040Z")?.description == "2026-03-02T14:05:00.040Z")
        #expect(Instant("1969-12-31T23:59:59.999Z")?.description == "1969-12-31T23:59:59.999Z")
        #expect(Instant("2026-03-02T14:05:09.040Z")?.compact == "20260302140509")
    }

    @Test func sortableTextOrdersAsTime() {
        var random = SeededRandom(seed: 3)
        let moments = (0..<500).map { _ in
            Instant(milliseconds: Int64(random.integer(in: -60_000_000_000_000..<4_000_000_000_000)))
        }
        #expect(moments.sorted().map(\.sortable) == moments.map(\.sortable).sorted())
        for moment in moments {
            #expect(Instant(moment.sortable) == moment)
            #expect(Instant(moment.description) == moment)
        }
    }

    @Test func arithmetic() throws {
        let start = Instant(day("2026-02-28"), hour: 23, minute: 30)
        #expect(start.adding(hours: 1).date == day("2026-03-01"))
        #expect(start.adding(days: -1).description == "2026-02-27T23:30:00Z")
        #expect(start.adding(seconds: 90).seconds(since: start) == 90)
        #expect(try Canonical.decode([Instant].self, from: Canonical.encode([start])) == [start])
        #expect(throws: CanonicalFault(.wrongType)) {
            try Canonical.decode([Instant].self, from: Array(#"["now"]"#.utf8))
        }
    }

    @Test func aManualClockNeverGoesBack() {
        let clock = ManualClock(Instant(milliseconds: 100))
        clock.advance(to: Instant(milliseconds: 50))
        #expect(clock.now == Instant(milliseconds: 100))
        clock.advance(to: Instant(milliseconds: 150))
        #expect(clock.now == Instant(milliseconds: 150))
    }
}
