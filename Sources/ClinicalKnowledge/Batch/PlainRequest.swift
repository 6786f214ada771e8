import HealthTypes

extension AnalyzeRequest {
    /// Reads a request of the plain form from its bytes, without making JSON values; nil for any other.
    ///
    /// What is plain it reads as ``init(reading:)`` does. It leaves to that whatever is wrong, escapes other than the
    /// short ones, members that the contract does not know and that are not scalars, and texts at their limits.
    init?(plain bytes: UnsafeRawBufferPointer) {
        var reader = PlainReader(bytes: bytes)
        guard let request = reader.request() else { return nil }
        self = request
    }
}

/// A cursor over JSON. Every function gives nil where the text is not plain, and the reader is of no use after that.
private struct PlainReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    /// The names of members of one object that the contract does not know, by where they stand.
    private var others: [Range<Int>] = []

    private static let maximumOthers = 16

    init(bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    // MARK: The request

    mutating func request() -> AnalyzeRequest? {
        var request = AnalyzeRequest(icd10Codes: [], treatments: [])
        var seen = 0
        guard next() == UInt8(ascii: "{") else { return nil }
        var isOpen = true
        while isOpen {
            guard let name = name() else { return nil }
            var place = 0
            if name == "icd10_codes" {
                guard let codes = codes() else { return nil }
                (request.icd10Codes, place) = (codes, 1)
            } else if name == "treatments" {
                guard let treatments = treatments() else { return nil }
                (request.treatments, place) = (treatments, 2)
            } else if name == "patient_age" {
                guard let age = integer(0...130) else { return nil }
                (request.patientAge, place) = (age.value, 4)
            } else if name == "patient_sex" {
                guard let text = text(20) else { return nil }
                if let text = text.value {
                    guard let sex = PatientSex(text) else { return nil }
                    request.patientSex = sex
                }
                place = 8
            } else if name == "report_text" {
                guard let text = text(AnalyzeRequest.maximumTextBytes) else { return nil }
                (request.reportText, place) = (text.value, 16)
            } else if !passOver(name) {
                return nil
            }
            guard seen & place == 0, let more = another(UInt8(ascii: "}")) else { return nil }
            seen |= place
            isOpen = more
        }
        skipSpace()
        guard position == bytes.count, seen & 3 == 3 else { return nil }
        return request
    }

    private mutating func codes() -> [String]? {
        guard next() == UInt8(ascii: "[") else { return nil }
        var codes: [String] = []
        codes.reserveCapacity(4)
        while true {
            guard let text = text(20)?.value, Self.isWritten(text) else { return nil }
            codes.append(text)
            guard codes.count <= AnalyzeRequest.maximumCodes, let more = another(UInt8(ascii: "]")) else { return nil }
            if !more { return codes }
        }
    }

    private mutating func treatments() -> [BilledTreatment]? {
        guard next() == UInt8(ascii: "[") else { return nil }
        var treatments: [BilledTreatment] = []
        treatments.reserveCapacity(4)
        while true {
            let outer = others
            others = []
            guard let treatment = treatment() else { return nil }
            others = outer
            treatments.append(treatment)
            guard treatments.count <= AnalyzeRequest.maximumTreatments, let more = another(UInt8(ascii: "]")) else {
                return nil
            }
            if !more { return treatments }
        }
    }

    private mutating func treatment() -> BilledTreatment? {
        var treatment = BilledTreatment(.drug, code: "")
        var seen = 0
        guard next() == UInt8(ascii: "{") else { return nil }
        var isOpen = true
        while isOpen {
            guard let name = name() else { return nil }
            var place = 0
            if name == "type" {
                guard let text = text(20)?.value, let kind = BilledTreatment.Kind(rawValue: text) else { return nil }
                (treatment.kind, place) = (kind, 1)
            } else if name == "code" {
                guard let text = text(40) else { return nil }
                (treatment.code, place) = (text.value ?? "", 2)
            } else if name == "name" {
                guard let text = text(AnalyzeRequest.maximumNameBytes) else { return nil }
                (treatment.name, place) = (text.value ?? "", 4)
            } else if name == "service_date" {
                guard let text = text(40) else { return nil }
                if let text = text.value {
                    guard let date = CalendarDate(text) else { return nil }
                    treatment.serviceDate = date
                }
                place = 8
            } else if name == "quantity" {
                guard let quantity = integer(1...1_000_000) else { return nil }
                (treatment.quantity, place) = (quantity.value, 16)
            } else if name == "dose" {
                guard let text = text(200) else { return nil }
                (treatment.dose, place) = (text.value, 32)
            } else if !passOver(name) {
                return nil
            }
            guard seen & place == 0, let more = another(UInt8(ascii: "}")) else { return nil }
            seen |= place
            isOpen = more
        }
        // A treatment needs a kind, and a code where it has no name.
        guard seen & 1 != 0, Self.isWritten(treatment.code) || (treatment.code.isEmpty && !treatment.name.isEmpty)
        else { return nil }
        return treatment
    }

    /// Whether a text begins with a letter, a digit or another mark of ASCII, so that it is not empty space.
    private static func isWritten(_ text: String) -> Bool { text.utf8.first.map { $0 > 0x20 && $0 < 0x7f } ?? false }

    // MARK: JSON

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0a, 0x0d, 0x09: position += 1
            default: return
            }
        }
    }

    /// The next byte that is not white space, stepped over.
    private mutating func next() -> UInt8? {
        skipSpace()
        guard position < bytes.count else { return nil }
        position += 1
        return bytes[position - 1]
    }

    /// Steps over a comma (true) or the closing bracket (false).
    private mutating func another(_ close: UInt8) -> Bool? {
        guard let byte = next(), byte == close || byte == UInt8(ascii: ",") else { return nil }
        return byte != close
    }

    /// A member's name as it stands between its quotes, with the colon behind it stepped over.
    private struct Name {
        let range: Range<Int>
        let bytes: UnsafeRawBufferPointer

        static func == (name: Name, text: StaticString) -> Bool {
            name.range.count == text.utf8CodeUnitCount
                && bytesAreEqual(name.bytes, name.range.lowerBound, text.utf8Start, name.range.count)
        }

        private static func bytesAreEqual(
            _ bytes: UnsafeRawBufferPointer, _ start: Int, _ text: UnsafePointer<UInt8>, _ count: Int
        ) -> Bool {
            for offset in 0..<count where bytes[start + offset] != text[offset] { return false }
            return true
        }
    }

    private mutating func name() -> Name? {
        guard next() == UInt8(ascii: "\"") else { return nil }
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            guard (0x20..<0x7f).contains(bytes[position]), bytes[position] != UInt8(ascii: "\\") else { return nil }
            position += 1
        }
        let range = start..<position
        position += 1
        guard next() == UInt8(ascii: ":") else { return nil }
        return Name(range: range, bytes: bytes)
    }

    /// A value that may be absent: `null` counts as such.
    private struct Reading<Value> {
        let value: Value?
    }

    private mutating func isNull() -> Bool {
        skipSpace()
        guard position + 4 <= bytes.count, bytes[position] == UInt8(ascii: "n"),
            bytes[position..<position + 4].elementsEqual("null".utf8)
        else { return false }
        position += 4
        return true
    }

    private mutating func integer(_ range: ClosedRange<Int>) -> Reading<Int>? {
        if isNull() { return Reading(value: nil) }
        let start = position
        var number = 0
        while position < bytes.count, (0x30...0x39).contains(bytes[position]), position - start < 9 {
            number = number * 10 + Int(bytes[position] - 0x30)
            position += 1
        }
        let isPadded = position - start > 1 && bytes[start] == 0x30
        guard position > start, !isPadded, range.contains(number), !isInNumber else { return nil }
        return Reading(value: number)
    }

    /// Whether a number goes on where the digits end.
    private var isInNumber: Bool {
        guard position < bytes.count else { return false }
        switch bytes[position] {
        case 0x30...0x39, UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): return true
        default: return false
        }
    }

    private mutating func text(_ limit: Int) -> Reading<String>? {
        if isNull() { return Reading(value: nil) }
        guard next() == UInt8(ascii: "\"") else { return nil }
        let start = position
        var hasEscape = false
        // Its high bit says whether a byte of the text has one.
        var union: UInt8 = 0
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") { break }
            guard byte >= 0x20 else { return nil }
            if byte == UInt8(ascii: "\\") {
                hasEscape = true
                position += 1
            }
            union |= byte
            position += 1
        }
        guard position < bytes.count else { return nil }
        let raw = UnsafeRawBufferPointer(rebasing: bytes[start..<position])
        position += 1
        guard raw.count <= limit else { return nil }
        if hasEscape { return Self.unescaped(raw).map { Reading(value: $0) } }
        let text = raw.assumingMemoryBound(to: UInt8.self)
        // ASCII is UTF-8 and need not be tested for it.
        if union < 0x80 { return Reading(value: String(decoding: text, as: UTF8.self)) }
        return String(validating: text, as: UTF8.self).map { Reading(value: $0) }
    }

    /// Texts with the short escapes alone.
    private static func unescaped(_ raw: UnsafeRawBufferPointer) -> String? {
        var output: [UInt8] = []
        output.reserveCapacity(raw.count)
        var place = 0
        while place < raw.count {
            if raw[place] != UInt8(ascii: "\\") {
                output.append(raw[place])
                place += 1
                continue
            }
            switch raw[place + 1] {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): output.append(raw[place + 1])
            case UInt8(ascii: "b"): output.append(0x08)
            case UInt8(ascii: "f"): output.append(0x0c)
            case UInt8(ascii: "n"): output.append(0x0a)
            case UInt8(ascii: "r"): output.append(0x0d)
            case UInt8(ascii: "t"): output.append(0x09)
            default: return nil
            }
            place += 2
        }
        return String(validating: output, as: UTF8.self)
    }

    /// Steps over a string, a short whole number or a literal of a member that the contract does not know.
    private mutating func passOver(_ name: Name) -> Bool {
        let bytes = bytes
        let isRepeated = others.contains {
            $0.count == name.range.count && bytes[$0].elementsEqual(bytes[name.range])
        }
        guard !isRepeated, others.count < Self.maximumOthers else { return false }
        others.append(name.range)
        skipSpace()
        guard position < bytes.count else { return false }
        switch bytes[position] {
        case UInt8(ascii: "\""): return text(.max) != nil
        case 0x30...0x39: return integer(0...999_999_999) != nil
        case UInt8(ascii: "n"): return isNull()
        case UInt8(ascii: "t"): return literal("true")
        case UInt8(ascii: "f"): return literal("false")
        default: return false
        }
    }

    private mutating func literal(_ text: String) -> Bool {
        guard bytes[position...].starts(with: text.utf8) else { return false }
        position += text.utf8.count
        return true
    }
}
