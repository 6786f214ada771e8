/// Reads from the triggers of a sentence what it says of the names in it, in the manner of NegEx (Chapman and others,
/// 2001) and ConText (Harkema and others, 2009).
struct ContextRules {
    let vocabulary: ClinicalVocabulary

    struct Found {
        let tokens: Range<Int>
        let trigger: ContextTrigger
    }

    /// The triggers of a sentence, the longest at each place, in order.
    func triggers(in stream: borrowing TokenStream, _ sentence: Range<Int>) -> [Found] {
        var found: [Found] = []
        var position = sentence.lowerBound
        while position < sentence.upperBound {
            guard let (payload, end) = match(stream, position, sentence.upperBound) else {
                position += 1
                continue
            }
            found.append(Found(tokens: position..<end, trigger: vocabulary.triggerKinds[Int(payload)]))
            position = end
        }
        // What stands under a heading, or in another entry of a numbered list, is not reached from outside.
        for position in sentence.dropFirst() where Self.isBorder(position, stream, sentence.upperBound) {
            let border = Found(tokens: position..<position, trigger: .border)
            found.insert(border, at: found.partitioningIndex { $0.tokens.lowerBound >= position })
        }
        return found
    }

    private static func isBorder(_ position: Int, _ stream: borrowing TokenStream, _ limit: Int) -> Bool {
        let token = stream.tokens[position]
        if token.gap == .colon {
            let heading = stream.tokens[position - 1]
            return heading.shape.contains(.upper) && heading.range.count > 3
        }
        return token.isNumber && token.range.count <= 2 && position + 1 < limit
            && stream.tokens[position + 1].gap == .close
            && Int(stream.tokens[position + 1].start) - Int(token.end) <= 3
            && stream.bytes[Int(token.end)] == UInt8(ascii: ")") && token.gap < .open
    }

    private func match(_ stream: borrowing TokenStream, _ start: Int, _ limit: Int) -> (Int32, Int)? {
        let word = stream.tokens[start].word
        guard word >= 0 else { return nil }
        var node = vocabulary.triggers.first(word)
        var found: (Int32, Int)?
        var position = start
        while node != 0 {
            let payload = vocabulary.triggers.payload(node)
            if payload >= 0 { found = (payload, position + 1) }
            position += 1
            guard position < limit, stream.tokens[position].word >= 0, stream.tokens[position].gap < .comma
            else { break }
            node = vocabulary.triggers.next(node, stream.tokens[position].word)
        }
        return found
    }

    /// What the triggers say of the name that stands at `target`; they stand in order and none overlaps another.
    func context(of target: Range<Int>, triggers: [Found], in sentence: Range<Int>) -> MentionContext {
        // Nothing before the last end before the name reaches it, and nothing after the first end after it.
        var floor = sentence.lowerBound
        var ceiling = sentence.upperBound
        for found in triggers where found.trigger.endsReach {
            if found.tokens.upperBound <= target.lowerBound { floor = max(floor, found.tokens.lowerBound) }
            if found.tokens.lowerBound >= target.upperBound { ceiling = min(ceiling, found.tokens.upperBound) }
        }
        var context: MentionContext = []
        for found in triggers {
            guard let meaning = found.trigger.context, !context.contains(meaning) else { continue }
            let reach = found.trigger.reach == 0 ? Int.max : found.trigger.reach
            let isBefore =
                found.trigger.direction != .before && found.tokens.upperBound <= target.lowerBound
                && target.lowerBound - found.tokens.upperBound < reach && found.tokens.upperBound > floor
            let isAfter =
                found.trigger.direction != .after && found.tokens.lowerBound >= target.upperBound
                && found.tokens.lowerBound - target.upperBound < reach && found.tokens.lowerBound < ceiling
            if isBefore || isAfter { context.insert(meaning) }
        }
        return context
    }
}
