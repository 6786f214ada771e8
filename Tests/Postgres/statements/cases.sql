-- Work: claims, leases, cases set aside, look-ups. Each statement begins with its name; parameters are numbered.
-- Rows are locked with FOR NO KEY UPDATE: writers exclude each other all the same, and the checks of foreign keys, which
-- lock the key alone, do not wait.

-- name: begin
BEGIN ISOLATION LEVEL READ COMMITTED;

-- name: commit
COMMIT;

-- name: rollback
ROLLBACK;

-- name: claim_due
-- $1 site, $2 priority, $3 the cases' time, $4 limit, $5 milliseconds of the lease. Rows that another session has locked are
-- passed over: they are being claimed or committed at this moment. An UPDATE gives its rows in no order of its own.
WITH due AS (
    SELECT site, case_no FROM case_head
    WHERE site = $1 AND priority = $2 AND due_at <= $3 AND (leased_until IS NULL OR leased_until <= machine_time())
    ORDER BY due_at, case_no LIMIT $4 FOR NO KEY UPDATE SKIP LOCKED
), claimed AS (
    UPDATE case_head h SET lease = h.lease + 1, leased_until = machine_time() + $5 FROM due
    WHERE h.site = due.site AND h.case_no = due.case_no
    RETURNING h.case_no, h.position, h.leaf, h.priority, h.lease, h.due_at
)
SELECT case_no, position, leaf, priority, lease FROM claimed ORDER BY due_at, case_no;

-- name: claim_cases
-- $1 site, $2 cases, $3 the cases' time, $4 milliseconds of the lease. Somebody waits for these, so that a row which is locked
-- for a moment is waited for and not passed over.
WITH due AS (
    SELECT site, case_no FROM case_head
    WHERE site = $1 AND case_no = ANY ($2::bigint[]) AND due_at <= $3
        AND (leased_until IS NULL OR leased_until <= machine_time())
    ORDER BY case_no FOR NO KEY UPDATE
), claimed AS (
    UPDATE case_head h SET lease = h.lease + 1, leased_until = machine_time() + $4 FROM due
    WHERE h.site = due.site AND h.case_no = due.case_no RETURNING h.case_no, h.position, h.leaf, h.priority, h.lease
)
SELECT case_no, position, leaf, priority, lease FROM claimed ORDER BY array_position($2::bigint[], case_no);

-- name: released_units
-- $1 site, $2 cases, $3 limit for each. Units that belong to the cases and are in none of their entries yet, oldest first: as many
-- as one commit can take.
SELECT u.case_no, u.id, u.message, u.kind, u.version, u.body FROM unnest($2::bigint[]) c (case_no)
CROSS JOIN LATERAL (SELECT * FROM waiting_unit w WHERE w.site = $1 AND w.case_no = c.case_no ORDER BY w.id LIMIT $3) u
ORDER BY u.case_no, u.id;

-- name: release_leases
-- $1 site, $2 cases, $3 their leases. A lease that another has by now is not given back by who had it before. Locked in order
-- first, since an UPDATE takes its rows in any.
WITH held AS (
    SELECT h.site, h.case_no FROM case_head h
    JOIN unnest($2::bigint[], $3::bigint[]) w (case_no, lease) ON w.case_no = h.case_no AND w.lease = h.lease
    WHERE h.site = $1 ORDER BY h.case_no FOR NO KEY UPDATE OF h
)
UPDATE case_head h SET leased_until = NULL FROM held WHERE h.site = held.site AND h.case_no = held.case_no;

-- name: put_off
-- $1 site, $2 cases, $3 their leases, $4 until when. A case that was made due meanwhile has another lease.
WITH held AS (
    SELECT h.site, h.case_no FROM case_head h
    JOIN unnest($2::bigint[], $3::bigint[]) w (case_no, lease) ON w.case_no = h.case_no AND w.lease = h.lease
    WHERE h.site = $1 ORDER BY h.case_no FOR NO KEY UPDATE OF h
)
UPDATE case_head h SET due_at = $4, leased_until = NULL FROM held WHERE h.site = held.site AND h.case_no = held.case_no;

-- name: set_aside
-- $1 site, $2 case, $3 lease, $4 position, $5 reason, $6 detail, $7 program, $8 now, $9 when to try again. Whoever has the case
-- now, or whatever came since, is not held up by what went wrong before.
WITH held AS (
    UPDATE case_head SET due_at = $9, leased_until = NULL
    WHERE site = $1 AND case_no = $2 AND lease = $3 AND position = $4 RETURNING site, case_no
)
INSERT INTO set_aside AS s (site, case_no, reason, detail, attempts, program, since, retry_at)
SELECT site, case_no, $5, $6, 1, $7, $8, $9 FROM held
ON CONFLICT (site, case_no) DO UPDATE SET reason = excluded.reason, detail = excluded.detail, attempts = s.attempts + 1,
    program = excluded.program, retry_at = excluded.retry_at;

-- name: cases_set_aside
-- $1 site, $2 after which, $3 limit
SELECT case_no, reason, detail, attempts, program, since, retry_at FROM set_aside
WHERE site = $1 AND case_no > $2 ORDER BY case_no LIMIT $3;

-- name: retry
-- $1 site, $2 case, $3 now. The head first, as everybody locks; no row where the case is not set aside. The lease rises, so that
-- whoever has the case now does not put it off.
WITH head AS (
    SELECT site, case_no FROM case_head WHERE site = $1 AND case_no = $2 FOR NO KEY UPDATE
), again AS (
    UPDATE set_aside s SET retry_at = $3 FROM head WHERE s.site = head.site AND s.case_no = head.case_no
    RETURNING s.site, s.case_no
)
UPDATE case_head h SET due_at = least(h.due_at, $3), lease = h.lease + 1, leased_until = NULL FROM again
WHERE h.site = again.site AND h.case_no = again.case_no RETURNING h.case_no;

-- name: next_case_due
-- $1 site, $2 now. By priority, so that each is one step in the index.
SELECT min(due_at) AS due_at FROM (
    SELECT min(due_at) AS due_at FROM case_head WHERE site = $1 AND priority = 0 AND due_at > $2
    UNION ALL SELECT min(due_at) FROM case_head WHERE site = $1 AND priority = 1 AND due_at > $2
) AS priorities;

-- name: shared_version
-- $1 site, $2 kind, $3 key. In a statement of its own before the lines: of what is committed in between, the version is then
-- older than the lines, and the commit finds it out. The other way round it would not.
SELECT coalesce((SELECT version FROM shared_key WHERE site = $1 AND kind = $2 AND key = $3), 0) AS version;

-- name: member_lines
-- $1 site, $2 payer, $3 member, $4 from, $5 to, $6 the asking case
SELECT case_no, claim_entry, claim_number, line, control_number, original, payer, member, billing_npi, rendering_npi,
    service_date, procedure, modifiers, charge, units, "authorization", state
FROM claim_line WHERE site = $1 AND member = $3 AND service_date BETWEEN $4 AND $5 AND payer = $2 AND case_no != $6
ORDER BY case_no, claim_entry, claim_number, line;

-- name: authorization_lines
-- $1 site, $2 payer, $3 number, $4 the asking case
SELECT case_no, claim_entry, claim_number, line, control_number, original, payer, member, billing_npi, rendering_npi,
    service_date, procedure, modifiers, charge, units, "authorization", state
FROM claim_line WHERE site = $1 AND "authorization" = $3 AND payer = $2 AND case_no != $4
ORDER BY case_no, claim_entry, claim_number, line;

-- name: denial_patterns
-- $1 site, $2 payer, $3 procedures, $4 limit. In one order whatever the store gives, since a decision rests on it.
SELECT p.payer, p.procedure, p.modifiers, p.denial_group, p.reason, p.denied, coalesce(c.lines, 0) AS lines, p.amount
FROM denial_pattern p LEFT JOIN adjudicated_count c
    ON c.site = p.site AND c.payer = p.payer AND c.procedure = p.procedure AND c.modifiers = p.modifiers
WHERE p.site = $1 AND p.payer = $2 AND p.procedure = ANY ($3::text[])
ORDER BY p.denied DESC, p.procedure, p.modifiers, p.denial_group, p.reason LIMIT $4;

-- name: taken_keys
-- $1 site, $2 values, $3 kinds, $4 authorities, $5 the asking case. Those that lead to other cases, in the order of the question,
-- as far as the first that does not.
WITH asked AS (
    SELECT w.place, w.value, w.kind, w.authority, k.case_no
    FROM unnest($2::text[], $3::text[], $4::text[]) WITH ORDINALITY w (value, kind, authority, place)
    LEFT JOIN case_key k ON k.site = $1 AND k.value = w.value AND k.kind = w.kind AND k.authority = w.authority
)
SELECT a.value, a.kind, a.authority FROM asked a
WHERE NOT EXISTS (SELECT 1 FROM asked b WHERE b.place <= a.place AND (b.case_no IS NULL OR b.case_no = $5)) ORDER BY a.place;

-- name: setting
-- $1 site, $2 name
SELECT value FROM setting WHERE site = $1 AND name = $2;

-- name: provider
-- $1 site, $2 NPI
SELECT body FROM provider WHERE site = $1 AND npi = $2;

-- name: usual_charges
-- $1 site, $2 procedures; a row for each, in the order of the question
SELECT u.amount FROM unnest($2::text[]) WITH ORDINALITY q (procedure, place)
LEFT JOIN usual_charge u ON u.site = $1 AND u.procedure = q.procedure ORDER BY q.place;

-- name: take_behind
-- $1 site, $2 limit of rows. The next entries that the patterns do not hold, whole ones: a line with several denials is one
-- line. Two who follow at once take different entries.
WITH next AS (
    SELECT id, rows FROM adjudicated_behind WHERE site = $1 ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED
), chosen AS (
    SELECT id FROM (SELECT id, sum(rows) OVER (ORDER BY id) - rows AS before FROM next) AS summed WHERE before < $2
)
DELETE FROM adjudicated_behind b USING chosen WHERE b.id = chosen.id RETURNING b.case_no, b.entry, b.rows;

-- name: count_denials
-- $1 site, $2 cases, $3 their entries. Sorted, since two who follow at once may raise the same patterns.
INSERT INTO denial_pattern AS p (site, payer, procedure, modifiers, denial_group, reason, denied, amount)
SELECT a.site, a.payer, a.procedure, a.modifiers, a.denial_group, a.reason, count(*), sum(a.amount)
FROM adjudicated a JOIN unnest($2::bigint[], $3::bigint[]) w (case_no, entry) ON w.case_no = a.case_no AND w.entry = a.entry
WHERE a.site = $1 AND a.reason IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
ON CONFLICT (site, payer, procedure, modifiers, denial_group, reason)
    DO UPDATE SET denied = p.denied + excluded.denied, amount = p.amount + excluded.amount;

-- name: count_lines
-- $1 site, $2 cases, $3 their entries
INSERT INTO adjudicated_count AS c (site, payer, procedure, modifiers, lines)
SELECT site, payer, procedure, modifiers, count(*) FROM (
    SELECT DISTINCT a.site, a.case_no, a.entry, a.line, a.payer, a.procedure, a.modifiers
    FROM adjudicated a JOIN unnest($2::bigint[], $3::bigint[]) w (case_no, entry) ON w.case_no = a.case_no AND w.entry = a.entry
    WHERE a.site = $1) AS lines
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
ON CONFLICT (site, payer, procedure, modifiers) DO UPDATE SET lines = c.lines + excluded.lines;

-- name: put_generation
-- $1 digest, $2 at, $3 codec, $4 manifest
INSERT INTO generation (digest, at, codec, manifest) VALUES ($1, $2, $3, $4) ON CONFLICT (digest) DO NOTHING;
