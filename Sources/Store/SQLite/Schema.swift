import GRDB

/// The tables. The invariants live here, as constraints, and not in the code that writes.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 record") { db in
            try db.execute(sql: record)
            try db.execute(sql: work)
            try db.execute(sql: reference)
        }
        migrator.registerMigration("2 contents in rows") { db in try db.execute(sql: contentsInRows) }
        migrator.registerMigration("3 service journal") { db in try db.execute(sql: service) }
        return migrator
    }

    private static let record = """
        CREATE TABLE content (
            digest TEXT PRIMARY KEY CHECK (length(digest) = 64),
            bytes BLOB NOT NULL
        ) WITHOUT ROWID;

        CREATE TABLE case_file (
            id TEXT PRIMARY KEY,
            kind TEXT NOT NULL CHECK (kind IN ('encounter', 'claim')),
            opened_at TEXT NOT NULL,
            -- The latest fold of the journal that the queue and the pages list by; rebuilt from the journal at will.
            title TEXT NOT NULL DEFAULT '',
            stage TEXT NOT NULL DEFAULT '',
            state TEXT NOT NULL DEFAULT '',
            payer TEXT NOT NULL DEFAULT '',
            charge_cents INTEGER NOT NULL DEFAULT 0,
            paid_cents INTEGER NOT NULL DEFAULT 0
        );

        CREATE TABLE case_key (
            kind TEXT NOT NULL,
            value TEXT NOT NULL,
            case_id TEXT NOT NULL REFERENCES case_file(id),
            PRIMARY KEY (kind, value)
        ) WITHOUT ROWID;
        CREATE INDEX case_key_case ON case_key(case_id);

        CREATE TABLE journal (
            case_id TEXT NOT NULL REFERENCES case_file(id),
            sequence INTEGER NOT NULL CHECK (sequence > 0),
            at TEXT NOT NULL,
            kind TEXT NOT NULL,
            body BLOB NOT NULL,
            digest TEXT NOT NULL CHECK (length(digest) = 64),
            PRIMARY KEY (case_id, sequence)
        ) WITHOUT ROWID;
        CREATE TRIGGER journal_is_append_only_update BEFORE UPDATE ON journal
            BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
        CREATE TRIGGER journal_is_append_only_delete BEFORE DELETE ON journal
            BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

        CREATE TABLE decision (
            id TEXT PRIMARY KEY,
            case_id TEXT NOT NULL REFERENCES case_file(id),
            stage TEXT NOT NULL,
            occasion TEXT NOT NULL,
            outcome TEXT NOT NULL,
            made_at TEXT NOT NULL,
            facts_through INTEGER NOT NULL,
            facts_digest TEXT NOT NULL,
            ground TEXT NOT NULL REFERENCES content(digest),
            -- SHA-256 of the decision's bytes, which stand in the journal entry after facts_through.
            body TEXT NOT NULL,
            UNIQUE (case_id, stage, occasion)
        );

        -- What a decision found wrong or could not answer; derived from decisions.
        CREATE TABLE finding (
            decision_id TEXT NOT NULL REFERENCES decision(id),
            position INTEGER NOT NULL,
            case_id TEXT NOT NULL REFERENCES case_file(id),
            stage TEXT NOT NULL,
            check_id TEXT NOT NULL,
            answer TEXT NOT NULL,
            stops INTEGER NOT NULL CHECK (stops IN (0, 1)),
            -- Whether the case's first claim had gone out before.
            after_sending INTEGER NOT NULL CHECK (after_sending IN (0, 1)),
            control_number TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (decision_id, position)
        ) WITHOUT ROWID;
        CREATE INDEX finding_check ON finding(check_id);
        CREATE INDEX finding_case ON finding(case_id);

        -- Money by claim; derived from remittances. Follow-up money is what came after a first settlement.
        CREATE TABLE posting (
            decision_id TEXT PRIMARY KEY REFERENCES decision(id),
            case_id TEXT NOT NULL REFERENCES case_file(id),
            control_number TEXT NOT NULL,
            payer_id TEXT NOT NULL,
            charge_cents INTEGER NOT NULL,
            paid_cents INTEGER NOT NULL,
            patient_cents INTEGER NOT NULL,
            denied_cents INTEGER NOT NULL,
            follow_up INTEGER NOT NULL CHECK (follow_up IN (0, 1))
        ) WITHOUT ROWID;

        CREATE TABLE message (
            id INTEGER PRIMARY KEY,
            direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
            format TEXT NOT NULL,
            kind TEXT NOT NULL,
            digest TEXT NOT NULL REFERENCES content(digest),
            source TEXT NOT NULL,
            at TEXT NOT NULL,
            state TEXT NOT NULL,
            issues BLOB NOT NULL,
            byte_count INTEGER NOT NULL
        );
        CREATE INDEX message_digest ON message(digest);
        CREATE TABLE message_case (
            message_id INTEGER NOT NULL REFERENCES message(id),
            case_id TEXT NOT NULL REFERENCES case_file(id),
            PRIMARY KEY (message_id, case_id)
        ) WITHOUT ROWID;
        CREATE INDEX message_case_case ON message_case(case_id);
        """

    private static let work = """
        CREATE TABLE dirty (case_id TEXT PRIMARY KEY REFERENCES case_file(id)) WITHOUT ROWID;

        -- Effects that decisions have ordered, one row each.
        CREATE TABLE outbox (
            id INTEGER PRIMARY KEY,
            case_id TEXT NOT NULL REFERENCES case_file(id),
            kind TEXT NOT NULL,
            receiver TEXT NOT NULL,
            key TEXT NOT NULL UNIQUE,
            body BLOB NOT NULL,
            ordered_at TEXT NOT NULL,
            transmission_id INTEGER REFERENCES transmission(id)
        );
        CREATE INDEX outbox_waiting ON outbox(kind) WHERE transmission_id IS NULL;
        CREATE INDEX outbox_transmission ON outbox(transmission_id);

        -- Messages formed from effects. Their bytes are fixed before the first attempt, so that every attempt is the
        -- same and the receiver can tell a repetition.
        CREATE TABLE transmission (
            id INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,
            receiver TEXT NOT NULL,
            key TEXT NOT NULL UNIQUE,
            digest TEXT NOT NULL REFERENCES content(digest),
            due_at TEXT NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed'))
        );
        CREATE INDEX transmission_waiting ON transmission(due_at) WHERE state = 'waiting';

        CREATE TABLE timer (
            case_id TEXT NOT NULL REFERENCES case_file(id),
            name TEXT NOT NULL,
            due_at TEXT NOT NULL,
            fired INTEGER NOT NULL DEFAULT 0 CHECK (fired IN (0, 1)),
            PRIMARY KEY (case_id, name)
        ) WITHOUT ROWID;
        CREATE INDEX timer_due ON timer(due_at) WHERE fired = 0;

        CREATE TABLE task (
            id TEXT PRIMARY KEY,
            case_id TEXT NOT NULL REFERENCES case_file(id),
            stage TEXT NOT NULL,
            kind TEXT NOT NULL,
            body BLOB NOT NULL,
            amount_cents INTEGER NOT NULL,
            opened_at TEXT NOT NULL,
            deadline TEXT,
            state TEXT NOT NULL CHECK (state IN ('open', 'resolved', 'withdrawn')),
            decision_id TEXT NOT NULL REFERENCES decision(id)
        );
        CREATE INDEX task_open ON task(deadline) WHERE state = 'open';
        CREATE INDEX task_case ON task(case_id);

        CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        """

    private static let reference = """
        CREATE TABLE provider (npi TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE member (
            payer_id TEXT NOT NULL, member_id TEXT NOT NULL, body BLOB NOT NULL,
            PRIMARY KEY (payer_id, member_id)
        ) WITHOUT ROWID;
        CREATE INDEX member_by_id ON member(member_id);
        CREATE TABLE usual_charge (procedure TEXT PRIMARY KEY, cents INTEGER NOT NULL) WITHOUT ROWID;

        CREATE TABLE claim_history (
            control_number TEXT NOT NULL,
            line INTEGER NOT NULL,
            case_id TEXT NOT NULL REFERENCES case_file(id),
            payer_id TEXT NOT NULL,
            member_id TEXT NOT NULL,
            provider_npi TEXT NOT NULL,
            service_date TEXT NOT NULL,
            procedure TEXT NOT NULL,
            modifiers TEXT NOT NULL,
            charge_cents INTEGER NOT NULL,
            units INTEGER NOT NULL,
            authorization TEXT,
            state TEXT NOT NULL,
            PRIMARY KEY (control_number, line)
        ) WITHOUT ROWID;
        CREATE INDEX claim_history_service ON claim_history(member_id, service_date);
        CREATE INDEX claim_history_authorization ON claim_history(authorization) WHERE authorization IS NOT NULL;

        CREATE TABLE denial_pattern (
            payer_id TEXT NOT NULL,
            procedure TEXT NOT NULL,
            modifiers TEXT NOT NULL,
            reason TEXT NOT NULL,
            denied INTEGER NOT NULL,
            denied_cents INTEGER NOT NULL,
            PRIMARY KEY (payer_id, procedure, modifiers, reason)
        ) WITHOUT ROWID;
        CREATE TABLE adjudicated (
            payer_id TEXT NOT NULL, procedure TEXT NOT NULL, modifiers TEXT NOT NULL, lines INTEGER NOT NULL,
            PRIMARY KEY (payer_id, procedure, modifiers)
        ) WITHOUT ROWID;

        CREATE TABLE policy (
            rowid INTEGER PRIMARY KEY,
            id TEXT NOT NULL, payer_id TEXT NOT NULL, version TEXT NOT NULL, title TEXT NOT NULL,
            effective_from TEXT NOT NULL, effective_to TEXT, text TEXT NOT NULL, digest TEXT NOT NULL,
            UNIQUE (id, version)
        );
        CREATE VIRTUAL TABLE policy_text USING fts5(title, text, content='policy', tokenize='porter unicode61');
        """

    /// Contents beside a small tree of their digests. As they stood before, in the tree itself, each look-up read every
    /// content that it passed on its way, files of many megabytes among them.
    private static let contentsInRows = """
        CREATE TABLE content_rows (
            digest TEXT NOT NULL PRIMARY KEY CHECK (length(digest) = 64),
            bytes BLOB NOT NULL
        );
        INSERT INTO content_rows (digest, bytes) SELECT digest, bytes FROM content;
        DROP TABLE content;
        ALTER TABLE content_rows RENAME TO content;
        """

    private static let service = """
        -- Answers that belong to no case, and what people said of them.
        CREATE TABLE service_journal (
            sequence INTEGER PRIMARY KEY CHECK (sequence > 0),
            at TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('analysis', 'extraction', 'disagreement')),
            outcome TEXT NOT NULL,
            ground TEXT REFERENCES content(digest),
            about INTEGER REFERENCES service_journal(sequence),
            digest TEXT NOT NULL CHECK (length(digest) = 64),
            body BLOB NOT NULL,
            CHECK (kind = 'disagreement' OR ground IS NOT NULL),
            CHECK (kind != 'disagreement' OR about IS NOT NULL)
        );
        -- Analyses are most of the entries and are listed from the end.
        CREATE INDEX service_journal_rare ON service_journal(kind, sequence) WHERE kind != 'analysis';
        CREATE INDEX service_journal_about ON service_journal(about) WHERE about IS NOT NULL;
        CREATE TRIGGER service_journal_is_append_only_update BEFORE UPDATE ON service_journal
            BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
        CREATE TRIGGER service_journal_is_append_only_delete BEFORE DELETE ON service_journal
            BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

        -- How many there are; kept along, since counting millions of rows for every look would be slow.
        CREATE TABLE service_count (
            kind TEXT NOT NULL, outcome TEXT NOT NULL, entries INTEGER NOT NULL,
            PRIMARY KEY (kind, outcome)
        ) WITHOUT ROWID;
        """
}
