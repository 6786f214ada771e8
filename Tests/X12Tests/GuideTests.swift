import HealthTypes
import Testing

@testable import X12
@testable import X12Tools
@testable import X12Units

/// Every place of every guide can be reached, and everything that can be found has a name and a code.
@Suite struct GuideTests {
    static let guides = GuideLibrary.standard.all.map(\.label)

    @Test func everyGuideIsCompiled() {
        let sets = Set(GuideLibrary.standard.all.map(\.set))
        #expect(sets == ["270", "271", "275", "276", "277", "278", "820", "834", "835", "837", "999"])
        #expect(GuideLibrary.standard.all.count == Set(Self.guides).count)
    }

    /// For each segment of each loop, and for each code of its qualifier, the shortest set that leads there is put
    /// together from the guide, and the reader must put its last segment into that place.
    @Test(arguments: guides) func everyPlaceIsReached(label: String) throws {
        let guide = try #require(GuideLibrary.standard.all.first { $0.label == label })
        var places = 0
        for loop in 0..<guide.loops.count {
            for node in 0..<Int(guide.loops[loop].nodes.count) {
                let place = PlaceInGuide(guide: guide, loop: loop, node: node)
                guard place.isSegment else { continue }
                for code in place.codes {
                    places += 1
                    let problem = place.reach(with: code)
                    #expect(
                        problem == nil, "\(place.name) with \(code.isEmpty ? "no qualifier" : code): \(problem ?? "")")
                }
            }
        }
        #expect(places >= guide.rules.count)
    }

    @Test(arguments: guides) func everyLoopIsNamedAndBegins(label: String) throws {
        let guide = try #require(GuideLibrary.standard.all.first { $0.label == label })
        for loop in 0..<guide.loops.count {
            #expect(!guide.loopIDs[loop].isEmpty)
            #expect(guide.loops[loop].maximum > 0)
            // A 999 has room for six characters.
            #expect(guide.loopIDs[loop].utf8.count <= 6)
            let first = guide.nodes[Int(guide.loops[loop].nodes.first)]
            #expect(first.loop < 0, "\(guide.loopIDs[loop]) begins with a loop")
        }
    }

    // MARK: Faults

    @Test(arguments: Fault.allCases) func everyFaultIsDefined(fault: Fault) throws {
        let definition = try #require(Fault.definitions[fault])
        #expect(fault.rawValue.hasPrefix("x12."))
        #expect(definition.message.count > 10 && definition.message.hasSuffix("."))
        #expect((1...7).contains(definition.snip))
        let codes = definition.codes
        #expect(codes.interchange.map(Self.interchangeNotes.contains) ?? true)
        #expect(codes.group.map(Self.groupErrors.contains) ?? true)
        #expect(codes.transaction.map(Self.transactionErrors.contains) ?? true)
        #expect(codes.segment.map(Self.segmentErrors.contains) ?? true)
        #expect(codes.element.map(Self.elementErrors.contains) ?? true)
        // An element's error stands under a segment's, and that under a set's.
        #expect(codes.element == nil || codes.segment == "8")
        #expect(codes.segment == nil || codes.transaction == "5")
        if definition.severity >= .error, !Self.ofTheFile.contains(fault) {
            #expect(codes != AcknowledgmentCodes(), "no acknowledgement can say \(fault.rawValue)")
        }
    }

    /// Outside of any interchange there is nobody to answer, or the answer is that of an input without one.
    static let ofTheFile: Set<Fault> = [.inputTooLarge, .noInterchange, .tooManyIssues, .strayBytes]
    /// TA105.
    static let interchangeNotes = Set((0...31).map { padded($0, to: 3) })
    /// AK905.
    static let groupErrors = Set((1...6).map(String.init) + (10...19).map(String.init) + (23...26).map(String.init))
    /// IK502.
    static let transactionErrors = Set((1...27).map(String.init) + ["I5", "I6"])
    /// IK304.
    static let segmentErrors = Set((1...8).map(String.init) + ["I4", "I6", "I7", "I8", "I9"])
    /// IK403.
    static let elementErrors = Set((1...13).map(String.init) + ["I6", "I9", "I10", "I11", "I12", "I13"])
}

extension CompiledGuide {
    /// What tells it from the others; those of one set and version differ by the purposes of BHT02.
    var label: String { ([set, id] + purposes.map { String($0, radix: 16) }).joined(separator: " ") }
}

/// One segment of one loop of a guide.
struct PlaceInGuide {
    let guide: CompiledGuide
    let loop: Int
    let node: Int

    private var record: CompiledGuide.Node { guide.nodes[Int(guide.loops[loop].nodes.first) + node] }
    var isSegment: Bool { record.loop < 0 }
    private var rule: CompiledGuide.Rule { guide.rules[Int(record.rule)] }
    var name: String { "\(guide.loopIDs[loop]) \(guide.segmentName(Int(record.rule)))" }

    /// Those of its qualifier; one empty text where it has none.
    var codes: [String] {
        guard rule.qualifierElement > 0 else { return [""] }
        return (0..<Int(rule.qualifierCodes.count)).map { Self.text(guide.codes[Int(rule.qualifierCodes.first) + $0]) }
    }

    private static func text(_ packed: UInt64) -> String {
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: packed >> ($0 * 8)) }.filter { $0 != 0 }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The segment with a code at its qualifier's place.
    private func segment(_ code: String) -> String {
        guard rule.qualifierElement > 0 else { return guide.segmentName(Int(record.rule)) + "*1" }
        return guide.segmentName(Int(record.rule)) + String(repeating: "*", count: Int(rule.qualifierElement))
            + String(repeating: ":", count: max(Int(rule.qualifierComponent) - 1, 0)) + code
    }

    /// The first segments of the loops around it, from the outermost on.
    private var way: [String] {
        var way: [String] = []
        var around = node == 0 ? Int(guide.loops[loop].parent) : loop
        while around >= 0 {
            let first = PlaceInGuide(guide: guide, loop: around, node: 0)
            way.insert(first.segment(first.codes[0]), at: 0)
            around = Int(guide.loops[around].parent)
        }
        return way
    }

    /// Nil where the segment comes to its place in order, else what happened instead.
    func reach(with code: String) -> String? {
        var segments = way + [segment(code)]
        // Where several places take the same segment, the earlier ones are filled first.
        for _ in 0..<40 {
            let walk = GuideWalk(guide, segments)
            if walk.loop == loop, walk.rule == Int(record.rule) { return walk.isInOrder ? nil : "stands out of order" }
            segments.append(segment(code))
        }
        let walk = GuideWalk(guide, way + [segment(code)])
        return
            "is put to \(walk.loop.map { guide.loopIDs[$0] } ?? "no loop"), rule \(walk.rule) instead of \(record.rule)"
    }
}

/// Where a reader puts the last of some segments.
private struct GuideWalk {
    private(set) var loop: Int?
    private(set) var rule = -1
    private(set) var isInOrder = true

    init(_ guide: CompiledGuide, _ segments: [String]) {
        let bytes = Array((Samples.isa + segments.map { $0 + "~" }.joined()).utf8)
        bytes.withUnsafeBufferPointer { buffer in
            var cursor = SegmentCursor(buffer)
            var matcher = LoopMatcher(guide: guide)
            matcher.restart(byte: 0)
            var position = 0
            // Reading from memory throws nothing.
            while let step = try? cursor.next() {
                if case .end = step { break }
                guard case .segment = step else { continue }
                position += 1
                matcher.found.removeAll()
                matcher.place(cursor.slice, position: position)
            }
            loop = matcher.loop
            rule = Int(matcher.rule)
            let own = [Fault.segmentOrder, .segmentRepeat, .loopRepeat, .loopMisplaced, .segmentUnexpected]
            isInOrder = !matcher.found.contains { own.contains($0.fault) }
        }
    }
}
