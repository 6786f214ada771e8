-- Deliveries, lane by lane: sends, messages made of them, attempts. Deliveries are locked before their lane, then messages, and
-- these before sends. A commit that adds a send locks the key of its lane alone, and does not wait for who settles.

-- name: lanes
-- $1 site, $2 the cases' time
SELECT l.kind, l.receiver FROM lane l WHERE l.site = $1 AND (
    EXISTS (SELECT 1 FROM send s WHERE s.lane = l.id AND s.state = 0)
    OR ((l.due_at IS NULL OR l.due_at <= $2) AND EXISTS (SELECT 1 FROM delivery d
        WHERE d.lane = l.id AND d.priority IN (0, 1) AND d.due_at <= $2
            AND (d.leased_until IS NULL OR d.leased_until <= machine_time()))))
ORDER BY l.kind, l.receiver;

-- name: unformed
-- $1 site, $2 kind, $3 receiver, $4 limit. The most urgent first, and of those the oldest.
SELECT s.case_no, s.entry, s.number, s.priority, s.ordered_at, s.after_entry, s.after_number, s.subject, b.body
FROM send s JOIN lane l ON l.id = s.lane LEFT JOIN send_body b ON b.send = s.id
WHERE l.site = $1 AND l.kind = $2 AND l.receiver = $3 AND s.state = 0 ORDER BY s.priority, s.id LIMIT $4;

-- name: lock_sends
-- $1 site, $2 cases, $3 entries, $4 numbers. Of two who form the same sends, the second waits here and then finds that they have
-- their message.
SELECT s.state FROM send s JOIN unnest($2::bigint[], $3::bigint[], $4::bigint[]) w (case_no, entry, number)
    ON w.case_no = s.case_no AND w.entry = s.entry AND w.number = s.number
WHERE s.site = $1 ORDER BY s.case_no, s.entry, s.number FOR NO KEY UPDATE OF s;

-- name: give_message
-- $1 site, $2 cases, $3 entries, $4 numbers, $5 message, $6 kind and $7 receiver of its lane. The sends belong to it and need their
-- bodies no longer.
WITH formed AS (
    UPDATE send s SET state = 2, message = $5 FROM unnest($2::bigint[], $3::bigint[], $4::bigint[]) w (case_no, entry, number),
        lane l
    WHERE s.site = $1 AND s.case_no = w.case_no AND s.entry = w.entry AND s.number = w.number AND s.state = 0
        AND l.id = s.lane AND l.site = $1 AND l.kind = $6 AND l.receiver = $7 RETURNING s.id
), dropped AS (
    DELETE FROM send_body b USING formed WHERE b.send = formed.id
)
SELECT expect(count(*), cardinality($2::bigint[])::bigint, 'a message of a send that does not wait in its lane') FROM formed;

-- name: add_delivery
-- $1 site, $2 message that has its sends, $3 kind and $4 receiver of the lane, $5 key, $6 due at. As urgent as the most
-- urgent of them.
INSERT INTO delivery (message, lane, key, priority, due_at)
SELECT $2::bigint, l.id, $5::text, (SELECT min(s.priority) FROM send s WHERE s.message = $2), $6::bigint
FROM lane l WHERE l.site = $1 AND l.kind = $3 AND l.receiver = $4;

-- name: claim_attempts
-- $1 site, $2 kind, $3 receiver, $4 the cases' time, $5 limit, $6 milliseconds of the lease, $7 so many bytes, and one message
-- more. None while the lane waits for its receiver. What is locked and not chosen is free again when the transaction ends.
WITH due AS (
    SELECT d.message, d.priority, d.due_at, m.past - m.first AS bytes
    FROM delivery d JOIN lane l ON l.id = d.lane JOIN message m ON m.id = d.message
    WHERE l.site = $1 AND l.kind = $2 AND l.receiver = $3 AND d.due_at <= $4 AND (l.due_at IS NULL OR l.due_at <= $4)
        AND (d.leased_until IS NULL OR d.leased_until <= machine_time())
    ORDER BY d.priority, d.due_at, d.message LIMIT $5 FOR NO KEY UPDATE OF d SKIP LOCKED
), chosen AS (
    SELECT message FROM (SELECT message, sum(bytes) OVER (ORDER BY priority, due_at, message) - bytes AS before FROM due) AS summed
    WHERE before < $7
), claimed AS (
    UPDATE delivery d SET attempts = d.attempts + 1, leased_until = machine_time() + $6 FROM chosen
    WHERE d.message = chosen.message RETURNING d.message, d.lane, d.key, d.attempts, d.due_at, d.priority
)
SELECT c.message, c.key, c.attempts, c.priority, l.failures, l.failing_since, m.at, m.content, m.first, m.past
FROM claimed c JOIN lane l ON l.id = c.lane JOIN message m ON m.id = c.message ORDER BY c.priority, c.due_at, c.message;

-- name: claim_overdue
-- $1 site, $2 kind, $3 receiver, $4 a time, $5 limit, $6 milliseconds of the lease, $7 as above. Those that were formed before the
-- time, whether they or their lane are due or not: what has waited too long.
WITH due AS (
    SELECT d.message, m.past - m.first AS bytes FROM delivery d JOIN lane l ON l.id = d.lane JOIN message m ON m.id = d.message
    WHERE l.site = $1 AND l.kind = $2 AND l.receiver = $3 AND d.due_at IS NOT NULL AND m.at < $4
        AND (d.leased_until IS NULL OR d.leased_until <= machine_time())
    ORDER BY d.message LIMIT $5 FOR NO KEY UPDATE OF d SKIP LOCKED
), chosen AS (
    SELECT message FROM (SELECT message, sum(bytes) OVER (ORDER BY message) - bytes AS before FROM due) AS summed
    WHERE before < $7
), claimed AS (
    UPDATE delivery d SET attempts = d.attempts + 1, leased_until = machine_time() + $6 FROM chosen
    WHERE d.message = chosen.message RETURNING d.message, d.lane, d.key, d.attempts, d.due_at, d.priority
)
SELECT c.message, c.key, c.attempts, c.priority, l.failures, l.failing_since, m.at, m.content, m.first, m.past
FROM claimed c JOIN lane l ON l.id = c.lane JOIN message m ON m.id = c.message ORDER BY c.message;

-- name: release_attempts
-- $1 messages, $2 numbers of their attempts. Those that were not made: they are as due as they were, and do not count. An attempt
-- that another has begun by now is not given back by who had the one before.
WITH held AS (
    SELECT d.message FROM delivery d JOIN unnest($1::bigint[], $2::bigint[]) w (message, attempts)
        ON w.message = d.message AND w.attempts = d.attempts
    WHERE d.due_at IS NOT NULL ORDER BY d.message FOR NO KEY UPDATE OF d
)
UPDATE delivery d SET attempts = d.attempts - 1, leased_until = NULL FROM held WHERE d.message = held.message;

-- name: content_bytes
-- $1 content
SELECT codec, bytes FROM content WHERE id = $1;

-- name: settle_attempt
-- $1 message, $2 number of the attempt, $3 when again or null, $4 why it failed or null. Only the latest attempt at what has not
-- ended: no row for any other.
UPDATE delivery SET due_at = $3, leased_until = NULL, last_failure = coalesce($4, last_failure)
WHERE message = $1 AND attempts = $2 AND due_at IS NOT NULL RETURNING lane;

-- name: lane_reached
-- $1 lane: whatever was wrong with its receiver is over
UPDATE lane SET due_at = NULL, failures = 0, failing_since = NULL WHERE id = $1 AND failures > 0;

-- name: lane_waits
-- $1 lane, $2 until when nothing goes by it, $3 at
UPDATE lane SET due_at = $2, failures = failures + 1, failing_since = coalesce(failing_since, $3) WHERE id = $1;

-- name: end_message
-- $1 message, $2 state
UPDATE message SET state = $2 WHERE id = $1;

-- name: settled_sends
-- $1 message. Locked, so that a commit that adds a send after one of them either sees the end or is seen (lock_sends_before).
SELECT case_no, entry, number FROM send WHERE message = $1 ORDER BY case_no, entry, number FOR NO KEY UPDATE;

-- name: free_sends_after
-- $1 site, $2 cases, $3 entries, $4 numbers: of what has ended, whatever end it was. Where it had to be success, what is sent again
-- after a refusal would wait for ever. In a statement of its own after the locks (settled_sends, end_unformed): it sees the sends
-- that were added meanwhile.
UPDATE send s SET state = 0 FROM unnest($2::bigint[], $3::bigint[], $4::bigint[]) w (case_no, entry, number)
WHERE s.site = $1 AND s.case_no = w.case_no AND s.after_entry = w.entry AND s.after_number = w.number AND s.state = 1;

-- name: end_unformed
-- $1 site, $2 case, $3 entry, $4 number
WITH ended AS (
    UPDATE send SET state = 3 WHERE site = $1 AND case_no = $2 AND entry = $3 AND number = $4 AND state = 0 RETURNING 1
)
SELECT expect(count(*), 1, 'a send that does not wait for its message') FROM ended;

-- name: send_status
-- $1 site, $2 case, $3 entry, $4 number
SELECT s.state, m.state AS message_state, coalesce(d.attempts, 0) AS attempts, d.last_failure
FROM send s LEFT JOIN message m ON m.id = s.message LEFT JOIN delivery d ON d.message = s.message
WHERE s.site = $1 AND s.case_no = $2 AND s.entry = $3 AND s.number = $4;

-- name: lane_status
-- $1 site. How deliveries stand in each lane; the oldest waits to be formed or to be delivered, and the attempts are those at the
-- oldest that is formed.
SELECT l.kind, l.receiver, u.n AS unformed,
    (SELECT count(*) FROM delivery d WHERE d.lane = l.id AND d.due_at IS NOT NULL) AS waiting,
    (SELECT count(*) FROM message m JOIN delivery d ON d.message = m.id WHERE m.site = $1 AND m.state = 8 AND d.lane = l.id)
        + (SELECT count(*) FROM send s WHERE s.lane = l.id AND s.state = 3) AS failed,
    least(o.at, u.at) AS oldest, coalesce(o.attempts, 0) AS attempts, l.failing_since, l.due_at
FROM lane l
CROSS JOIN LATERAL (
    SELECT count(*) AS n, min(s.ordered_at) AS at FROM send s WHERE s.lane = l.id AND s.state IN (0, 1)
) u
LEFT JOIN LATERAL (
    SELECT m.at, d.attempts FROM delivery d JOIN message m ON m.id = d.message
    WHERE d.lane = l.id AND d.due_at IS NOT NULL ORDER BY d.message LIMIT 1
) o ON true
WHERE l.site = $1 ORDER BY l.kind, l.receiver;

-- name: next_delivery_due
-- $1 site, $2 now. By lane and priority, so that each is one step in the index. A lane that waits for its receiver is due when it
-- is tried again, where it has anything at all: greatest() passes over NULL, so that what is not there must not come to it.
SELECT min(CASE WHEN l.due_at > $2
    THEN (SELECT greatest(l.due_at, d.due_at) FROM delivery d
        WHERE d.lane = l.id AND d.priority = p.priority AND d.due_at IS NOT NULL ORDER BY d.due_at LIMIT 1)
    ELSE (SELECT min(d.due_at) FROM delivery d WHERE d.lane = l.id AND d.priority = p.priority AND d.due_at > $2)
    END) AS due_at
FROM lane l CROSS JOIN (VALUES (0::smallint), (1::smallint)) p (priority) WHERE l.site = $1;
