/// A message told in plain words, line by line, for a person who does not read bars and carets.
public struct HL7Explanation: Hashable, Sendable {
    public struct Line: Hashable, Sendable {
        /// The segment as it stands.
        public let raw: String
        /// `Patient`, or the segment's id where it is not in the dictionary.
        public let title: String
        /// The fields that are valued.
        public let fields: [Field]

        /// `Patient: number MRN100, name DOE ALICE`.
        public var words: String {
            let named = fields.filter { $0.name != nil }.map { "\($0.name ?? "") \($0.value)" }
            return named.isEmpty ? title : "\(title): \(named.joined(separator: ", "))"
        }
    }

    public struct Field: Hashable, Sendable {
        /// `PID-5`.
        public let position: String
        /// Our own short word for the field; nil where we have none.
        public let name: String?
        /// Components with spaces between them, repetitions with a semicolon; `(delete)` for an explicit null.
        public let value: String
    }

    public let lines: [Line]

    init(_ message: HL7Message) {
        lines = message.segments.map { segment in
            let entry = HL7Dictionary.entries[segment.id]
            let fields = (1...max(1, segment.count)).compactMap { position -> Field? in
                if segment.id == "MSH" && position <= 2 { return nil }
                let value = Self.words(segment, position)
                if value.isEmpty { return nil }
                return Field(position: "\(segment.id)-\(position)", name: entry?.fields[position], value: value)
            }
            return Line(raw: segment.raw, title: entry?.title ?? segment.id, fields: fields)
        }
    }

    private static func words(_ segment: HL7Segment, _ position: Int) -> String {
        if segment.isExplicitNull(position) { return "(delete)" }
        return segment.repetitions(position).map { repetition in
            repetition.components.filter { !$0.isEmpty }.joined(separator: " ")
        }.filter { !$0.isEmpty }.joined(separator: "; ")
    }
}

extension HL7Message {
    public func explanation() -> HL7Explanation { HL7Explanation(self) }
}

/// Short words of our own for the segments and fields that come up in an encounter.
private enum HL7Dictionary {
    struct Entry: Sendable {
        let title: String
        let fields: [Int: String]
    }

    static let entries: [String: Entry] = Dictionary(
        uniqueKeysWithValues: text.split(separator: "\n").map { line in
            let parts = line.split(separator: "|")
            var fields: [Int: String] = [:]
            for part in parts.dropFirst(2) {
                let pair = part.split(separator: " ", maxSplits: 1)
                fields[Int(pair[0]) ?? 0] = String(pair[1])
            }
            return (String(parts[0]), Entry(title: String(parts[1]), fields: fields))
        })

    private static let text = """
        MSH|Message|3 from|4 of|5 to|6 at|7 sent|9 type|10 control number|11 processing|12 version|18 characters
        EVN|Event|1 code|2 recorded|4 reason|6 occurred
        PID|Patient|2 number|3 number|5 name|7 born|8 sex|11 address|13 telephone|18 account|19 social security number
        PD1|Patient, more|4 primary care
        NK1|Next of kin|2 name|3 relation|5 telephone
        PV1|Visit|2 class|3 location|7 attending|8 referring|10 service|14 source|17 admitting|18 type|19 number|\
        36 disposition|44 admitted|45 discharged
        PV2|Visit, more|3 reason
        GT1|Guarantor|3 name|5 address|11 relation
        IN1|Insurance|2 plan|3 company|4 company name|8 group|12 from|13 until|16 insured|17 relation|18 born|36 policy
        AL1|Allergy|2 kind|3 to|4 severity|5 reaction
        DG1|Diagnosis|2 coding|3 code|4 text|5 on|6 kind|15 rank
        PR1|Procedure|3 code|4 text|5 on
        MRG|Merged from|1 number|3 account|7 name
        SCH|Appointment|1 placer number|2 filler number|6 event|7 reason|8 kind|11 time|16 filled by|25 status
        RGS|Resources|1 set|2 action
        AIS|Service|3 code|4 starts|7 lasts|8 unit|10 status
        AIG|Resource|3 what|4 kind|8 starts
        AIL|Location|3 where|6 starts
        AIP|Person|3 who|4 role|6 starts
        ORC|Order|1 control|2 placer number|3 filler number|5 status|9 at|12 ordered by|16 reason
        OBR|Request|2 placer number|3 filler number|4 service|5 priority|7 observed|13 clinical|16 ordered by|\
        22 reported|25 status|31 reason
        OBX|Result|2 kind|3 what|5 value|6 unit|7 range|8 flag|11 status|14 observed
        NTE|Note|3 text
        TXA|Document|2 kind|4 active|12 number|17 status
        FT1|Charge|2 number|4 on|6 kind|7 code|10 units|11 amount|12 price|16 location|19 diagnosis|20 by|25 procedure|\
        26 modifier
        RXO|Medication ordered|1 code|2 least|3 most|4 unit
        RXE|Medication|2 code|3 least|4 most|5 unit
        MSA|Acknowledgment|1 code|2 of|3 text
        ERR|Error|2 place|3 code|4 severity|5 our code|8 text
        """
}
