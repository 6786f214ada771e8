import HealthTypes

/// When the payer does what.
///
/// Delays are stated in days; for serving live a day is made short.
struct Timetable: Sendable {
    /// From the receipt of a claim to the earliest payment run.
    let paymentDays: Int
    let dayMilliseconds: Int64

    init(paymentDays: Int, paymentSeconds: Int?) {
        self.paymentDays = max(1, paymentDays)
        dayMilliseconds = paymentSeconds.map { max(1, Int64($0) * 1000 / Int64(max(1, paymentDays))) } ?? 86_400_000
    }

    func after(_ moment: Instant, days: Int) -> Instant {
        Instant(milliseconds: moment.milliseconds + dayMilliseconds * Int64(days))
    }

    /// A few minutes of the day.
    func acknowledgement(of moment: Instant) -> Instant {
        Instant(milliseconds: moment.milliseconds + max(1, dayMilliseconds / 288))
    }

    /// When what came cut off comes again.
    func repetition(of moment: Instant) -> Instant {
        Instant(milliseconds: moment.milliseconds + max(1, dayMilliseconds / 24))
    }

    /// Payments run once a day, at a quarter of it: six in the morning, UTC.
    ///
    /// What is ready at `moment` waits for the next run.
    func paymentRun(notBefore moment: Instant) -> Instant {
        let offset = dayMilliseconds / 4
        let days = (moment.milliseconds - offset).quotientRoundedUp(by: dayMilliseconds)
        return Instant(milliseconds: days * dayMilliseconds + offset)
    }

    func payment(ofReceiptAt moment: Instant) -> Instant { paymentRun(notBefore: after(moment, days: paymentDays)) }
}

extension Int64 {
    fileprivate func quotientRoundedUp(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder > 0 ? quotient + 1 : quotient
    }
}
