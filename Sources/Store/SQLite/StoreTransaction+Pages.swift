import GRDB

extension StoreTransaction {
    /// The cases that a message belongs to.
    public func cases(ofMessage id: Int) throws -> [String] {
        try rows("SELECT case_id FROM message_case WHERE message_id = ? ORDER BY case_id", [id]).map { $0["case_id"] }
    }

    /// A decision in which a check was not passed, to show it by.
    public func decision(findingCheck id: String) throws -> String? {
        try row("SELECT decision_id FROM finding WHERE check_id = ? LIMIT 1", [id])?["decision_id"]
    }
}
