import HealthTypes

/// The people of the demonstration: what a physician or a biller would answer to a task, and after how long. The same
/// seed and the same task give the same answer, in whatever order the tasks come.
///
/// Physicians attest the letters put before them. Billers approve corrected claims and appeals; that such a task
/// offers approval at all means that its evidence is complete. Everything else is left to the real person.
public struct SampleStaff: Sendable {
    private let seed: UInt64

    public init(seed: UInt64) {
        self.seed = seed
    }

    /// What one kind of person does with one kind of task.
    private struct Duty {
        /// Words of a task's kind, one of which it has.
        var kinds: [String]
        /// The answers that this person gives, the likeliest first.
        var answers: [String]
        var reason: String
        /// How many of a hundred tasks get an answer; the rest wait for the real person.
        var share: Int
        /// Hours until the answer.
        var hours: Range<Int>
    }

    private static let duties = [
        Duty(
            kinds: ["attest", "letter"], answers: ["attest", "sign"],
            reason: "I have read the text against the chart and it is right.", share: 92, hours: 2..<20),
        Duty(
            kinds: ["correct", "appeal"], answers: ["approve", "send", "submit"],
            reason: "The evidence is complete.", share: 88, hours: 1..<9),
    ]

    /// The answer to a task, why, and how many hours after the task was made; nil leaves it to the real person.
    ///
    /// - Parameters:
    ///   - taskKind: the task's kind, such as `attest-letter`.
    ///   - key: the case, and whatever tells two tasks of one kind apart.
    ///   - offered: the answers among which a person may choose; no other is ever given.
    public func answer(
        taskKind: String, key: String, offered: [String]
    ) -> (answer: String, reason: String, afterHours: Int)? {
        let kind = taskKind.lowercased()
        for duty in Self.duties where duty.kinds.contains(where: kind.contains) {
            let choice = duty.answers.lazy.compactMap { word in
                offered.first { $0.lowercased().hasPrefix(word) }
            }.first
            guard let choice else { continue }
            var random = SeededRandom(seed: seed, stream: "staff \(taskKind) \(key)")
            guard random.chance(duty.share) else { return nil }
            return (choice, duty.reason, random.integer(in: duty.hours))
        }
        return nil
    }
}
