import Claims
import GRDB
import HealthTypes

/// The payer's durable state: one SQLite file, one writer at a time.
///
/// A request, its answer and every change that it makes go into one transaction. The file is in write-ahead mode
/// and synchronous NORMAL: a process that is killed loses nothing that it has answered.
struct Ledger: Sendable {
    private let queue: DatabaseQueue

    /// Opens the file, or keeps everything in memory for `:memory:`.
    init(path: String) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        configuration.prepareDatabase { database in
            if path != ":memory:" { try database.execute(sql: "PRAGMA journal_mode = WAL") }
            try database.execute(sql: "PRAGMA synchronous = NORMAL")
        }
        queue =
            path == ":memory:"
            ? try DatabaseQueue(configuration: configuration)
            : try DatabaseQueue(path: path, configuration: configuration)
        try queue.write { try $0.execute(sql: Self.schema) }
    }

    /// Does all of `body` or nothing of it.
    func write<Value>(_ body: (LedgerTransaction) throws -> Value) throws -> Value {
        try queue.write { try body(LedgerTransaction(database: $0)) }
    }

    private static let schema = """
        CREATE TABLE IF NOT EXISTS answer (
            key TEXT NOT NULL PRIMARY KEY,
            request TEXT NOT NULL
        ) STRICT;
        CREATE TABLE IF NOT EXISTS answer_part (
            key TEXT NOT NULL REFERENCES answer (key),
            position INTEGER NOT NULL,
            kind TEXT NOT NULL,
            content_type TEXT NOT NULL,
            body BLOB NOT NULL,
            PRIMARY KEY (key, position)
        ) STRICT;
        CREATE TABLE IF NOT EXISTS attempt (
            key TEXT NOT NULL PRIMARY KEY,
            count INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE IF NOT EXISTS member (
            payer TEXT NOT NULL,
            id TEXT NOT NULL,
            body BLOB NOT NULL,
            PRIMARY KEY (payer, id)
        ) STRICT;
        CREATE TABLE IF NOT EXISTS claim (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            number TEXT NOT NULL UNIQUE,
            payer TEXT NOT NULL,
            member TEXT NOT NULL,
            control TEXT NOT NULL,
            stands INTEGER NOT NULL CHECK (stands IN (0, 1)),
            body BLOB NOT NULL
        ) STRICT;
        CREATE INDEX IF NOT EXISTS claim_by_member ON claim (payer, member);
        CREATE INDEX IF NOT EXISTS claim_by_control ON claim (payer, control);
        CREATE TABLE IF NOT EXISTS settlement (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            payer TEXT NOT NULL,
            payee TEXT NOT NULL,
            route TEXT NOT NULL,
            due INTEGER NOT NULL,
            paid INTEGER NOT NULL DEFAULT 0 CHECK (paid IN (0, 1)),
            body BLOB NOT NULL
        ) STRICT;
        CREATE INDEX IF NOT EXISTS settlement_due ON settlement (due) WHERE paid = 0;
        CREATE TABLE IF NOT EXISTS balance (
            payer TEXT NOT NULL,
            payee TEXT NOT NULL,
            cents INTEGER NOT NULL CHECK (cents > 0),
            reference TEXT NOT NULL,
            PRIMARY KEY (payer, payee)
        ) STRICT;
        CREATE TABLE IF NOT EXISTS authorization (
            payer TEXT NOT NULL,
            identifier TEXT NOT NULL,
            number TEXT NOT NULL,
            member TEXT NOT NULL,
            body BLOB NOT NULL,
            PRIMARY KEY (payer, identifier)
        ) STRICT;
        CREATE INDEX IF NOT EXISTS authorization_by_number ON authorization (payer, number);
        CREATE INDEX IF NOT EXISTS authorization_by_member ON authorization (payer, member);
        CREATE TABLE IF NOT EXISTS scheduled (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            due INTEGER NOT NULL,
            kind TEXT NOT NULL,
            reference TEXT NOT NULL,
            content_type TEXT NOT NULL,
            body BLOB NOT NULL,
            repeated INTEGER NOT NULL CHECK (repeated IN (0, 1))
        ) STRICT;
        CREATE INDEX IF NOT EXISTS scheduled_due ON scheduled (due);
        CREATE TABLE IF NOT EXISTS mailbox (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            due INTEGER NOT NULL,
            kind TEXT NOT NULL,
            content_type TEXT NOT NULL,
            body BLOB NOT NULL
        ) STRICT;
        """
}

/// Something that falls due: a message to deliver, or a decision to take.
struct Scheduled: Sendable {
    var due: Instant
    var kind: Kind
    /// Names the message among all, for the dice.
    var reference: String
    var contentType: String
    var bytes: [UInt8]
    /// Whether it came cut off before, and must now come whole.
    var repeated = false

    enum Kind: String, Sendable {
        case acknowledgement = "277CA"
        case remittance = "835"
        case appealAnswer = "appeal-answer"
        case authorizationUpdate = "pas-update"
        /// Not a message: a reviewer gets to a request, or its documents have not come in time.
        case authorizationReview = "pas-review"
        case authorizationExpiry = "pas-expiry"
    }
}

/// A settlement that waits for its payment run.
struct Settlement: Sendable {
    var remittance: ClaimRemittance
    var payee: Provider
    var route: Route
}
