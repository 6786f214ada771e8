-- Intake: keys, cases, units that wait, messages, arrivals. One transaction takes several units; it locks what they meet as it
-- goes, so that two such transactions, or one and a commit, may wait for each other: PostgreSQL ends one of them (40P01), and
-- it is repeated as a whole.

-- name: find_case
-- $1 site, $2 value, $3 kind, $4 authority. A key that leads to a case does so for ever and is not locked.
SELECT case_no FROM case_key WHERE site = $1 AND value = $2 AND kind = $3 AND authority = $4 AND case_no IS NOT NULL;

-- name: ensure_key
-- $1 site, $2 value, $3 kind, $4 authority. What `find_case` did not find is made and locked (`lock_key`) and looked for once more:
-- that it leads nowhere then holds until the transaction ends, and neither an answer nor its case can slip past the other.
INSERT INTO case_key (site, value, kind, authority) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING;

-- name: lock_key
-- $1 site, $2 value, $3 kind, $4 authority
SELECT value FROM case_key WHERE site = $1 AND value = $2 AND kind = $3 AND authority = $4 AND case_no IS NULL
FOR NO KEY UPDATE;

-- name: lock_head
-- $1 site, $2 case; `last` is the time of its last entry, or of its opening
SELECT h.position, h.leaf, h.due_at, h.priority, s.key,
    coalesce((SELECT j.at FROM journal j WHERE j.site = h.site AND j.case_no = h.case_no ORDER BY j.seq DESC LIMIT 1),
        h.opened_at) AS last
FROM case_head h LEFT JOIN case_secret s ON s.site = h.site AND s.case_no = h.case_no
WHERE h.site = $1 AND h.case_no = $2 FOR NO KEY UPDATE OF h;

-- name: next_number
-- $1 site, $2 series. Without gaps: whoever is second waits until the first has ended.
INSERT INTO counter AS c (site, name, value) VALUES ($1, $2, 1)
ON CONFLICT (site, name) DO UPDATE SET value = c.value + 1 RETURNING value;

-- name: open_head
-- $1 site, $2 case, $3 leaf of the start, $4 kind, $5 at, $6 priority
INSERT INTO case_head (site, case_no, position, leaf, kind, opened_at, priority) VALUES ($1, $2, 0, $3, $4, $5, $6);

-- name: open_secret
-- $1 site, $2 case, $3 its secret
INSERT INTO case_secret (site, case_no, key) VALUES ($1, $2, $3);

-- name: due_at_once
-- $1 site, $2 case, $3 at: units were released to it. The lease rises, so that whoever has the case now does not put it off.
UPDATE case_head SET due_at = least(due_at, $3), lease = lease + 1, leased_until = NULL WHERE site = $1 AND case_no = $2;

-- name: move_head_by_intake
-- $1 site, $2 case, $3 position, $4 leaf, $5 at, $6 priority. What is due already stays as urgent as it was.
UPDATE case_head SET position = $3, leaf = $4, due_at = least(due_at, $5),
    priority = CASE WHEN due_at <= $5 THEN least(priority, $6) ELSE $6 END
WHERE site = $1 AND case_no = $2;

-- name: add_waiting_unit
-- $1 site, $2 key kind, $3 key authority, $4 key value, $5 message, $6 kind, $7 version, $8 body, $9 at. Under the lock of the key.
INSERT INTO waiting_unit (site, key_kind, key_authority, key_value, message, kind, version, body, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: waiting_units
-- $1 site, $2 after which, $3 limit
SELECT id, message, kind, version, body, key_kind, key_authority, key_value, at FROM waiting_unit
WHERE site = $1 AND id > $2 AND case_no IS NULL ORDER BY id LIMIT $3;

-- name: put_content
-- $1 site, $2 digest, $3 number of bytes, $4 codec, $5 bytes, or null where they come in pieces
INSERT INTO content (site, digest, byte_count, codec, bytes) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (site, digest) DO NOTHING;

-- name: find_content
-- $1 site, $2 digest. In a statement of its own, so that it sees what somebody else has put meanwhile.
SELECT c.id, c.byte_count, c.bytes IS NULL AS pieces, CASE WHEN c.bytes IS NULL
    THEN coalesce((SELECT p.past FROM content_chunk p WHERE p.content = c.id ORDER BY p.first DESC LIMIT 1), 0)
    ELSE c.byte_count END AS kept
FROM content c WHERE c.site = $1 AND c.digest = $2;

-- name: lock_content
-- $1 content. Who keeps a piece, and who drops what is kept: a piece between the two would stand behind a gap.
SELECT id FROM content WHERE id = $1 FOR NO KEY UPDATE;

-- name: drop_pieces
-- $1 content that is not whole
DELETE FROM content_chunk WHERE content = $1;

-- name: put_piece
-- $1 content, $2 first, $3 past, $4 codec, $5 bytes. Two who keep the same source meet on the piece: one finds it there.
INSERT INTO content_chunk (content, first, past, codec, bytes) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (content, first) DO NOTHING RETURNING id;

-- name: pieces
-- $1 content, $2 from, $3 to
SELECT first, past, codec, bytes FROM content_chunk WHERE content = $1 AND first < $3 AND past > $2 ORDER BY first;

-- name: add_message
-- $1 site, $2 direction, $3 state, $4 format, $5 kind, $6 content, $7 first, $8 past, $9 source, $10 at, $11 issues
INSERT INTO message (site, direction, state, format, kind, content, first, past, source, at, issues)
SELECT $1::integer, $2::smallint, $3::smallint, $4::text, $5::text, c.id, $7::bigint, $8::bigint, $9::text, $10::bigint, $11::bytea
FROM content c WHERE c.id = $6 AND c.byte_count >= $8::bigint RETURNING id;

-- name: link_message
-- $1 site, $2 case, $3 message
INSERT INTO message_case (site, case_no, message) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING;

-- name: find_identity
-- $1 site, $2 digest
SELECT message FROM unit_identity WHERE site = $1 AND digest = $2;

-- name: bind_identity
-- $1 site, $2 digest, $3 message. Of two who take one unit, the second is refused by the key and finds it when it repeats.
INSERT INTO unit_identity (site, digest, message) VALUES ($1, $2, $3);

-- name: find_answer
-- $1 site, $2 digest of the content that was answered
SELECT m.content, m.first, m.past FROM answer a JOIN content c ON c.id = a.content AND c.site = a.site
JOIN message m ON m.id = a.message WHERE a.site = $1 AND c.digest = $2;

-- name: bind_answer
-- $1 site, $2 digest of the content, $3 message. A content has one answer: of two who give one, the second is refused by the key.
WITH bound AS (
    INSERT INTO answer (site, content, message)
    SELECT c.site, c.id, $3::bigint FROM content c WHERE c.site = $1 AND c.digest = $2 RETURNING 1
)
SELECT expect(count(*), 1, 'an answer to what is not kept') FROM bound;

-- name: begin_arrival
-- $1 site, $2 source, $3 content, $4 at
INSERT INTO arrival (site, source, content, at) VALUES ($1, $2, $3, $4) ON CONFLICT (site, content, source) DO NOTHING;

-- name: arrivals
-- $1 site, $2 source or null, $3 content or null, $4 whether only those that are not done
SELECT a.id, a.source, c.id AS content, c.digest, c.byte_count, a.refused, a.through, a.done, a.at, CASE WHEN c.bytes IS NULL
    THEN coalesce((SELECT p.past FROM content_chunk p WHERE p.content = c.id ORDER BY p.first DESC LIMIT 1), 0)
    ELSE c.byte_count END AS kept
FROM arrival a JOIN content c ON c.id = a.content
WHERE a.site = $1 AND ($2::text IS NULL OR a.source = $2) AND ($3::bigint IS NULL OR a.content = $3) AND NOT ($4 AND a.done)
ORDER BY a.id;

-- name: advance_arrival
-- $1 site, $2 arrival, $3 from, $4 through, $5 whether done. The mark goes on from the value that was read, in the statement that
-- moves it: of two who take the same units, the second moves nothing, and all that it took goes with it.
WITH kept AS (
    SELECT c.byte_count, CASE WHEN c.bytes IS NULL
        THEN coalesce((SELECT p.past FROM content_chunk p WHERE p.content = c.id ORDER BY p.first DESC LIMIT 1), 0)
        ELSE c.byte_count END AS kept
    FROM arrival a JOIN content c ON c.id = a.content WHERE a.site = $1 AND a.id = $2
), moved AS (
    UPDATE arrival a SET through = $4, done = $5 FROM kept k
    WHERE a.site = $1 AND a.id = $2 AND a.through = $3 AND NOT a.done
        AND $4::bigint BETWEEN $3::bigint AND k.kept AND (NOT $5::boolean OR k.kept = k.byte_count)
    RETURNING 1
)
SELECT expect(count(*), 1, 'the arrival does not stand where it was read, or cannot go there', 'CW002') FROM moved;

-- name: advance_refused
-- $1 site, $2 arrival, $3 from, $4 through: the same of the parts of it that are refused
WITH moved AS (
    UPDATE arrival SET refused = $4 WHERE site = $1 AND id = $2 AND refused = $3 AND NOT done AND $4::bigint >= $3::bigint
    RETURNING 1
)
SELECT expect(count(*), 1, 'the arrival does not stand at so many refusals', 'CW002') FROM moved;

-- name: set_setting
-- $1 site, $2 name, $3 value
INSERT INTO setting AS s (site, name, value) VALUES ($1, $2, $3)
ON CONFLICT (site, name) DO UPDATE SET value = excluded.value WHERE s.value != excluded.value;

-- name: put_provider
-- $1 site, $2 NPI, $3 body
INSERT INTO provider (site, npi, body) VALUES ($1, $2, $3) ON CONFLICT (site, npi) DO UPDATE SET body = excluded.body;

-- name: put_usual_charge
-- $1 site, $2 procedure, $3 amount
INSERT INTO usual_charge (site, procedure, amount) VALUES ($1, $2, $3)
ON CONFLICT (site, procedure) DO UPDATE SET amount = excluded.amount;
