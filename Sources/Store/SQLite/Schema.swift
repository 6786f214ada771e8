/// The tables. The invariants live here, as constraints, and not in the code that writes.
///
/// Times are milliseconds since 1970 in UTC, dates are days since 1970-01-01, amounts are cents, digests are 32 bytes.
/// `site` leads every key. Tables of small rows that are read by case are kept in the order of their key; those whose
/// rows may be large have a row number of their own, since rows of more than 1 KB would take a page each in the key's
/// tree.
enum Schema {
    /// `CW01`: marks the file as a record of this program.
    static let applicationID = 0x4357_3031
    /// The form of the tables, which a file bears as its user version.
    static let version = 1

    static let statements = [cases, journal, rows, sends, intake, reference, service]

    private static let cases = """
        -- The row on which all who touch a case meet.
        CREATE TABLE case_head (
            site INTEGER NOT NULL,
            case_no INTEGER NOT NULL CHECK (case_no > 0),
            position INTEGER NOT NULL CHECK (position >= 0),
            leaf BLOB NOT NULL CHECK (length(leaf) = 32),
            kind TEXT NOT NULL,
            opened_at INTEGER NOT NULL,
            priority INTEGER NOT NULL CHECK (priority IN (0, 1)),
            due_at INTEGER,
            lease INTEGER NOT NULL DEFAULT 0,
            leased_until INTEGER,
            PRIMARY KEY (site, case_no)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX case_due ON case_head(site, priority, due_at, case_no) WHERE due_at IS NOT NULL;

        CREATE TABLE case_secret (
            site INTEGER NOT NULL, case_no INTEGER NOT NULL, key BLOB NOT NULL CHECK (length(key) = 32),
            PRIMARY KEY (site, case_no)
        ) STRICT, WITHOUT ROWID;

        -- The line by which a case is listed.
        CREATE TABLE case_summary (
            site INTEGER NOT NULL, case_no INTEGER NOT NULL,
            title TEXT NOT NULL, stage TEXT NOT NULL, state TEXT NOT NULL, payer TEXT NOT NULL,
            service_date INTEGER, charge INTEGER NOT NULL, paid INTEGER NOT NULL,
            PRIMARY KEY (site, case_no)
        ) STRICT, WITHOUT ROWID;

        -- The value leads, since people search by it alone.
        CREATE TABLE case_key (
            site INTEGER NOT NULL, value TEXT NOT NULL, kind TEXT NOT NULL, authority TEXT NOT NULL,
            case_no INTEGER NOT NULL,
            PRIMARY KEY (site, value, kind, authority),
            FOREIGN KEY (site, case_no) REFERENCES case_head(site, case_no)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX case_key_case ON case_key(site, case_no);

        -- What several cases share: 0 is a member, 1 an authorization; the key is 16 bytes of a digest. Never deleted.
        CREATE TABLE shared_key (
            site INTEGER NOT NULL, kind INTEGER NOT NULL CHECK (kind IN (0, 1)),
            key BLOB NOT NULL CHECK (length(key) = 16), version INTEGER NOT NULL CHECK (version > 0),
            PRIMARY KEY (site, kind, key)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE set_aside (
            site INTEGER NOT NULL, case_no INTEGER NOT NULL,
            reason TEXT NOT NULL, detail TEXT NOT NULL, attempts INTEGER NOT NULL CHECK (attempts > 0),
            program TEXT NOT NULL, since INTEGER NOT NULL, retry_at INTEGER NOT NULL,
            PRIMARY KEY (site, case_no)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE setting (
            site INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (site, name)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE counter (
            site INTEGER NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL, PRIMARY KEY (site, name)
        ) STRICT, WITHOUT ROWID;
        """

    private static let journal = """
        CREATE TABLE journal (
            entry INTEGER PRIMARY KEY,
            site INTEGER NOT NULL, case_no INTEGER NOT NULL, seq INTEGER NOT NULL CHECK (seq > 0),
            at INTEGER NOT NULL, kind TEXT NOT NULL, version INTEGER NOT NULL,
            -- How the body is stored; see BodyCodec. Digests are over the bytes themselves.
            codec INTEGER NOT NULL CHECK (codec BETWEEN 0 AND 2),
            body BLOB,
            commitment BLOB NOT NULL CHECK (length(commitment) = 32),
            leaf BLOB NOT NULL CHECK (length(leaf) = 32),
            UNIQUE (site, case_no, seq),
            FOREIGN KEY (site, case_no) REFERENCES case_head(site, case_no)
        ) STRICT;
        -- A body may go after retention, with its case's secret; nothing else changes.
        CREATE TRIGGER journal_is_append_only_update BEFORE UPDATE ON journal
            WHEN NEW.body IS NOT NULL OR NEW.entry IS NOT OLD.entry OR NEW.site IS NOT OLD.site
                OR NEW.case_no IS NOT OLD.case_no OR NEW.seq IS NOT OLD.seq OR NEW.at IS NOT OLD.at
                OR NEW.kind IS NOT OLD.kind OR NEW.version IS NOT OLD.version
                OR NEW.commitment IS NOT OLD.commitment OR NEW.leaf IS NOT OLD.leaf
                OR EXISTS (SELECT 1 FROM case_secret s WHERE s.site = OLD.site AND s.case_no = OLD.case_no)
            BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
        CREATE TRIGGER journal_is_append_only_delete BEFORE DELETE ON journal
            BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

        CREATE TABLE generation (
            id INTEGER PRIMARY KEY,
            digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
            at INTEGER NOT NULL,
            codec INTEGER NOT NULL CHECK (codec BETWEEN 0 AND 2),
            manifest BLOB NOT NULL
        ) STRICT;
        """

    private static let rows = """
        CREATE TABLE decision (
            site INTEGER NOT NULL, case_no INTEGER NOT NULL, entry INTEGER NOT NULL,
            stage TEXT NOT NULL, reason TEXT NOT NULL, outcome TEXT NOT NULL, made_at INTEGER NOT NULL,
            generation INTEGER NOT NULL REFERENCES generation(id),
            PRIMARY KEY (site, case_no, entry)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE finding (
            site INTEGER NOT NULL, case_no INTEGER NOT NULL, entry INTEGER NOT NULL, number INTEGER NOT NULL,
            stage TEXT NOT NULL, check_id TEXT NOT NULL, answer TEXT NOT NULL,
            stops INTEGER NOT NULL CHECK (stops IN (0, 1)),
            after_sending INTEGER NOT NULL CHECK (after_sending IN (0, 1)),
            control_number TEXT NOT NULL,
            PRIMARY KEY (site, case_no, entry, number)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE posting (
            site INTEGER NOT NULL, case_no INTEGER NOT NULL, entry INTEGER NOT NULL, number INTEGER NOT NULL,
            at INTEGER NOT NULL, control_number TEXT NOT NULL, payer TEXT NOT NULL,
            charge INTEGER NOT NULL, paid INTEGER NOT NULL, patient INTEGER NOT NULL, contractual INTEGER NOT NULL,
            denied INTEGER NOT NULL, written_off INTEGER NOT NULL,
            follow_up INTEGER NOT NULL CHECK (follow_up IN (0, 1)),
            PRIMARY KEY (site, case_no, entry, number)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE claim_line (
            site INTEGER NOT NULL, case_no INTEGER NOT NULL, claim_entry INTEGER NOT NULL,
            claim_number INTEGER NOT NULL, line INTEGER NOT NULL CHECK (line > 0),
            control_number TEXT NOT NULL, original INTEGER NOT NULL CHECK (original IN (0, 1)),
            payer TEXT NOT NULL, member TEXT NOT NULL, billing_npi TEXT NOT NULL, rendering_npi TEXT,
            service_date INTEGER NOT NULL, procedure TEXT NOT NULL, modifiers TEXT NOT NULL,
            charge INTEGER NOT NULL, units INTEGER NOT NULL, authorization TEXT, state TEXT NOT NULL,
            PRIMARY KEY (site, case_no, claim_entry, claim_number, line)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX claim_line_member ON claim_line(site, member, service_date);
        CREATE INDEX claim_line_authorization ON claim_line(site, authorization) WHERE authorization IS NOT NULL;

        -- In the order of commits, by which the denial patterns follow.
        CREATE TABLE adjudicated (
            id INTEGER PRIMARY KEY,
            site INTEGER NOT NULL, case_no INTEGER NOT NULL, entry INTEGER NOT NULL, number INTEGER NOT NULL,
            payer TEXT NOT NULL, procedure TEXT NOT NULL, modifiers TEXT NOT NULL, line INTEGER NOT NULL,
            denial_group TEXT, reason TEXT, amount INTEGER NOT NULL,
            UNIQUE (site, case_no, entry, number),
            CHECK ((denial_group IS NULL) = (reason IS NULL))
        ) STRICT;
        CREATE TABLE denial_pattern (
            site INTEGER NOT NULL, payer TEXT NOT NULL, procedure TEXT NOT NULL, modifiers TEXT NOT NULL,
            denial_group TEXT NOT NULL, reason TEXT NOT NULL, denied INTEGER NOT NULL, amount INTEGER NOT NULL,
            PRIMARY KEY (site, payer, procedure, modifiers, denial_group, reason)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE adjudicated_count (
            site INTEGER NOT NULL, payer TEXT NOT NULL, procedure TEXT NOT NULL, modifiers TEXT NOT NULL,
            lines INTEGER NOT NULL,
            PRIMARY KEY (site, payer, procedure, modifiers)
        ) STRICT, WITHOUT ROWID;

        -- State 0 is open, 1 answered, 2 withdrawn.
        CREATE TABLE work_item (
            site INTEGER NOT NULL, case_no INTEGER NOT NULL, entry INTEGER NOT NULL, number INTEGER NOT NULL,
            stage TEXT NOT NULL, kind TEXT NOT NULL, amount INTEGER NOT NULL, opened_at INTEGER NOT NULL,
            deadline INTEGER, state INTEGER NOT NULL DEFAULT 0 CHECK (state IN (0, 1, 2)),
            ended_at INTEGER, ended_by TEXT,
            PRIMARY KEY (site, case_no, entry, number),
            CHECK ((state = 0) = (ended_at IS NULL)), CHECK (ended_by IS NULL OR state = 1)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX work_open
            ON work_item(site, ifnull(deadline, 9223372036854775807), -amount, case_no, entry, number)
            WHERE state = 0;
        """

    private static let sends = """
        -- While its receiver fails, a lane is due again at a time; failures counts since something got through.
        CREATE TABLE lane (
            id INTEGER PRIMARY KEY, site INTEGER NOT NULL, kind TEXT NOT NULL, receiver TEXT NOT NULL,
            due_at INTEGER, failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0), failing_since INTEGER,
            UNIQUE (site, kind, receiver),
            CHECK ((failures = 0) = (failing_since IS NULL)), CHECK (failures > 0 OR due_at IS NULL)
        ) STRICT;

        -- State 0 waits for its message, 1 for the end of what goes before it, 2 has its message, 3 can have none.
        -- The priority is that of its case when it was sent.
        CREATE TABLE send (
            id INTEGER PRIMARY KEY,
            site INTEGER NOT NULL, case_no INTEGER NOT NULL, entry INTEGER NOT NULL, number INTEGER NOT NULL,
            lane INTEGER NOT NULL REFERENCES lane(id),
            state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3),
            priority INTEGER NOT NULL CHECK (priority IN (0, 1)),
            ordered_at INTEGER NOT NULL, after_entry INTEGER, after_number INTEGER,
            subject TEXT NOT NULL, message INTEGER REFERENCES message(id),
            UNIQUE (site, case_no, entry, number),
            FOREIGN KEY (site, case_no, after_entry, after_number) REFERENCES send(site, case_no, entry, number),
            CHECK ((state = 2) = (message IS NOT NULL)),
            CHECK ((after_entry IS NULL) = (after_number IS NULL))
        ) STRICT;
        CREATE INDEX send_open ON send(lane, state, priority, id) WHERE state != 2;
        -- What a message will be made of, until it is: beside the sends, so that its pages are free again then.
        CREATE TABLE send_body (send INTEGER PRIMARY KEY REFERENCES send(id), body BLOB NOT NULL) STRICT;
        CREATE INDEX send_message ON send(message) WHERE message IS NOT NULL;

        -- Direction 0 came in, 1 goes out; the states are MessageRow.State.
        CREATE TABLE message (
            id INTEGER PRIMARY KEY,
            site INTEGER NOT NULL,
            direction INTEGER NOT NULL CHECK (direction IN (0, 1)),
            state INTEGER NOT NULL,
            format TEXT NOT NULL, kind TEXT NOT NULL,
            content INTEGER NOT NULL REFERENCES content(id),
            first INTEGER NOT NULL CHECK (first >= 0), past INTEGER NOT NULL CHECK (past >= first),
            source TEXT NOT NULL, at INTEGER NOT NULL, issues BLOB NOT NULL,
            CHECK (CASE direction WHEN 0 THEN state BETWEEN 0 AND 5 ELSE state BETWEEN 6 AND 8 END)
        ) STRICT;
        CREATE INDEX message_content ON message(content);
        CREATE INDEX message_trouble ON message(site, state, id) WHERE state IN (1, 2, 3, 8);
        CREATE TABLE message_case (
            site INTEGER NOT NULL, case_no INTEGER NOT NULL, message INTEGER NOT NULL REFERENCES message(id),
            PRIMARY KEY (site, case_no, message)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX message_case_message ON message_case(message);

        -- A message on its way: due while it waits, and no longer.
        CREATE TABLE delivery (
            message INTEGER PRIMARY KEY REFERENCES message(id),
            lane INTEGER NOT NULL REFERENCES lane(id), key TEXT NOT NULL,
            priority INTEGER NOT NULL CHECK (priority IN (0, 1)),
            due_at INTEGER, attempts INTEGER NOT NULL DEFAULT 0, leased_until INTEGER, last_failure TEXT,
            UNIQUE (lane, key)
        ) STRICT;
        CREATE INDEX delivery_due ON delivery(lane, priority, due_at) WHERE due_at IS NOT NULL;
        """

    private static let intake = """
        -- Bytes by their digest. Those of a source that comes in pieces stand in content_chunk, and `bytes` is NULL.
        CREATE TABLE content (
            id INTEGER PRIMARY KEY, site INTEGER NOT NULL, digest BLOB NOT NULL CHECK (length(digest) = 32),
            byte_count INTEGER NOT NULL CHECK (byte_count >= 0),
            codec INTEGER NOT NULL CHECK (codec BETWEEN 0 AND 2), bytes BLOB,
            UNIQUE (site, digest)
        ) STRICT;
        CREATE TABLE content_chunk (
            id INTEGER PRIMARY KEY, content INTEGER NOT NULL REFERENCES content(id),
            first INTEGER NOT NULL CHECK (first >= 0), past INTEGER NOT NULL CHECK (past > first),
            codec INTEGER NOT NULL CHECK (codec BETWEEN 0 AND 2), bytes BLOB NOT NULL,
            UNIQUE (content, first)
        ) STRICT;

        CREATE TABLE arrival (
            id INTEGER PRIMARY KEY, site INTEGER NOT NULL, source TEXT NOT NULL,
            content INTEGER NOT NULL REFERENCES content(id),
            refused INTEGER NOT NULL DEFAULT 0 CHECK (refused >= 0),
            through INTEGER NOT NULL DEFAULT 0, done INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1)),
            at INTEGER NOT NULL,
            UNIQUE (site, content, source)
        ) STRICT;
        CREATE INDEX arrival_open ON arrival(site, id) WHERE done = 0;

        -- What the sender of a content was answered: a message that goes out and has no send.
        CREATE TABLE answer (
            site INTEGER NOT NULL, content INTEGER NOT NULL REFERENCES content(id),
            message INTEGER NOT NULL UNIQUE REFERENCES message(id),
            PRIMARY KEY (site, content)
        ) STRICT, WITHOUT ROWID;

        -- What was taken in before, by the digest of its business key.
        CREATE TABLE unit_identity (
            site INTEGER NOT NULL, digest BLOB NOT NULL CHECK (length(digest) = 32),
            message INTEGER NOT NULL REFERENCES message(id),
            PRIMARY KEY (site, digest)
        ) STRICT, WITHOUT ROWID;

        -- Units that wait for a key; those with a case belong to it and wait for its next work.
        CREATE TABLE waiting_unit (
            id INTEGER PRIMARY KEY, site INTEGER NOT NULL,
            key_kind TEXT NOT NULL, key_authority TEXT NOT NULL, key_value TEXT NOT NULL,
            message INTEGER REFERENCES message(id), kind TEXT NOT NULL, version INTEGER NOT NULL, body BLOB NOT NULL,
            at INTEGER NOT NULL, case_no INTEGER,
            FOREIGN KEY (site, case_no) REFERENCES case_head(site, case_no)
        ) STRICT;
        CREATE INDEX waiting_unit_key ON waiting_unit(site, key_value, key_kind, key_authority) WHERE case_no IS NULL;
        CREATE INDEX waiting_unit_case ON waiting_unit(site, case_no) WHERE case_no IS NOT NULL;
        CREATE INDEX waiting_unit_message ON waiting_unit(message);
        """

    private static let reference = """
        CREATE TABLE provider (
            site INTEGER NOT NULL, npi TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (site, npi)
        ) STRICT;
        CREATE TABLE member (
            site INTEGER NOT NULL, member TEXT NOT NULL, payer TEXT NOT NULL, body BLOB NOT NULL,
            PRIMARY KEY (site, member, payer)
        ) STRICT;
        CREATE TABLE usual_charge (
            site INTEGER NOT NULL, procedure TEXT NOT NULL, amount INTEGER NOT NULL, PRIMARY KEY (site, procedure)
        ) STRICT, WITHOUT ROWID;
        """

    private static let service = """
        -- Answers that belong to no case, and what people said of them.
        CREATE TABLE service_journal (
            sequence INTEGER PRIMARY KEY CHECK (sequence > 0),
            at INTEGER NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('analysis', 'extraction', 'disagreement')),
            outcome TEXT NOT NULL,
            ground INTEGER REFERENCES content(id),
            about INTEGER REFERENCES service_journal(sequence),
            digest BLOB NOT NULL CHECK (length(digest) = 32),
            codec INTEGER NOT NULL CHECK (codec BETWEEN 0 AND 2),
            body BLOB NOT NULL,
            CHECK (kind = 'disagreement' OR ground IS NOT NULL),
            CHECK (kind != 'disagreement' OR about IS NOT NULL)
        ) STRICT;
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
        ) STRICT, WITHOUT ROWID;
        """
}
