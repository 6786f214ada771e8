public import HealthTypes

/// One thing that a check found, with the envelopes it lies in and how acknowledgements name it.
public struct Finding: Sendable {
    public var issue: Issue
    /// WEDI SNIP type: 1 syntax, 2 guide, 3 balance, 4 situation, 5 code set, 6 service, 7 payer.
    public var snip: Int
    /// Control numbers of the envelopes; nil where it lies outside of them.
    public var interchange: String?
    public var group: String?
    public var transaction: String?
    public var codes: AcknowledgmentCodes
    /// Which of the envelopes of the input, as control numbers may stand twice.
    package var place = Place()

    /// By what a rule of situations was set off, for the CTX of a 999.
    struct Trigger: Hashable, Sendable {
        var segment: String
        var position: Int
        var loop: String
        var element: Int
        var component: Int
    }

    /// The number by which the sender knows what the finding belongs to; it may name a patient's account.
    package struct BusinessUnit: Hashable, Sendable {
        package var name: String
        package var value: String
    }

    /// Those of the interchange it lies in.
    package var delimiters: Delimiters?
    var trigger: Trigger?
    package var unit: BusinessUnit?

    package struct Place: Hashable, Sendable {
        package var interchange: Int?
        package var group: Int?
        package var transaction: Int?
    }

    public var loop: String? { issue.location.loop }
    /// Whether it makes what it lies in unacceptable.
    public var isError: Bool { issue.severity >= .error }

    package init(_ issue: Issue) {
        let definition = Fault(rawValue: issue.code)?.definition
        self.issue = issue
        snip = definition?.snip ?? 1
        codes = definition?.codes ?? AcknowledgmentCodes()
    }

    /// One line of JSON Lines: the same members in every line, absent ones as null.
    public var json: JSON {
        let location = issue.location
        func text(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }
        func number(_ value: Int?) -> JSON { value.map { JSON($0) } ?? .null }
        return [
            "file": text(location.source), "interchange": text(interchange), "group": text(group),
            "transaction": text(transaction), "loop": text(location.loop), "segment": text(location.segmentID),
            "segment_index": number(location.segment), "element": number(location.element),
            "component": number(location.component), "repetition": number(location.repetition),
            "byte": number(location.byte), "code": .string(issue.code), "severity": .string(issue.severity.rawValue),
            "snip": JSON(snip), "requirement": text(issue.requirement),
            "acknowledgment": .compact([
                "TA105": codes.interchange.map { .string($0) }, "AK905": codes.group.map { .string($0) },
                "IK502": codes.transaction.map { .string($0) }, "IK304": codes.segment.map { .string($0) },
                "IK403": codes.element.map { .string($0) },
            ]),
            "message": .string(issue.message),
        ]
    }
}
