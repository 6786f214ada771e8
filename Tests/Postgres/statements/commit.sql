-- A commit of a batch of cases, in two round trips.
--
-- The first locks, in one order for everybody (heads, shared keys, case keys, lanes; each sorted), and reads. The program
-- compares, numbers the entries and computes their leaves. The second writes for the cases that stand, and commits. There are
-- no savepoints: where a statement of the second refuses, all is rolled back and the batch is repeated case by case. A case
-- stands in a batch once.

-- First round trip, after `begin`

-- name: lock_heads
-- $1 site, $2 cases
SELECT h.case_no, h.position, h.leaf, h.due_at, h.priority, h.lease, s.key FROM case_head h
LEFT JOIN case_secret s ON s.site = h.site AND s.case_no = h.case_no
WHERE h.site = $1 AND h.case_no = ANY ($2::bigint[]) ORDER BY h.case_no FOR NO KEY UPDATE OF h;

-- name: ensure_shared_keys
-- $1 site, $2 kinds, $3 keys: those seen and those raised. What does not exist cannot be locked.
INSERT INTO shared_key (site, kind, key, version)
SELECT DISTINCT $1::integer, w.kind, w.key, 0 FROM unnest($2::smallint[], $3::bytea[]) w (kind, key)
ORDER BY w.kind, w.key ON CONFLICT DO NOTHING;

-- name: lock_shared_keys
-- $1 site, $2 kinds, $3 keys
SELECT s.kind, s.key, s.version FROM shared_key s
JOIN (SELECT DISTINCT kind, key FROM unnest($2::smallint[], $3::bytea[]) u (kind, key)) w ON w.kind = s.kind AND w.key = s.key
WHERE s.site = $1 ORDER BY s.kind, s.key FOR NO KEY UPDATE OF s;

-- name: ensure_case_keys
-- $1 site, $2 values, $3 kinds, $4 authorities
INSERT INTO case_key (site, value, kind, authority)
SELECT DISTINCT $1::integer, w.value, w.kind, w.authority
FROM unnest($2::text[], $3::text[], $4::text[]) w (value, kind, authority)
ORDER BY w.value, w.kind, w.authority ON CONFLICT DO NOTHING;

-- name: lock_case_keys
-- $1 site, $2 values, $3 kinds, $4 authorities. Only those that lead nowhere: one that leads to a case leads to it for ever, and
-- who comes by such a key to a head must hold nothing that comes after heads.
SELECT k.value FROM case_key k
JOIN (SELECT DISTINCT value, kind, authority FROM unnest($2::text[], $3::text[], $4::text[]) u (value, kind, authority)) w
    ON w.value = k.value AND w.kind = k.kind AND w.authority = k.authority
WHERE k.site = $1 AND k.case_no IS NULL ORDER BY k.value, k.kind, k.authority FOR NO KEY UPDATE OF k;

-- name: read_case_keys
-- $1 site, $2 values, $3 kinds, $4 authorities. After the locks, in a statement of its own: it sees what was committed meanwhile.
SELECT k.value, k.kind, k.authority, k.case_no FROM case_key k
JOIN (SELECT DISTINCT value, kind, authority FROM unnest($2::text[], $3::text[], $4::text[]) u (value, kind, authority)) w
    ON w.value = k.value AND w.kind = k.kind AND w.authority = k.authority
WHERE k.site = $1;

-- name: ensure_lanes
-- $1 site, $2 kinds, $3 receivers
INSERT INTO lane (site, kind, receiver)
SELECT DISTINCT $1::integer, w.kind, w.receiver FROM unnest($2::text[], $3::text[]) w (kind, receiver)
WHERE NOT EXISTS (SELECT 1 FROM lane l WHERE l.site = $1 AND l.kind = w.kind AND l.receiver = w.receiver)
ORDER BY w.kind, w.receiver ON CONFLICT DO NOTHING;

-- Second round trip: these, the rows (rows.sql), then `move_heads`, `set_aside_no_longer` and `commit`

-- name: add_entries
-- $1 site, $2 cases, $3 sequences, $4 times, $5 kinds, $6 versions, $7 codecs, $8 bodies, $9 commitments, $10 leaves
INSERT INTO journal (site, case_no, seq, at, kind, version, codec, body, commitment, leaf)
SELECT $1::integer, w.* FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::smallint[],
    $8::bytea[], $9::bytea[], $10::bytea[]) w;

-- name: raise_shared_keys
-- $1 site, $2 kinds, $3 keys: as many times as commits of the batch raise them
WITH raised AS (
    UPDATE shared_key s SET version = s.version + w.times
    FROM (SELECT kind, key, count(*) AS times FROM unnest($2::smallint[], $3::bytea[]) u (kind, key) GROUP BY 1, 2) w
    WHERE s.site = $1 AND s.kind = w.kind AND s.key = w.key RETURNING w.times
)
SELECT expect(coalesce(sum(times), 0)::bigint, cardinality($2::smallint[])::bigint, 'a shared key that was not locked', 'CW002')
FROM raised;

-- name: bind_case_keys
-- $1 site, $2 values, $3 kinds, $4 authorities, $5 cases: those that led nowhere
WITH bound AS (
    UPDATE case_key k SET case_no = w.case_no
    FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[]) w (value, kind, authority, case_no)
    WHERE k.site = $1 AND k.value = w.value AND k.kind = w.kind AND k.authority = w.authority AND k.case_no IS NULL
    RETURNING 1
)
SELECT expect(count(*), cardinality($2::text[])::bigint, 'a key that was not locked', 'CW002') FROM bound;

-- name: release_units
-- $1 site, $2 values, $3 kinds, $4 authorities, $5 cases. Who binds a key takes what waits for it, in the same transaction, and the
-- messages that brought it.
WITH released AS (
    UPDATE waiting_unit u SET case_no = w.case_no
    FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[]) w (value, kind, authority, case_no)
    WHERE u.site = $1 AND u.key_value = w.value AND u.key_kind = w.kind AND u.key_authority = w.authority
        AND u.case_no IS NULL
    RETURNING u.site, u.case_no, u.message
), linked AS (
    INSERT INTO message_case (site, case_no, message)
    SELECT DISTINCT site, case_no, message FROM released WHERE message IS NOT NULL ON CONFLICT DO NOTHING
)
SELECT count(*) AS released FROM released;

-- name: lock_unit_messages
-- $1 site, $2 units that the entries hold. Two cases may take the last two units of one message at one instant: each would see the
-- unit of the other and leave the message waiting for ever. So the messages are locked first, by a statement of its own.
SELECT id FROM message
WHERE id IN (SELECT message FROM waiting_unit WHERE site = $1 AND id = ANY ($2::bigint[])) ORDER BY id FOR NO KEY UPDATE;

-- name: take_units
-- $1 site, $2 units, $3 the cases whose entries hold them. A message waits no longer once none of its units does; the other parts of
-- the statement still see the rows that this one deletes. States 3 and 0 are unmatched and accepted.
WITH taken AS (
    DELETE FROM waiting_unit u USING unnest($2::bigint[], $3::bigint[]) w (id, case_no)
    WHERE u.id = w.id AND u.site = $1 AND u.case_no = w.case_no RETURNING u.id, u.message
), accepted AS (
    UPDATE message m SET state = 0 FROM (SELECT DISTINCT message FROM taken) t
    WHERE m.id = t.message AND m.state = 3
        AND NOT EXISTS (SELECT 1 FROM waiting_unit u WHERE u.message = m.id AND u.id NOT IN (SELECT id FROM taken))
)
SELECT expect(count(*), cardinality($2::bigint[])::bigint, 'a unit was taken that does not wait for the case') FROM taken;

-- name: move_heads
-- $1 site, $2 cases, $3 positions and $4 leaves that the entries follow, $5 numbers of entries, $6 leaves after them, $7 due times,
-- $8 the cases' own times: those of their last entries, or null; $9 whose work they are while they are due at once, or null for
-- whose they are already; $10 their leases where there are no entries, else null. Position and leaf once more, and where nothing
-- moves these the lease: this is the fence. Units that were released to the case, now or before, are work whatever else there is.
WITH moved AS (
    UPDATE case_head h SET position = w.position + w.entries, leaf = w.leaf, due_at = w.due_at, leased_until = NULL,
        priority = CASE WHEN w.due_at <= w.now THEN coalesce(w.priority, h.priority) ELSE 1 END
    FROM (
        SELECT u.case_no, u.position, u.before, u.entries, u.leaf, u.now, u.priority, u.lease,
            CASE WHEN EXISTS (SELECT 1 FROM waiting_unit r WHERE r.site = $1 AND r.case_no = u.case_no)
                THEN least(u.due_at, coalesce(u.now, 0)) ELSE u.due_at END AS due_at
        FROM unnest($2::bigint[], $3::bigint[], $4::bytea[], $5::bigint[], $6::bytea[], $7::bigint[], $8::bigint[],
            $9::smallint[], $10::bigint[]) u (case_no, position, before, entries, leaf, due_at, now, priority, lease)
    ) w
    WHERE h.site = $1 AND h.case_no = w.case_no AND h.position = w.position AND h.leaf = w.before
        AND h.lease = coalesce(w.lease, h.lease)
    RETURNING 1
)
SELECT expect(count(*), cardinality($2::bigint[])::bigint, 'a case moved within a transaction', 'CW002') FROM moved;

-- name: set_aside_no_longer
-- $1 site, $2 cases
DELETE FROM set_aside WHERE site = $1 AND case_no = ANY ($2::bigint[]);
