import HealthTypes

/// Turns a guide's text and the segment dictionary into the tables of a ``CompiledGuide``.
package struct GuideCompiler {
    package struct Draft {
        package var text: GuideText
        var isMeasured = false
        package var loopIDs: [String] = []
        package var names: [String] = []
        package var loops: [CompiledGuide.Loop] = []
        var nodes: [CompiledGuide.Node] = []
        var required: [UInt16] = []
        package var rules: [CompiledGuide.Rule] = []
        package var elements: [CompiledGuide.Element] = []
        package var extras: [CompiledGuide.Extra] = []
        var terms: [CompiledGuide.Term] = []
        package var notes: [CompiledGuide.Note] = []
        var noteElements: [UInt8] = []
        var captures: [CompiledGuide.Capture] = []
        var situations: [CompiledGuide.Situation] = []
        var situationTerms: [CompiledGuide.SituationTerm] = []
        var referenceNodes: [UInt16] = []
        package var codes: [UInt64] = []
        package var candidates: [CompiledGuide.Candidate] = []
        var candidateRuns: [CompiledGuide.Run] = []
        var segmentIDs: [UInt32] = []
        var beginsLoop: [Int16] = []
    }

    private struct Slot: Hashable {
        var node: Int
        var element: Int
        var component: Int
    }

    private var draft: Draft
    private let dictionary: SegmentDictionary
    private var texts: [GuideText.LoopRule] = []
    private var ruleTexts: [GuideText.SegmentRule] = []
    private var codeLists: [[UInt64]: CompiledGuide.Codes] = [:]
    private var slots: [Int: [Slot: Int]] = [:]
    private var pending: [(rule: Int, key: Slot, slot: Int)] = []
    /// The rules that were made of lines, as those of a definition stand in several places.
    private var rulesByLine: [Int: CompiledGuide.Rule] = [:]
    private var situationsByLoop: [Int: [CompiledGuide.Situation]] = [:]

    /// Throws a `DataFileError` that names the line where the text contradicts itself or the dictionary.
    static func compile(_ text: GuideText, dictionary: SegmentDictionary) throws -> CompiledGuide {
        var compiler = GuideCompiler(text: text, dictionary: dictionary)
        return CompiledGuide(try compiler.run())
    }

    private init(text: GuideText, dictionary: SegmentDictionary) {
        draft = Draft(text: text, isMeasured: text.id.hasPrefix("005010") || text.id.hasPrefix("006020"))
        self.dictionary = dictionary
    }

    private mutating func run() throws -> Draft {
        try addLoop(draft.text.root, parent: -1, depth: 0)
        for loop in texts.indices {
            for situation in texts[loop].situations { try addSituation(situation, in: loop) }
        }
        try layCaptures()
        addSituationRuns()
        addCandidates()
        return draft
    }

    private func failure(_ line: Int, _ reason: String) -> DataFileError {
        DataFileError(file: draft.text.name, line: line, reason: reason)
    }

    // MARK: Loops and segments

    private mutating func addLoop(_ text: GuideText.LoopRule, parent: Int, depth: Int) throws {
        let index = draft.loops.count
        guard index < Int(Int16.max), depth < 32 else { throw failure(text.line, "a guide has no so many loops") }
        draft.loops.append(
            CompiledGuide.Loop(
                usage: code(text.usage), depth: UInt8(depth), parent: Int16(parent),
                maximum: UInt32(min(text.maximum, Int(UInt32.max)))))
        draft.loopIDs.append(text.id)
        texts.append(text)
        var own: [CompiledGuide.Node] = []
        var children: [(GuideText.LoopRule, Int)] = []
        var ordinal = 0
        var previous = ""
        for node in text.nodes {
            let key: String
            switch node {
            case .segment(let segment):
                key = segment.id
                if key != previous { ordinal += 1 }
                own.append(
                    CompiledGuide.Node(
                        loop: -1, rule: UInt16(try addRule(segment, in: index)), ordinal: UInt16(ordinal),
                        usage: code(segment.usage), maximum: UInt32(min(segment.maximum, Int(UInt32.max)))))
            case .loop(let child):
                guard case .segment(let trigger)? = child.nodes.first else { continue }
                key = "loop \(trigger.id)"
                if key != previous { ordinal += 1 }
                children.append((child, own.count))
                own.append(
                    CompiledGuide.Node(
                        loop: 0, rule: 0, ordinal: UInt16(ordinal), usage: code(child.usage),
                        maximum: UInt32(min(child.maximum, Int(UInt32.max)))))
            }
            previous = key
        }
        let first = draft.nodes.count
        draft.nodes += own
        draft.loops[index].nodes = CompiledGuide.Run(first: UInt32(first), count: UInt32(own.count))
        draft.loops[index].role = own.first.map { draft.rules[Int($0.rule)].role } ?? .none
        draft.loops[index].hasHierarchy = own.first.map { draft.rules[Int($0.rule)].segmentID } == "HL".packedSegmentID
        let missable = own.indices.filter { own[$0].usage != code(.situational) }
        draft.loops[index].required = CompiledGuide.Run(
            first: UInt32(draft.required.count), count: UInt32(missable.count))
        draft.required += missable.map(UInt16.init)
        for node in missable { draft.loops[index].needed.insert(node) }
        for (child, place) in children {
            let loop = draft.loops.count
            try addLoop(child, parent: index, depth: depth + 1)
            draft.nodes[first + place].loop = Int16(loop)
            draft.nodes[first + place].rule = draft.nodes[Int(draft.loops[loop].nodes.first)].rule
        }
    }

    private func code(_ usage: GuideText.Usage) -> UInt8 {
        switch usage {
        case .situational: 0
        case .required: 1
        case .wanted: 2
        }
    }

    private mutating func addRule(_ text: GuideText.SegmentRule, in loop: Int) throws -> Int {
        if var rule = rulesByLine[text.line] {
            rule.loop = Int16(loop)
            rule.role = Role.of(set: draft.text.set, loop: texts[loop].id, segment: text.id)
            return append(rule, text)
        }
        let id = text.id.packedSegmentID
        guard id != 0 else { throw failure(text.line, "'\(text.id)' is no segment") }
        var rule = CompiledGuide.Rule(segmentID: id, loop: Int16(loop))
        if let qualifier = text.qualifier {
            rule.qualifierElement = UInt8(qualifier.element)
            rule.qualifierComponent = UInt8(qualifier.component)
            rule.qualifierCodes = try list(qualifier.codes, text.line)
        }
        rule.role = Role.of(set: draft.text.set, loop: texts[loop].id, segment: text.id)
        if let period = Self.periods[text.id] { (rule.periodFormat, rule.periodValue) = period }
        let definition = dictionary.segments[text.id]
        if draft.isMeasured, definition == nil, !["ISA", "GS", "GE", "IEA"].contains(text.id) {
            throw failure(text.line, "the dictionary of segments has no '\(text.id)'")
        }
        rule.isDefined = draft.isMeasured && definition != nil
        try addElements(text, definition ?? SegmentDictionary.Definition(), to: &rule)
        rulesByLine[text.line] = rule
        return append(rule, text)
    }

    private mutating func append(_ rule: CompiledGuide.Rule, _ text: GuideText.SegmentRule) -> Int {
        draft.rules.append(rule)
        ruleTexts.append(text)
        return draft.rules.count - 1
    }

    /// Segments in which an element (1250) names the format of a date (1251).
    private static let periods: [String: (UInt8, UInt8)] = [
        "DTP": (2, 3), "DMG": (1, 2), "PAT": (5, 6), "INS": (11, 12),
    ]

    private mutating func list(_ codes: [String], _ line: Int) throws -> CompiledGuide.Codes {
        let packed = codes.map(\.packedCode)
        guard !packed.contains(.max) else { throw failure(line, "a code is at most eight letters long") }
        let sorted = Array(Set(packed)).sorted()
        if let known = codeLists[sorted] { return known }
        let added = CompiledGuide.Codes(first: UInt32(draft.codes.count), count: UInt32(sorted.count))
        draft.codes += sorted
        codeLists[sorted] = added
        return added
    }

    // MARK: Elements

    private mutating func addElements(
        _ text: GuideText.SegmentRule, _ definition: SegmentDictionary.Definition, to rule: inout CompiledGuide.Rule
    ) throws {
        var own = definition.elements.map(element)
        var components = definition.elements.map { $0.components.map(element) }
        var taken: Set<Int> = []
        let extrasStart = draft.extras.count
        for word in text.elements {
            guard word.element >= 1, word.element < 100, word.component < 100 else {
                throw failure(text.line, "element \(word.element) does not exist")
            }
            if rule.isDefined {
                guard word.element <= own.count, word.component <= max(components[word.element - 1].count, 1) else {
                    throw failure(
                        text.line, "the standard gives \(text.id) no element \(word.element)-\(word.component)")
                }
            }
            while own.count < word.element {
                own.append(Self.anything)
                components.append([])
            }
            while components[word.element - 1].count < word.component, !rule.isDefined {
                components[word.element - 1].append(Self.anything)
            }
            // A simple element's only component is itself.
            let component = components[word.element - 1].isEmpty ? 0 : word.component
            if word.isConditional || !taken.insert(word.element * 100 + component).inserted {
                try addExtra(word, component: component, text.line)
            } else if component == 0 {
                try apply(word, to: &own[word.element - 1], text.line)
            } else {
                try apply(word, to: &components[word.element - 1][component - 1], text.line)
            }
        }
        rule.extras = CompiledGuide.Run(
            first: UInt32(extrasStart), count: UInt32(draft.extras.count - extrasStart))
        for index in own.indices where !components[index].isEmpty {
            for part in components[index].indices {
                components[index][part].settle()
                if components[index][part].isNeeded, part < 63 { own[index].needed |= 1 &<< UInt64(part + 1) }
            }
            own[index].components = CompiledGuide.Run(
                first: UInt32(draft.elements.count), count: UInt32(components[index].count))
            draft.elements += components[index]
        }
        for index in own.indices {
            own[index].settle()
            if own[index].isNeeded, index < 63 { rule.needed |= 1 &<< UInt64(index + 1) }
        }
        rule.elements = CompiledGuide.Run(first: UInt32(draft.elements.count), count: UInt32(own.count))
        draft.elements += own
        let notesStart = draft.notes.count
        for note in rule.isDefined ? definition.notes : [] {
            draft.notes.append(
                CompiledGuide.Note(
                    kind: note.kind,
                    elements: CompiledGuide.Run(
                        first: UInt32(draft.noteElements.count), count: UInt32(note.elements.count)),
                    all: note.elements.reduce(0) { $0 | 1 &<< UInt64($1) },
                    lead: 1 &<< UInt64(note.elements.first ?? 0)))
            draft.noteElements += note.elements.map(UInt8.init)
        }
        rule.notes = CompiledGuide.Run(first: UInt32(notesStart), count: UInt32(draft.notes.count - notesStart))
    }

    /// What is said of an element of a version that the dictionary does not speak of.
    private static let anything = CompiledGuide.Element(type: .any, minimum: 0, maximum: .max, repeats: .max)

    private func element(_ standard: SegmentDictionary.Element) -> CompiledGuide.Element {
        guard draft.isMeasured else {
            var any = Self.anything
            any.type = standard.components.isEmpty ? .any : .text
            return any
        }
        return CompiledGuide.Element(
            type: standard.type, isMandatory: standard.isMandatory,
            minimum: UInt16(min(standard.length.lowerBound, Int(UInt16.max))),
            maximum: UInt32(min(standard.length.upperBound, Int(UInt32.max))),
            repeats: UInt16(min(standard.maximum, Int(UInt16.max))))
    }

    private mutating func apply(
        _ word: GuideText.ElementRule, to element: inout CompiledGuide.Element, _ line: Int
    ) throws {
        element.isRequired = word.isRequired
        element.isUnused = word.isUnused
        if let length = word.length {
            element.minimum = UInt16(length.lowerBound)
            element.maximum = UInt32(length.upperBound)
        }
        element.codes = word.codes.isEmpty ? CompiledGuide.Codes() : try list(word.codes, line)
        element.set = try set(word, line)
    }

    private func set(_ word: GuideText.ElementRule, _ line: Int) throws -> CodeSet {
        guard let name = word.set else { return .none }
        guard let set = CodeSet(name: name) else { throw failure(line, "'\(name)' is no code set") }
        return set
    }

    private mutating func addExtra(_ word: GuideText.ElementRule, component: Int, _ line: Int) throws {
        let start = draft.terms.count
        for term in word.condition {
            let (test, codes): (CompiledGuide.Test, [String]) =
                switch term.test {
                case .present: (.present, [])
                case .absent: (.absent, [])
                case .among(let codes): (.among, codes)
                case .notAmong(let codes): (.notAmong, codes)
                }
            draft.terms.append(
                CompiledGuide.Term(
                    element: UInt8(term.element), component: UInt8(term.component), test: test,
                    codes: try list(codes, line)))
        }
        draft.extras.append(
            CompiledGuide.Extra(
                element: UInt8(word.element), component: UInt8(component), isRequired: word.isRequired,
                isUnused: word.isUnused, set: try set(word, line), minimum: UInt16(word.length?.lowerBound ?? 0),
                maximum: UInt32(word.length?.upperBound ?? Int(UInt32.max)),
                codes: word.codes.isEmpty ? CompiledGuide.Codes() : try list(word.codes, line),
                condition: CompiledGuide.Run(first: UInt32(start), count: UInt32(draft.terms.count - start))))
    }
}

// MARK: - Situations

extension GuideCompiler {
    private mutating func addSituation(_ text: GuideText.Situation, in loop: Int) throws {
        let start = draft.situationTerms.count
        for (reference, test) in text.terms {
            let (kind, codes): (CompiledGuide.Test, [String]) =
                switch test {
                case .present: (.present, [])
                case .absent: (.absent, [])
                case .among(let codes): (.among, codes)
                case .notAmong(let codes): (.notAmong, codes)
                }
            draft.situationTerms.append(
                CompiledGuide.SituationTerm(
                    reference: try resolve(reference, from: loop, text.line), test: kind,
                    codes: try list(codes, text.line)))
        }
        // A value that is compared has been there, and so has its segment.
        var gate = CompiledGuide.NodeSet()
        gate.insert(0)
        if let own = draft.situationTerms[start...].first(where: { $0.reference.loop == loop && $0.test != .absent }) {
            gate = own.reference.set
        }
        guard text.target.loop == nil else { throw failure(text.line, "a rule asks for something of its own loop") }
        draft.names.append(text.name)
        situationsByLoop[loop, default: []].append(
            CompiledGuide.Situation(
                name: UInt32(draft.names.count - 1),
                terms: CompiledGuide.Run(first: UInt32(start), count: UInt32(draft.situationTerms.count - start)),
                requires: text.requires, isWarning: text.isWarning,
                target: try resolve(text.target, from: loop, text.line), gate: gate))
    }

    private mutating func resolve(
        _ reference: GuideText.Reference, from loop: Int, _ line: Int
    ) throws -> CompiledGuide.Reference {
        var home = loop
        if let name = reference.loop {
            while home >= 0, draft.loopIDs[home] != name { home = Int(draft.loops[home].parent) }
            guard home >= 0 else { throw failure(line, "loop \(name) is not around this one") }
        }
        let run = draft.loops[home].nodes
        let nodes = (Int(run.first)..<Int(run.first + run.count)).filter { node in
            let child = Int(draft.nodes[node].loop)
            if let id = reference.childLoop { return child >= 0 && draft.loopIDs[child] == id }
            guard child < 0 else { return false }
            let rule = ruleTexts[Int(draft.nodes[node].rule)]
            guard rule.id == reference.segment else { return false }
            return reference.qualifier.map { rule.qualifier?.codes.contains($0) ?? false } ?? true
        }
        guard !nodes.isEmpty else { throw failure(line, "a rule refers to what loop \(draft.loopIDs[home]) has not") }
        var result = CompiledGuide.Reference(loop: UInt16(home), depth: draft.loops[home].depth)
        result.nodes = CompiledGuide.Run(first: UInt32(draft.referenceNodes.count), count: UInt32(nodes.count))
        draft.referenceNodes += nodes.map { UInt16($0 - Int(run.first)) }
        for node in nodes { result.set.insert(node - Int(run.first)) }
        if reference.element > 0 {
            result.element = UInt8(reference.element)
            result.component = UInt8(reference.component)
            var slot = slots[home]?.count ?? 0
            // Nodes that one reference means share a slot, and so does a second reference to them.
            let keys = nodes.map { Slot(node: $0, element: reference.element, component: reference.component) }
            if let known = slots[home]?[keys[0]], keys.allSatisfy({ slots[home]?[$0] == known }) {
                slot = known
            } else {
                slot = Int(draft.loops[home].slots)
                draft.loops[home].slots += 1
                for key in keys {
                    slots[home, default: [:]][key] = slot
                    pending.append((rule: Int(draft.nodes[key.node].rule), key, slot))
                }
            }
            result.slot = Int32(slot)
        }
        return result
    }

    private mutating func layCaptures() throws {
        let byRule = Dictionary(grouping: pending, by: \.rule)
        for rule in draft.rules.indices {
            guard let own = byRule[rule] else { continue }
            draft.rules[rule].captures = CompiledGuide.Run(
                first: UInt32(draft.captures.count), count: UInt32(own.count))
            draft.captures += own.map {
                CompiledGuide.Capture(
                    element: UInt8($0.key.element), component: UInt8($0.key.component), slot: UInt16($0.slot))
            }
        }
    }

    private mutating func addSituationRuns() {
        for loop in draft.loops.indices {
            let own = situationsByLoop[loop] ?? []
            draft.loops[loop].situations = CompiledGuide.Run(
                first: UInt32(draft.situations.count), count: UInt32(own.count))
            draft.situations += own
        }
    }

    // MARK: Candidates

    /// For each loop and segment, where the segment may go: the deepest loop first, each in its order.
    private mutating func addCandidates() {
        draft.segmentIDs = Array(Set(draft.rules.map(\.segmentID))).sorted()
        let numbers = Dictionary(uniqueKeysWithValues: draft.segmentIDs.enumerated().map { ($1, $0) })
        draft.beginsLoop = [Int16](repeating: -1, count: draft.segmentIDs.count)
        for loop in draft.loops.indices.dropFirst() {
            let trigger = draft.nodes[Int(draft.loops[loop].nodes.first)].rule
            let number = numbers[draft.rules[Int(trigger)].segmentID]!
            if draft.beginsLoop[number] < 0 { draft.beginsLoop[number] = Int16(loop) }
        }
        for loop in draft.loops.indices {
            var lists = [[CompiledGuide.Candidate]](repeating: [], count: draft.segmentIDs.count)
            var home = loop
            var up = 0
            while home >= 0 {
                let run = draft.loops[home].nodes
                for place in 0..<Int(run.count) {
                    let node = draft.nodes[Int(run.first) + place]
                    // The segment that begins a loop begins another one, from the loop around it.
                    if node.loop < 0, place == 0, home != 0 { continue }
                    lists[numbers[draft.rules[Int(node.rule)].segmentID]!].append(
                        CompiledGuide.Candidate(
                            up: UInt8(up), isLoop: node.loop >= 0, node: UInt16(place), rule: node.rule,
                            loop: node.loop, ordinal: node.ordinal, maximum: node.maximum))
                }
                home = Int(draft.loops[home].parent)
                up += 1
            }
            for list in lists {
                draft.candidateRuns.append(
                    CompiledGuide.Run(first: UInt32(draft.candidates.count), count: UInt32(list.count)))
                draft.candidates += list
            }
        }
    }
}
