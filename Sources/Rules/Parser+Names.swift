import HealthTypes

extension Parser {
    /// A word of the language, a call, or a path to a fact.
    mutating func named(_ token: Token) throws(ExpressionError) -> Part {
        func part(_ value: RuleValue, _ kind: FactKind) -> Part {
            Part(node: .literal(value), kind: kind, offset: token.offset)
        }
        switch token.text {
        case "true": return part(.bool(true), .bool)
        case "false": return part(.bool(false), .bool)
        case "unknown": return part(.unknown, .any)
        default: break
        }
        guard takes("(") else { return try path(from: token) }
        if let quantifier = Comprehension.Quantifier(rawValue: token.text) {
            return try comprehension(quantifier, token)
        }
        switch token.text {
        case "date": return try day(token)
        case "in_table", "table_text", "table_number": return try table(token)
        default: break
        }
        let arguments = try self.arguments()
        if let builtIn = BuiltIn(rawValue: token.text) {
            try check(arguments, builtIn.signature.parameters, token)
            return Part(
                node: .call(builtIn, arguments.map(\.node)), kind: builtIn.signature.result, offset: token.offset)
        }
        guard let function = functions.byName[token.text] else {
            throw failure("no function is named '\(token.text)'", at: token.offset)
        }
        try check(arguments, function.parameters, token)
        return Part(node: .host(function, arguments.map(\.node)), kind: function.result, offset: token.offset)
    }

    private mutating func arguments() throws(ExpressionError) -> [Part] {
        if takes(")") { return [] }
        var parts: [Part] = []
        repeat { parts.append(try expression()) } while takes(",")
        try expect(")")
        return parts
    }

    private func check(_ arguments: [Part], _ parameters: [FactKind], _ token: Token) throws(ExpressionError) {
        guard arguments.count == parameters.count else {
            throw failure(
                "'\(token.text)' takes \(parameters.count), and \(arguments.count) are given", at: token.offset)
        }
        for (argument, parameter) in zip(arguments, parameters) {
            try require(argument, parameter, "what '\(token.text)' takes here")
        }
    }

    /// A path from the facts or from a variable; each step must be in the vocabulary.
    private mutating func path(from first: Token) throws(ExpressionError) -> Part {
        var kind: FactKind
        var steps: [FactPath.Step] = []
        var name = first.text
        let slot = variables.lastIndex { $0.name == first.text }
        if let slot {
            kind = variables[slot].kind
            name = variables[slot].path
        } else {
            guard let fact = facts[first.text] else {
                throw failure("no fact or variable is named '\(first.text)'", at: first.offset)
            }
            steps.append(FactPath.Step(name: first.text, missing: fact.optional ? .absent : .unknown))
            kind = fact.kind
            readsFacts = true
        }
        while takes(".") {
            let step = take()
            guard step.kind == .name, case .record(let record) = kind, let fact = facts["\(record).\(step.text)"] else {
                throw failure("no fact is named '\(name).\(step.text)'", at: step.offset)
            }
            steps.append(FactPath.Step(name: step.text, missing: fact.optional ? .absent : .unknown))
            kind = fact.kind
            name = fact.path
        }
        let path = FactPath(slot: slot, steps: steps, kind: kind, name: name)
        return Part(node: .path(path), kind: kind, offset: first.offset)
    }

    /// `any(line in claim.lines where line.is_em, line.charge <= 0)`, or without a variable `count(claim.lines)`.
    private mutating func comprehension(
        _ quantifier: Comprehension.Quantifier, _ token: Token
    ) throws(ExpressionError) -> Part {
        let variable = opensVariable ? take() : nil
        if let variable {
            take()
            guard !Self.reserved.contains(variable.text), facts[variable.text] == nil,
                !variables.contains(where: { $0.name == variable.text })
            else { throw failure("this name is taken", at: variable.offset) }
            guard variables.count < Self.maximumVariables else {
                throw failure("at most \(Self.maximumVariables) lists may be gone through at once", at: token.offset)
            }
        }
        let list = try expression()
        guard case .list(let element) = list.kind else {
            throw failure("'\(quantifier.rawValue)' needs a list, and this is \(list.kind.name)", at: list.offset)
        }
        var filter: Part?
        var body: Part?
        if let variable {
            let path = if case .path(let path) = list.node { path.name + "[]" } else { variable.text }
            variables.append(Variable(name: variable.text, kind: element, path: path))
            slotCount = max(slotCount, variables.count)
            if takesWord("where") {
                filter = try expression()
                try require(filter!, .bool, "what follows 'where'")
            }
            if takes(",") { body = try expression() }
            variables.removeLast()
        }
        try expect(")")
        try checkBody(quantifier, body ?? Part(node: list.node, kind: element, offset: list.offset), given: body != nil)
        let node = Node.each(
            Comprehension(
                quantifier: quantifier, slot: variables.count, list: list.node, filter: filter?.node,
                body: body?.node))
        let kind: FactKind =
            switch quantifier {
            case .any, .all: .bool
            case .sum, .count: .number
            case .distinct: .list(body?.kind ?? element)
            }
        return Part(node: node, kind: kind, offset: token.offset)
    }

    private func checkBody(
        _ quantifier: Comprehension.Quantifier, _ body: Part, given: Bool
    ) throws(ExpressionError) {
        let name = "what '\(quantifier.rawValue)' goes by"
        switch quantifier {
        case .any, .all: try require(body, .bool, name)
        case .sum: try require(body, .number, name)
        case .count: if given { try require(body, .bool, name) }
        case .distinct:
            switch body.kind {
            case .record, .list: throw failure("'distinct' cannot compare \(body.kind.name)", at: body.offset)
            default: break
            }
        }
    }

    private mutating func day(_ token: Token) throws(ExpressionError) -> Part {
        let text = take()
        guard text.kind == .text, let day = CalendarDate(text.text) else {
            throw failure("a day is written date(\"2026-01-31\")", at: text.offset)
        }
        try expect(")")
        return Part(node: .literal(.date(day)), kind: .date, offset: token.offset)
    }

    /// `in_table("name", key…)`, `table_text("name", "column", key…)`, `table_number("name", "column", key…)`.
    private mutating func table(_ token: Token) throws(ExpressionError) -> Part {
        let arguments = try self.arguments()
        func literal(_ index: Int, _ what: String) throws(ExpressionError) -> String {
            guard index < arguments.count, case .literal(.text(let text)) = arguments[index].node else {
                throw failure(
                    "\(what) is written in quotes", at: index < arguments.count ? arguments[index].offset : token.offset
                )
            }
            return text
        }
        guard let table = tables[try literal(0, "the name of a table")] else {
            throw failure("the pack has no table of this name", at: arguments[0].offset)
        }
        let question: TableUse.Question
        let kind: FactKind
        if token.text == "in_table" {
            (question, kind) = (.isThere, .bool)
        } else {
            guard let column = table.columns.firstIndex(of: try literal(1, "the name of a column")) else {
                throw failure("the table has no column of this name", at: arguments[1].offset)
            }
            let wantsNumber = token.text == "table_number"
            guard !wantsNumber || table.isNumeric(column) else {
                throw failure("this column holds more than numbers", at: arguments[1].offset)
            }
            (question, kind) = wantsNumber ? (.number(column: column), .number) : (.text(column: column), .text)
        }
        let keys = arguments.dropFirst(token.text == "in_table" ? 1 : 2)
        guard keys.count == table.keyCount else {
            throw failure("the table has \(table.keyCount) key columns, and \(keys.count) are given", at: token.offset)
        }
        for key in keys { try require(key, .text, "a key of a table") }
        return Part(
            node: .table(TableUse(table: table, question: question), keys.map(\.node)), kind: kind,
            offset: token.offset)
    }
}
