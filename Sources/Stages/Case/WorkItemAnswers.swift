/// An answer to a work item as a person picks it.
public struct AnswerChoice: Hashable, Sendable {
    /// As it is written in the record and in addresses.
    public var tag: String
    /// The answer, and what happens then.
    public var label: String
    /// Whether the payer's authorization number must be given with it.
    public var needsNumber: Bool

    init(_ tag: String, _ label: String, needsNumber: Bool = false) {
        self.tag = tag
        self.label = label
        self.needsNumber = needsNumber
    }
}

extension WorkItemKind {
    /// What is wrong, as a heading.
    public var title: String {
        switch self {
        case .eligibility(let work): work.title
        case .authorization(let work): work.title
        case .documentation(let work): work.title
        case .submission(let work): work.title
        case .denials(let work): work.title
        }
    }

    /// What may be answered, in the order in which it is offered.
    public var choices: [AnswerChoice] {
        switch self {
        case .eligibility(let work): work.answers.map { AnswerChoice($0.tag, $0.label) }
        case .authorization(let work):
            work.answers.map { AnswerChoice($0.tag, $0.label, needsNumber: $0.needsNumber) }
        case .documentation(let work): work.answers.map { AnswerChoice($0.tag, $0.label) }
        case .submission(let work): work.answers.map { AnswerChoice($0.tag, $0.label) }
        case .denials(let work): work.answers.map { AnswerChoice($0.tag, $0.label) }
        }
    }

    /// The resolution of a choice that is offered; nil for any other, and where a number is missing or not asked for.
    public func resolution(tag: String, number: String? = nil) -> Resolution? {
        switch self {
        case .eligibility(let work):
            work.answers.first { $0.tag == tag }.map { .eligibility($0) }
        case .authorization(let work):
            work.answers.first { $0.tag == tag }?.resolution(number: number).map { .authorization($0) }
        case .documentation(let work):
            work.answers.first { $0.tag == tag }.map { .documentation($0) }
        case .submission(let work):
            work.answers.first { $0.tag == tag }.map { .submission($0) }
        case .denials(let work):
            work.answers.first { $0.tag == tag }.map { .denials($0) }
        }
    }

    /// Whether the item offers the answer.
    public func offers(_ resolution: Resolution) -> Bool {
        switch (self, resolution) {
        case (.eligibility(let work), .eligibility(let answer)): work.answers.contains(answer)
        case (.authorization(let work), .authorization(let answer)): work.answers.contains(answer.form)
        case (.documentation(let work), .documentation(let answer)): work.answers.contains(answer)
        case (.submission(let work), .submission(let answer)): work.answers.contains(answer)
        case (.denials(let work), .denials(let answer)): work.answers.contains(answer)
        default: false
        }
    }
}
