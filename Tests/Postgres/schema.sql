-- The tables of the record in PostgreSQL (15 or later), for several writers at once.
--
-- They are those of Sources/Store/SQLite/Schema.swift. What differs is said where it differs: rows that are there so that
-- they can be locked before they mean anything (shared_key at version 0, case_key without a case), and adjudicated_behind,
-- since numbers that PostgreSQL gives are not in the order of commits.
--
-- Times are milliseconds since 1970 in UTC, dates are days since 1970-01-01, amounts are cents, digests are 32 bytes.
-- `site` leads every key. Text is compared by its bytes, whatever the database's own order: decisions rest on it.

CREATE DOMAIN word AS text COLLATE "C";
CREATE DOMAIN digest AS bytea CHECK (octet_length(VALUE) = 32);

-- The time by which leases go: the server's, since the machines of several workers do not agree on one.
CREATE FUNCTION machine_time() RETURNS bigint LANGUAGE sql VOLATILE
    AS $$ SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint $$;

-- Ends a transaction whose statement did not find what it must find: the statements of a round trip are sent together, so
-- that the program cannot look at one before the next. CW001 is a refusal of the case, CW002 damage.
CREATE FUNCTION expect(have bigint, wanted bigint, otherwise text, state text DEFAULT 'CW001') RETURNS bigint
    LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF have IS DISTINCT FROM wanted THEN RAISE EXCEPTION USING ERRCODE = state, MESSAGE = otherwise; END IF;
    RETURN have;
END $$;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'CW002', MESSAGE = 'the journal is append-only';
END $$;

-- Cases

-- The row on which all who touch a case meet.
CREATE TABLE case_head (
    site integer NOT NULL,
    case_no bigint NOT NULL CHECK (case_no > 0),
    position bigint NOT NULL CHECK (position >= 0),
    leaf digest NOT NULL,
    kind word NOT NULL,
    opened_at bigint NOT NULL,
    priority smallint NOT NULL CHECK (priority IN (0, 1)),
    due_at bigint,
    lease bigint NOT NULL DEFAULT 0,
    leased_until bigint,
    PRIMARY KEY (site, case_no)
);
CREATE INDEX case_due ON case_head (site, priority, due_at, case_no) WHERE due_at IS NOT NULL;

CREATE TABLE case_secret (
    site integer NOT NULL, case_no bigint NOT NULL, key bytea NOT NULL CHECK (octet_length(key) = 32),
    PRIMARY KEY (site, case_no)
);

-- The line by which a case is listed.
CREATE TABLE case_summary (
    site integer NOT NULL, case_no bigint NOT NULL,
    title word NOT NULL, stage word NOT NULL, state word NOT NULL, payer word NOT NULL,
    service_date integer, charge bigint NOT NULL, paid bigint NOT NULL,
    PRIMARY KEY (site, case_no)
);

-- The value leads, since people search by it alone. A row without a case is a key that somebody waits for or was about to
-- bind: it leads nowhere, and is there to be locked. A key that leads to a case leads to it for ever.
CREATE TABLE case_key (
    site integer NOT NULL, value word NOT NULL, kind word NOT NULL, authority word NOT NULL, case_no bigint,
    PRIMARY KEY (site, value, kind, authority),
    FOREIGN KEY (site, case_no) REFERENCES case_head (site, case_no)
);
CREATE INDEX case_key_case ON case_key (site, case_no) WHERE case_no IS NOT NULL;

-- What several cases share: 0 is a member, 1 an authorization; the key is 16 bytes of a digest. Never deleted. Version 0
-- says the same as no row, and is there to be locked.
CREATE TABLE shared_key (
    site integer NOT NULL, kind smallint NOT NULL CHECK (kind IN (0, 1)),
    key bytea NOT NULL CHECK (octet_length(key) = 16), version bigint NOT NULL CHECK (version >= 0),
    PRIMARY KEY (site, kind, key)
);

CREATE TABLE set_aside (
    site integer NOT NULL, case_no bigint NOT NULL,
    reason word NOT NULL, detail word NOT NULL, attempts bigint NOT NULL CHECK (attempts > 0),
    program word NOT NULL, since bigint NOT NULL, retry_at bigint NOT NULL,
    PRIMARY KEY (site, case_no)
);

CREATE TABLE setting (site integer NOT NULL, name word NOT NULL, value word NOT NULL, PRIMARY KEY (site, name));
CREATE TABLE counter (site integer NOT NULL, name word NOT NULL, value bigint NOT NULL, PRIMARY KEY (site, name));

-- The journal

CREATE TABLE journal (
    entry bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site integer NOT NULL, case_no bigint NOT NULL, seq bigint NOT NULL CHECK (seq > 0),
    at bigint NOT NULL,
    kind word NOT NULL CHECK (kind ~ '^[!-~]{1,24}$'),
    version bigint NOT NULL CHECK (version BETWEEN 0 AND 4294967295),
    -- How the body is stored; see BodyCodec. Digests are over the bytes themselves. A stored body is never longer than it.
    codec smallint NOT NULL CHECK (codec BETWEEN 0 AND 2),
    body bytea CHECK (octet_length(body) <= 1048576),
    commitment digest NOT NULL,
    leaf digest NOT NULL,
    UNIQUE (site, case_no, seq),
    FOREIGN KEY (site, case_no) REFERENCES case_head (site, case_no)
);
-- The program compresses what is worth it.
ALTER TABLE journal ALTER COLUMN body SET STORAGE EXTERNAL;

-- A body may go after retention, with its case's secret; nothing else changes.
CREATE FUNCTION keep_journal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.body IS NOT NULL
        OR (NEW.entry, NEW.site, NEW.case_no, NEW.seq, NEW.at, NEW.kind, NEW.version, NEW.commitment, NEW.leaf)
            IS DISTINCT FROM (OLD.entry, OLD.site, OLD.case_no, OLD.seq, OLD.at, OLD.kind, OLD.version, OLD.commitment, OLD.leaf)
        OR EXISTS (SELECT 1 FROM case_secret s WHERE s.site = OLD.site AND s.case_no = OLD.case_no)
    THEN RAISE EXCEPTION USING ERRCODE = 'CW002', MESSAGE = 'the journal is append-only'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER journal_is_append_only_update BEFORE UPDATE ON journal FOR EACH ROW EXECUTE FUNCTION keep_journal();
CREATE TRIGGER journal_is_append_only_delete BEFORE DELETE ON journal FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journal_is_append_only_truncate BEFORE TRUNCATE ON journal EXECUTE FUNCTION refuse_change();

CREATE TABLE generation (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest digest NOT NULL UNIQUE,
    at bigint NOT NULL,
    codec smallint NOT NULL CHECK (codec BETWEEN 0 AND 2),
    manifest bytea NOT NULL
);

-- Bytes by their digest. Those of a source that comes in pieces stand in content_chunk, and `bytes` is NULL.

CREATE TABLE content (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, site integer NOT NULL, digest digest NOT NULL,
    byte_count bigint NOT NULL CHECK (byte_count >= 0),
    codec smallint NOT NULL CHECK (codec BETWEEN 0 AND 2), bytes bytea,
    UNIQUE (site, digest)
);
CREATE TABLE content_chunk (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, content bigint NOT NULL REFERENCES content (id),
    first bigint NOT NULL CHECK (first >= 0), past bigint NOT NULL CHECK (past > first),
    codec smallint NOT NULL CHECK (codec BETWEEN 0 AND 2), bytes bytea NOT NULL,
    UNIQUE (content, first)
);

-- Rows that follow from a case's entries

CREATE TABLE decision (
    site integer NOT NULL, case_no bigint NOT NULL, entry bigint NOT NULL,
    stage word NOT NULL, reason word NOT NULL, outcome word NOT NULL, made_at bigint NOT NULL,
    generation bigint NOT NULL REFERENCES generation (id),
    PRIMARY KEY (site, case_no, entry)
);

CREATE TABLE finding (
    site integer NOT NULL, case_no bigint NOT NULL, entry bigint NOT NULL, number bigint NOT NULL,
    stage word NOT NULL, check_id word NOT NULL, answer word NOT NULL,
    stops boolean NOT NULL, after_sending boolean NOT NULL, control_number word NOT NULL,
    PRIMARY KEY (site, case_no, entry, number)
);

CREATE TABLE posting (
    site integer NOT NULL, case_no bigint NOT NULL, entry bigint NOT NULL, number bigint NOT NULL,
    at bigint NOT NULL, control_number word NOT NULL, payer word NOT NULL,
    charge bigint NOT NULL, paid bigint NOT NULL, patient bigint NOT NULL, contractual bigint NOT NULL,
    denied bigint NOT NULL, written_off bigint NOT NULL, follow_up boolean NOT NULL,
    PRIMARY KEY (site, case_no, entry, number)
);

CREATE TABLE claim_line (
    site integer NOT NULL, case_no bigint NOT NULL, claim_entry bigint NOT NULL,
    claim_number bigint NOT NULL, line bigint NOT NULL CHECK (line > 0),
    control_number word NOT NULL, original boolean NOT NULL,
    payer word NOT NULL, member word NOT NULL, billing_npi word NOT NULL, rendering_npi word,
    service_date integer NOT NULL, procedure word NOT NULL, modifiers word NOT NULL,
    charge bigint NOT NULL, units bigint NOT NULL, "authorization" word, state word NOT NULL,
    PRIMARY KEY (site, case_no, claim_entry, claim_number, line)
);
CREATE INDEX claim_line_member ON claim_line (site, member, service_date);
CREATE INDEX claim_line_authorization ON claim_line (site, "authorization") WHERE "authorization" IS NOT NULL;

CREATE TABLE adjudicated (
    site integer NOT NULL, case_no bigint NOT NULL, entry bigint NOT NULL, number bigint NOT NULL,
    payer word NOT NULL, procedure word NOT NULL, modifiers word NOT NULL, line bigint NOT NULL,
    denial_group word, reason word, amount bigint NOT NULL,
    PRIMARY KEY (site, case_no, entry, number),
    CHECK ((denial_group IS NULL) = (reason IS NULL))
);
-- Entries that the denial patterns do not hold yet. A mark would not do: a transaction with a lower number may end after
-- one with a higher, and what it wrote would be passed over.
CREATE TABLE adjudicated_behind (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site integer NOT NULL, case_no bigint NOT NULL, entry bigint NOT NULL, rows bigint NOT NULL CHECK (rows > 0),
    UNIQUE (site, case_no, entry)
);
CREATE TABLE denial_pattern (
    site integer NOT NULL, payer word NOT NULL, procedure word NOT NULL, modifiers word NOT NULL,
    denial_group word NOT NULL, reason word NOT NULL, denied bigint NOT NULL, amount bigint NOT NULL,
    PRIMARY KEY (site, payer, procedure, modifiers, denial_group, reason)
);
CREATE TABLE adjudicated_count (
    site integer NOT NULL, payer word NOT NULL, procedure word NOT NULL, modifiers word NOT NULL, lines bigint NOT NULL,
    PRIMARY KEY (site, payer, procedure, modifiers)
);

-- State 0 is open, 1 answered, 2 withdrawn.
CREATE TABLE work_item (
    site integer NOT NULL, case_no bigint NOT NULL, entry bigint NOT NULL, number bigint NOT NULL,
    stage word NOT NULL, kind word NOT NULL, amount bigint NOT NULL, opened_at bigint NOT NULL,
    deadline bigint, state smallint NOT NULL DEFAULT 0 CHECK (state IN (0, 1, 2)),
    ended_at bigint, ended_by word,
    PRIMARY KEY (site, case_no, entry, number),
    CHECK ((state = 0) = (ended_at IS NULL)), CHECK (ended_by IS NULL OR state = 1)
);
CREATE INDEX work_open
    ON work_item (site, coalesce(deadline, 9223372036854775807), (-amount), case_no, entry, number) WHERE state = 0;

-- Messages and deliveries

-- Direction 0 came in, 1 goes out; the states are MessageRow.State.
CREATE TABLE message (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site integer NOT NULL,
    direction smallint NOT NULL CHECK (direction IN (0, 1)),
    state smallint NOT NULL,
    format word NOT NULL, kind word NOT NULL,
    content bigint NOT NULL REFERENCES content (id),
    first bigint NOT NULL CHECK (first >= 0), past bigint NOT NULL CHECK (past >= first),
    source word NOT NULL, at bigint NOT NULL, issues bytea NOT NULL,
    CHECK (CASE direction WHEN 0 THEN state BETWEEN 0 AND 5 ELSE state BETWEEN 6 AND 8 END)
);
CREATE INDEX message_content ON message (content);
CREATE INDEX message_trouble ON message (site, state, id) WHERE state IN (1, 2, 3, 8);
CREATE TABLE message_case (
    site integer NOT NULL, case_no bigint NOT NULL, message bigint NOT NULL REFERENCES message (id),
    PRIMARY KEY (site, case_no, message)
);
CREATE INDEX message_case_message ON message_case (message);

-- While its receiver fails, a lane is due again at a time; failures counts since something got through.
CREATE TABLE lane (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site integer NOT NULL, kind word NOT NULL, receiver word NOT NULL,
    due_at bigint, failures bigint NOT NULL DEFAULT 0 CHECK (failures >= 0), failing_since bigint,
    UNIQUE (site, kind, receiver),
    CHECK ((failures = 0) = (failing_since IS NULL)), CHECK (failures > 0 OR due_at IS NULL)
);

-- State 0 waits for its message, 1 for the end of what goes before it, 2 has its message, 3 can have none. The priority is that
-- of its case when it was sent.
CREATE TABLE send (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site integer NOT NULL, case_no bigint NOT NULL, entry bigint NOT NULL, number bigint NOT NULL,
    lane bigint NOT NULL REFERENCES lane (id),
    state smallint NOT NULL CHECK (state BETWEEN 0 AND 3),
    priority smallint NOT NULL CHECK (priority IN (0, 1)),
    ordered_at bigint NOT NULL, after_entry bigint, after_number bigint,
    subject word NOT NULL, message bigint REFERENCES message (id),
    UNIQUE (site, case_no, entry, number),
    FOREIGN KEY (site, case_no, after_entry, after_number) REFERENCES send (site, case_no, entry, number),
    CHECK ((state = 2) = (message IS NOT NULL)),
    CHECK ((after_entry IS NULL) = (after_number IS NULL))
);
CREATE INDEX send_open ON send (lane, state, priority, id) WHERE state != 2;
CREATE INDEX send_message ON send (message) WHERE message IS NOT NULL;
-- What a message will be made of, until it is.
CREATE TABLE send_body (send bigint PRIMARY KEY REFERENCES send (id), body bytea NOT NULL);

-- A message on its way: due while it waits, and no longer.
CREATE TABLE delivery (
    message bigint PRIMARY KEY REFERENCES message (id),
    lane bigint NOT NULL REFERENCES lane (id), key word NOT NULL,
    priority smallint NOT NULL CHECK (priority IN (0, 1)),
    due_at bigint, attempts bigint NOT NULL DEFAULT 0, leased_until bigint, last_failure word,
    UNIQUE (lane, key)
);
CREATE INDEX delivery_due ON delivery (lane, priority, due_at) WHERE due_at IS NOT NULL;

-- Intake

CREATE TABLE arrival (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, site integer NOT NULL, source word NOT NULL,
    content bigint NOT NULL REFERENCES content (id),
    refused bigint NOT NULL DEFAULT 0 CHECK (refused >= 0),
    through bigint NOT NULL DEFAULT 0, done boolean NOT NULL DEFAULT false, at bigint NOT NULL,
    UNIQUE (site, content, source)
);
CREATE INDEX arrival_open ON arrival (site, id) WHERE NOT done;

-- What the sender of a content was answered: a message that goes out and has no send.
CREATE TABLE answer (
    site integer NOT NULL, content bigint NOT NULL REFERENCES content (id),
    message bigint NOT NULL UNIQUE REFERENCES message (id),
    PRIMARY KEY (site, content)
);

-- What was taken in before, by the digest of its business key.
CREATE TABLE unit_identity (
    site integer NOT NULL, digest digest NOT NULL, message bigint NOT NULL REFERENCES message (id),
    PRIMARY KEY (site, digest)
);

-- Units that wait for a key; those with a case belong to it and wait for its next work.
CREATE TABLE waiting_unit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, site integer NOT NULL,
    key_kind word NOT NULL, key_authority word NOT NULL, key_value word NOT NULL,
    message bigint REFERENCES message (id), kind word NOT NULL, version bigint NOT NULL, body bytea NOT NULL,
    at bigint NOT NULL, case_no bigint,
    FOREIGN KEY (site, case_no) REFERENCES case_head (site, case_no)
);
CREATE INDEX waiting_unit_key ON waiting_unit (site, key_value, key_kind, key_authority) WHERE case_no IS NULL;
CREATE INDEX waiting_unit_case ON waiting_unit (site, case_no) WHERE case_no IS NOT NULL;
CREATE INDEX waiting_unit_message ON waiting_unit (message);

-- Reference data

CREATE TABLE provider (site integer NOT NULL, npi word NOT NULL, body bytea NOT NULL, PRIMARY KEY (site, npi));
CREATE TABLE member (
    site integer NOT NULL, member word NOT NULL, payer word NOT NULL, body bytea NOT NULL,
    PRIMARY KEY (site, member, payer)
);
CREATE TABLE usual_charge (
    site integer NOT NULL, procedure word NOT NULL, amount bigint NOT NULL, PRIMARY KEY (site, procedure)
);

-- Answers that belong to no case, and what people said of them.

CREATE TABLE service_journal (
    sequence bigint PRIMARY KEY CHECK (sequence > 0),
    at bigint NOT NULL,
    kind word NOT NULL CHECK (kind IN ('analysis', 'extraction', 'disagreement')),
    outcome word NOT NULL,
    ground bigint REFERENCES content (id),
    about bigint REFERENCES service_journal (sequence),
    digest digest NOT NULL,
    codec smallint NOT NULL CHECK (codec BETWEEN 0 AND 2),
    body bytea NOT NULL,
    CHECK (kind = 'disagreement' OR ground IS NOT NULL),
    CHECK (kind != 'disagreement' OR about IS NOT NULL)
);
CREATE INDEX service_journal_rare ON service_journal (kind, sequence) WHERE kind != 'analysis';
CREATE INDEX service_journal_about ON service_journal (about) WHERE about IS NOT NULL;
CREATE TRIGGER service_journal_is_append_only BEFORE UPDATE OR DELETE ON service_journal
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER service_journal_is_append_only_truncate BEFORE TRUNCATE ON service_journal EXECUTE FUNCTION refuse_change();
-- How many there are; kept along, since counting millions of rows for every look would be slow.
CREATE TABLE service_count (
    kind word NOT NULL, outcome word NOT NULL, entries bigint NOT NULL, PRIMARY KEY (kind, outcome)
);
