import HealthTypes

/// One run of a compiled condition over some facts.
struct Evaluation {
    /// How many elements of lists one run goes through before it answers unknown: far above any claim that a payer
    /// takes, and a bound on what hostile facts can cost.
    static let maximumElements = 200_000

    private let facts: RuleValue
    private let day: CalendarDate
    private var slots: [RuleValue]
    private var elements = 0

    init(facts: RuleValue, day: CalendarDate, slotCount: Int) {
        self.facts = facts
        self.day = day
        slots = Array(repeating: .unknown, count: slotCount)
    }

    mutating func value(of node: Node) -> RuleValue {
        switch node {
        case .literal(let value): return value
        case .path(let path): return read(path)
        case .not(let part): return .truth(!value(of: part).truth)
        case .and(let left, let right):
            let first = value(of: left).truth
            return first == .no ? .bool(false) : .truth(first.and(value(of: right).truth))
        case .or(let left, let right):
            let first = value(of: left).truth
            return first == .yes ? .bool(true) : .truth(first.or(value(of: right).truth))
        case .compare(let comparison, let left, let right):
            return .truth(Self.compare(comparison, value(of: left), value(of: right)))
        case .arithmetic(let operation, let left, let right):
            return Self.calculate(operation, value(of: left), value(of: right))
        case .list(let parts):
            var values: [RuleValue] = []
            for part in parts { values.append(value(of: part)) }
            return .list(values)
        case .contains(let element, let list): return .truth(contains(value(of: element), value(of: list)))
        case .each(let comprehension): return run(comprehension)
        case .call(.isUnknown, let parts): return .bool(value(of: parts[0]) == .unknown)
        case .call(.isAbsent, let parts):
            let part = value(of: parts[0])
            return part == .unknown ? .unknown : .bool(part == .absent)
        case .call(let builtIn, let parts):
            var arguments: [RuleValue] = []
            return gather(parts, into: &arguments) ?? builtIn.apply(arguments)
        case .host(let function, let parts):
            var arguments: [RuleValue] = []
            return gather(parts, into: &arguments) ?? function.body(arguments)
        case .table(let use, let parts):
            var keys: [RuleValue] = []
            return gather(parts, into: &keys) ?? look(use, keys)
        }
    }

    private func read(_ path: FactPath) -> RuleValue {
        var value = path.slot.map { slots[$0] } ?? facts
        for step in path.steps {
            switch value {
            case .record(let members): value = members[step.name] ?? step.missing
            case .absent: return .absent
            default: return .unknown
            }
        }
        return Self.conform(value, to: path.kind)
    }

    /// JSON has neither days nor exact numbers: a text that should be one is read here. What is not of the declared
    /// kind is unknown.
    private static func conform(_ value: RuleValue, to kind: FactKind) -> RuleValue {
        switch (kind, value) {
        case (_, .absent), (_, .unknown), (.any, _), (.text, .text), (.number, .number), (.bool, .bool), (.date, .date),
            (.record, .record), (.list, .list):
            value
        case (.date, .text(let text)): CalendarDate(text).map { .date($0) } ?? .unknown
        case (.number, .text(let text)): ExactNumber(text).map { .number($0) } ?? .unknown
        default: .unknown
        }
    }

    /// The arguments of a function; or, where one is unknown or absent, the answer without a call.
    private mutating func gather(_ parts: [Node], into arguments: inout [RuleValue]) -> RuleValue? {
        arguments.reserveCapacity(parts.count)
        var isAbsent = false
        for part in parts {
            let argument = value(of: part)
            switch argument {
            case .unknown: return .unknown
            case .absent: isAbsent = true
            default: arguments.append(argument)
            }
        }
        return isAbsent ? .absent : nil
    }

    private func look(_ use: TableUse, _ keys: [RuleValue]) -> RuleValue {
        var key: [String] = []
        for value in keys {
            guard case .text(let text) = value else { return .unknown }
            key.append(text)
        }
        switch use.question {
        case .isThere: return .bool(use.table.contains(key, on: day))
        case .text(let column): return RuleValue(use.table.cell(column, key, on: day))
        case .number(let column):
            return use.table.cell(column, key, on: day).flatMap { ExactNumber($0) }.map { .number($0) } ?? .absent
        }
    }

    // MARK: Comparison and arithmetic

    static func compare(_ comparison: Comparison, _ left: RuleValue, _ right: RuleValue) -> Truth {
        switch (left, right) {
        case (.absent, _), (_, .absent): .no
        case (.number(let a), .number(let b)): Truth(comparison.holds(a, b))
        case (.date(let a), .date(let b)): Truth(comparison.holds(a, b))
        case (.text(let a), .text(let b)): Truth((a == b) == (comparison == .equal))
        case (.bool(let a), .bool(let b)): Truth((a == b) == (comparison == .equal))
        default: .unknown
        }
    }

    /// What is calculated from something missing is not known.
    private static func calculate(_ operation: Arithmetic, _ left: RuleValue, _ right: RuleValue) -> RuleValue {
        guard case .number(let a) = left, case .number(let b) = right else { return .unknown }
        let result =
            switch operation {
            case .add: a.adding(b)
            case .subtract: a.subtracting(b)
            case .multiply: a.multiplied(by: b)
            case .divide: a.divided(by: b)
            }
        return result.map { .number($0) } ?? .unknown
    }

    private mutating func contains(_ element: RuleValue, _ list: RuleValue) -> Truth {
        switch (element, list) {
        case (.absent, _), (_, .absent): return .no
        case (_, .list(let values)):
            elements += values.count
            guard elements <= Self.maximumElements else { return .unknown }
            return values.reduce(.no) { $0.or(Self.compare(.equal, element, $1)) }
        default: return .unknown
        }
    }

    // MARK: Lists

    private mutating func run(_ each: Comprehension) -> RuleValue {
        let values: [RuleValue]
        switch value(of: each.list) {
        case .list(let list): values = list
        case .absent: values = []
        default: return .unknown
        }
        if each.quantifier == .count, each.filter == nil, each.body == nil { return .integer(values.count) }
        var fold = Fold(each.quantifier)
        for element in values {
            elements += 1
            guard elements <= Self.maximumElements else { return .unknown }
            let (chosen, value) = apply(each, to: element)
            fold.add(value, chosen: chosen)
            if fold.isDecided { break }
        }
        return fold.result
    }

    /// Whether the filter takes the element, and what the body makes of it.
    private mutating func apply(_ each: Comprehension, to element: RuleValue) -> (chosen: Truth, value: RuleValue) {
        if each.filter != nil || each.body != nil { slots[each.slot] = element }
        var chosen = Truth.yes
        if let filter = each.filter { chosen = value(of: filter).truth }
        guard chosen != .no else { return (.no, .absent) }
        guard let body = each.body else { return (chosen, each.quantifier == .count ? .bool(true) : element) }
        return (chosen, value(of: body))
    }

    /// The elements that made a condition come out as it did, as `claim.lines[2]`, positions from zero: those of
    /// each `any` that stands in the condition itself or under its `&&` and `||`.
    mutating func locations(of node: Node, where outcome: Truth) -> [String] {
        switch node {
        case .and(let left, let right), .or(let left, let right):
            return locations(of: left, where: outcome) + locations(of: right, where: outcome)
        case .each(let each) where each.quantifier == .any:
            guard case .path(let path) = each.list, case .list(let values) = read(path) else { return [] }
            var found: [String] = []
            for (index, element) in values.enumerated() where elements <= Self.maximumElements {
                elements += 1
                let (chosen, value) = apply(each, to: element)
                if chosen.and(value.truth) == outcome { found.append("\(path.name)[\(index)]") }
            }
            return found
        default: return []
        }
    }
}

/// What the elements of a list come to, one after the other.
private struct Fold {
    let quantifier: Comprehension.Quantifier
    private var truth: Truth
    private var total: RuleValue = .integer(0)
    private var count = 0
    private var distinct: [RuleValue] = []
    private var seen: Set<RuleValue> = []
    private var isUnknown = false

    init(_ quantifier: Comprehension.Quantifier) {
        self.quantifier = quantifier
        truth = Truth(quantifier == .all)
    }

    mutating func add(_ value: RuleValue, chosen: Truth) {
        switch quantifier {
        case .any: truth = truth.or(chosen.and(value.truth))
        case .all: truth = truth.and((!chosen).or(value.truth))
        case .count:
            let counts = chosen.and(value.truth)
            if counts == .yes { count += 1 }
            isUnknown = isUnknown || counts == .unknown
        case .sum where chosen != .no:
            guard chosen == .yes, case .number(let amount) = value, case .number(let sum) = total,
                let next = sum.adding(amount)
            else {
                isUnknown = true
                return
            }
            total = .number(next)
        case .distinct where chosen != .no:
            isUnknown = isUnknown || chosen == .unknown || value == .unknown
            if value != .absent, seen.insert(value).inserted { distinct.append(value) }
        default: break
        }
    }

    /// Whether no further element can change the result.
    var isDecided: Bool {
        switch quantifier {
        case .any: truth == .yes
        case .all: truth == .no
        default: isUnknown
        }
    }

    var result: RuleValue {
        switch quantifier {
        case .any, .all: .truth(truth)
        case .sum: isUnknown ? .unknown : total
        case .count: isUnknown ? .unknown : .integer(count)
        case .distinct: isUnknown ? .unknown : .list(distinct)
        }
    }
}
