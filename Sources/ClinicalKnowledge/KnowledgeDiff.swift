import HealthTypes

/// What changed from one knowledge base to another, row by row and by what a row is about.
public struct KnowledgeDiff: Sendable, Hashable {
    public struct Change: Sendable, Hashable {
        public enum Kind: String, Sendable {
            case added, removed, changed
        }

        public var kind: Kind
        /// The table: `drugs`, `statements` and so on.
        public var table: String
        /// What the row is about: an id, or a statement's subject, relation, object and condition.
        public var subject: String
        /// The columns that differ, each with the old and the new text; empty for rows added or removed.
        public var columns: [Column]
    }

    public struct Column: Sendable, Hashable {
        public var name: String
        public var before: String
        public var after: String
    }

    public var before: String
    public var after: String
    public var changes: [Change]

    /// Compares two knowledge bases. Where a row stands in its table does not count.
    public init(_ before: KnowledgeBase, _ after: KnowledgeBase) {
        self.before = before.version
        self.after = after.version
        var changes: [Change] = []
        for (number, table) in KnowledgeTable.all.enumerated() {
            let old = Self.rows(before, number)
            let new = Self.rows(after, number)
            for (key, row) in old.sorted(by: { $0.key < $1.key }) {
                guard let other = new[key] else {
                    changes.append(Change(kind: .removed, table: table.name, subject: key, columns: []))
                    continue
                }
                let differing = table.columns.indices.filter { row.cells[$0] != other.cells[$0] }
                guard !differing.isEmpty else { continue }
                let columns = differing.map {
                    Column(name: table.columns[$0], before: row.cells[$0], after: other.cells[$0])
                }
                changes.append(Change(kind: .changed, table: table.name, subject: key, columns: columns))
            }
            for key in new.keys.sorted() where old[key] == nil {
                changes.append(Change(kind: .added, table: table.name, subject: key, columns: []))
            }
        }
        self.changes = changes
    }

    /// Rows by what they are about; a repeated one carries its number.
    private static func rows(_ base: KnowledgeBase, _ table: Int) -> [String: KnowledgeRow] {
        var rows: [String: KnowledgeRow] = [:]
        for row in base.image.files.rows where row.table == table {
            let key =
                table == KnowledgeTable.statements
                ? row.cells[0..<4].filter { !$0.isEmpty }.joined(separator: " ") : row.cells[0]
            var name = key
            var number = 1
            while rows[name] != nil {
                number += 1
                name = "\(key) (\(number))"
            }
            rows[name] = row
        }
        return rows
    }

    public func count(_ kind: Change.Kind) -> Int { changes.filter { $0.kind == kind }.count }

    /// One line a change: `+`, `-` or `~`, the table, the subject, and what differs.
    public var text: String {
        var lines = [
            "\(before) -> \(after): \(count(.added)) added, \(count(.removed)) removed, \(count(.changed)) changed"
        ]
        for change in changes {
            let sign = change.kind == .added ? "+" : change.kind == .removed ? "-" : "~"
            let columns = change.columns.map { "\($0.name): '\($0.before)' -> '\($0.after)'" }
            lines.append(([sign, change.table, change.subject] + columns).joined(separator: "  "))
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
