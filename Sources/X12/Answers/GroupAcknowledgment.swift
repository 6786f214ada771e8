import HealthTypes

/// Writes the 999 of one functional group, set by set (005010X231A1).
struct GroupAcknowledgment {
    /// How many errors of one transaction set are told; the set is refused all the same.
    static let maximumErrors = 1000

    private var received = 0
    private var accepted = 0
    private var groupCodes: [String] = []

    /// Writes AK1.
    init(functionalID: String, controlNumber: String, version: String, to writer: inout SegmentWriter) {
        let version = EchoedText.cleaned(version, 12)
        writer.write(
            "AK1", EchoedText.code(functionalID, 2), EchoedText.number(controlNumber),
            version.isEmpty ? "005010" : version)
    }

    mutating func note(groupError: Finding) {
        let code = groupError.codes.group ?? "6"
        if !groupCodes.contains(code) { groupCodes.append(code) }
    }

    /// Writes AK2 to IK5 of one set.
    mutating func add(
        set id: String, controlNumber: String, guide: String, errors: [Finding], isRefused: Bool,
        to writer: inout SegmentWriter
    ) {
        received += 1
        writer.write(
            "AK2", EchoedText.code(id, 3), EchoedText.fitted(controlNumber, 4...9), EchoedText.cleaned(guide, 35))
        writer.add(errors)
        var codes: [String] = []
        for error in errors {
            let code = error.codes.transaction ?? "5"
            if !codes.contains(code) { codes.append(code) }
        }
        writer.begin("IK5")
        writer.add(isRefused ? "R" : "A")
        for code in codes.prefix(5) { writer.add(code) }
        writer.end()
        if !isRefused { accepted += 1 }
    }

    /// Writes AK9; `stated` is GE01 where there is one.
    mutating func finish(stated: Int?, to writer: inout SegmentWriter) {
        if !groupCodes.isEmpty { accepted = 0 }
        let status = accepted == received && groupCodes.isEmpty ? "A" : accepted > 0 ? "P" : "R"
        writer.begin("AK9")
        writer.add(status)
        writer.add(min(max(stated ?? received, 0), 999_999))
        writer.add(min(received, 999_999))
        writer.add(min(accepted, 999_999))
        for code in groupCodes.prefix(5) { writer.add(code) }
        writer.end()
    }
}

extension SegmentWriter {
    /// IK3, CTX and IK4 for the errors of a transaction set: one IK3 for all the element errors of a segment.
    fileprivate mutating func add(_ errors: [Finding]) {
        let told = errors.filter { $0.codes.segment != nil && $0.issue.location.segment != nil }
            .prefix(GroupAcknowledgment.maximumErrors)
        let ordered = told.enumerated().sorted {
            ($0.element.issue.location.segment!, $0.offset) < ($1.element.issue.location.segment!, $1.offset)
        }.map(\.element)
        var index = 0
        while index < ordered.count {
            let position = ordered[index].issue.location.segment!
            var end = index
            while end < ordered.count, ordered[end].issue.location.segment! == position { end += 1 }
            var hasElementErrors = false
            for error in ordered[index..<end] {
                let isOfElement = error.codes.segment == "8" && error.codes.element != nil
                if isOfElement && hasElementErrors { continue }
                addSegmentError(error, position)
                if isOfElement {
                    hasElementErrors = true
                    for other in ordered[index..<end] { addElementError(other) }
                }
            }
            index = end
        }
    }

    private mutating func addSegmentError(_ error: Finding, _ position: Int) {
        let location = error.issue.location
        // A loop id of the guide; ST stands for the set itself, which has none, and ? for one that is unknown.
        let loop = location.loop.flatMap { $0 == "ST" || $0 == "?" || $0.utf8.count > 6 ? nil : $0 } ?? ""
        // IK301 takes two or three characters, whatever stood in the input.
        let id = location.segmentID.map { String($0.prefix(3)) } ?? ""
        let isName = (2...3).contains(id.utf8.count) && id.utf8.allSatisfy(\.isLetterOrDigit)
        write("IK3", isName ? id : "ZZ", String(position), loop, error.codes.segment ?? "")
        if let unit = error.unit, !EchoedText.cleaned(unit.value, 35).isEmpty {
            begin("CTX")
            add(composite: [unit.name, EchoedText.cleaned(unit.value, 35)])
            end()
        }
        if let trigger = error.trigger, error.codes.segment != "8" { addTrigger(trigger) }
    }

    private mutating func addTrigger(_ trigger: Finding.Trigger) {
        begin("CTX")
        add("SITUATIONAL TRIGGER")
        add(trigger.segment)
        add(trigger.position)
        add(trigger.loop == "ST" ? "" : trigger.loop)
        if trigger.element > 0 {
            add(composite: [String(trigger.element), trigger.component > 0 ? String(trigger.component) : ""])
        }
        end()
    }

    private mutating func addElementError(_ error: Finding) {
        guard let code = error.codes.element, error.codes.segment == "8", let element = error.issue.location.element
        else { return }
        let location = error.issue.location
        begin("IK4")
        add(composite: [
            String(min(element, 99)), location.component.map { String(min($0, 99)) } ?? "",
            location.repetition.map { String(min($0, 9999)) } ?? "",
        ])
        addEmpty()
        add(code)
        end()
        if let trigger = error.trigger { addTrigger(trigger) }
    }
}
