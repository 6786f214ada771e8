-- Deliveries, lane by lane: sends, messages made of them, attempts. Deliveries are locked before messages, and these before
-- sends.

-- name: lanes
-- $1 site, $2 the cases' time
SELECT l.kind, l.receiver FROM lane l WHERE l.site = $1 AND (
    EXISTS (SELECT 1 FROM send s WHERE s.lane = l.id AND s.state = 0)
    OR EXISTS (SELECT 1 FROM delivery d WHERE d.lane = l.id AND d.due_at <= $2
        AND (d.leased_until IS NULL OR d.leased_until <= machine_time())))
ORDER BY l.kind, l.receiver;

-- name: unformed
-- $1 site, $2 kind, $3 receiver, $4 limit
SELECT s.case_no, s.entry, s.number, s.ordered_at, s.after_entry, s.after_number, s.subject, b.body
FROM send s JOIN lane l ON l.id = s.lane LEFT JOIN send_body b ON b.send = s.id
WHERE l.site = $1 AND l.kind = $2 AND l.receiver = $3 AND s.state = 0 ORDER BY s.id LIMIT $4;

-- name: lock_sends
-- $1 site, $2 cases, $3 entries, $4 numbers. Of two who form the same sends, the second waits here and then finds that they have
-- their message.
SELECT s.state FROM send s JOIN unnest($2::bigint[], $3::bigint[], $4::bigint[]) w (case_no, entry, number)
    ON w.case_no = s.case_no AND w.entry = s.entry AND w.number = s.number
WHERE s.site = $1 ORDER BY s.case_no, s.entry, s.number FOR NO KEY UPDATE OF s;

-- name: add_delivery
-- $1 site, $2 message, $3 kind and $4 receiver of the lane, $5 key, $6 due at
INSERT INTO delivery (message, lane, key, due_at)
SELECT $2::bigint, l.id, $5::text, $6::bigint FROM lane l WHERE l.site = $1 AND l.kind = $3 AND l.receiver = $4 RETURNING message;

-- name: give_message
-- $1 site, $2 cases, $3 entries, $4 numbers, $5 message. The sends belong to it and need their bodies no longer.
WITH formed AS (
    UPDATE send s SET state = 2, message = $5 FROM unnest($2::bigint[], $3::bigint[], $4::bigint[]) w (case_no, entry, number),
        delivery d
    WHERE s.site = $1 AND s.case_no = w.case_no AND s.entry = w.entry AND s.number = w.number AND s.state = 0
        AND d.message = $5 AND d.lane = s.lane RETURNING s.id
), dropped AS (
    DELETE FROM send_body b USING formed WHERE b.send = formed.id
)
SELECT expect(count(*), cardinality($2::bigint[])::bigint, 'a message of a send that does not wait in its lane') FROM formed;

-- name: claim_attempts
-- $1 site, $2 kind, $3 receiver, $4 the cases' time, $5 limit, $6 milliseconds of the lease
WITH due AS (
    SELECT d.message FROM delivery d JOIN lane l ON l.id = d.lane
    WHERE l.site = $1 AND l.kind = $2 AND l.receiver = $3 AND d.due_at <= $4
        AND (d.leased_until IS NULL OR d.leased_until <= machine_time())
    ORDER BY d.due_at, d.message LIMIT $5 FOR NO KEY UPDATE OF d SKIP LOCKED
), claimed AS (
    UPDATE delivery d SET attempts = d.attempts + 1, leased_until = machine_time() + $6 FROM due
    WHERE d.message = due.message RETURNING d.message, d.key, d.attempts, d.due_at
)
SELECT c.message, c.key, c.attempts, m.at, m.content, m.first, m.past
FROM claimed c JOIN message m ON m.id = c.message ORDER BY c.due_at, c.message;

-- name: content_bytes
-- $1 content
SELECT codec, bytes FROM content WHERE id = $1;

-- name: settle_attempt
-- $1 message, $2 number of the attempt, $3 when again or null, $4 why it failed or null. Only the latest attempt at what has not
-- ended: no row for any other.
UPDATE delivery SET due_at = $3, leased_until = NULL, last_failure = coalesce($4, last_failure)
WHERE message = $1 AND attempts = $2 AND due_at IS NOT NULL RETURNING message;

-- name: end_message
-- $1 message, $2 state
UPDATE message SET state = $2 WHERE id = $1;

-- name: settled_sends
-- $1 message. Locked, so that a commit that adds a send after one of them either sees the end or is seen (lock_sends_before).
SELECT case_no, entry, number FROM send WHERE message = $1 ORDER BY case_no, entry, number FOR NO KEY UPDATE;

-- name: free_sends_after
-- $1 site, $2 cases, $3 entries, $4 numbers: of what was delivered
UPDATE send s SET state = 0 FROM unnest($2::bigint[], $3::bigint[], $4::bigint[]) w (case_no, entry, number)
WHERE s.site = $1 AND s.case_no = w.case_no AND s.after_entry = w.entry AND s.after_number = w.number AND s.state = 1;

-- name: end_unformed
-- $1 site, $2 case, $3 entry, $4 number
WITH ended AS (
    UPDATE send SET state = 3 WHERE site = $1 AND case_no = $2 AND entry = $3 AND number = $4 AND state = 0 RETURNING 1
)
SELECT expect(count(*), 1, 'a send that does not wait for its message') FROM ended;

-- name: resend_unformed
-- $1 site, $2 case, $3 entry, $4 number
UPDATE send SET state = 0 WHERE site = $1 AND case_no = $2 AND entry = $3 AND number = $4 AND state = 3 RETURNING id;

-- name: resend_failed
-- $1 site, $2 case, $3 entry, $4 number, $5 at. States 8 and 6 are failed and waiting.
WITH failed AS (
    SELECT m.id FROM send s JOIN message m ON m.id = s.message JOIN delivery d ON d.message = m.id
    WHERE s.site = $1 AND s.case_no = $2 AND s.entry = $3 AND s.number = $4 AND m.state = 8 FOR NO KEY UPDATE OF d, m
), waits AS (
    UPDATE delivery d SET due_at = $5, leased_until = NULL, last_failure = NULL FROM failed WHERE d.message = failed.id
)
UPDATE message m SET state = 6 FROM failed WHERE m.id = failed.id RETURNING m.id;

-- name: send_status
-- $1 site, $2 case, $3 entry, $4 number
SELECT s.state, m.state AS message_state, coalesce(d.attempts, 0) AS attempts, d.last_failure
FROM send s LEFT JOIN message m ON m.id = s.message LEFT JOIN delivery d ON d.message = s.message
WHERE s.site = $1 AND s.case_no = $2 AND s.entry = $3 AND s.number = $4;

-- name: next_delivery_due
-- $1 site, $2 now
SELECT min((SELECT min(d.due_at) FROM delivery d WHERE d.lane = l.id AND d.due_at > $2)) AS due_at FROM lane l WHERE l.site = $1;
