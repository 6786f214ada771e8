import GRDB

extension StoreTransaction {
    /// The cases that a message belongs to.
    public func cases(ofMessage id: Int) throws -> [String] {
        try rows("SELECT case_id FROM message_case WHERE message_id = ? ORDER BY case_id", [id]).map { $0["case_id"] }
    }
}
