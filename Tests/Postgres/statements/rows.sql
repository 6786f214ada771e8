-- The rows that follow from entries, for all cases of a batch; each is given column by column.

-- name: add_decisions
-- $1 site, $2 cases, $3 entries, $4 stages, $5 reasons, $6 outcomes, $7 times, $8 digests of generations
WITH given AS (
    SELECT * FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bytea[])
        w (case_no, entry, stage, reason, outcome, made_at, digest)
), added AS (
    INSERT INTO decision (site, case_no, entry, stage, reason, outcome, made_at, generation)
    SELECT $1::integer, w.case_no, w.entry, w.stage, w.reason, w.outcome, w.made_at, g.id
    FROM given w JOIN generation g ON g.digest = w.digest RETURNING 1
)
SELECT expect(count(*), cardinality($2::bigint[])::bigint, 'a decision in a generation that was not put') FROM added;

-- name: add_findings
-- $1 site, then case, entry, number, stage, check, answer, stops, after sending, control number
INSERT INTO finding (site, case_no, entry, number, stage, check_id, answer, stops, after_sending, control_number)
SELECT $1::integer, w.* FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[],
    $8::boolean[], $9::boolean[], $10::text[]) w;

-- name: add_postings
-- $1 site, then case, entry, number, time, control number, payer, charge, paid, patient, contractual, denied, written off, follow-up
INSERT INTO posting (site, case_no, entry, number, at, control_number, payer, charge, paid, patient, contractual, denied,
    written_off, follow_up)
SELECT $1::integer, w.* FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::text[],
    $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::boolean[]) w;

-- name: add_adjudicated
-- $1 site, then case, entry, number, payer, procedure, modifiers, line, group, reason, amount. A commit raises no counter; it says
-- that there is something to count.
WITH added AS (
    INSERT INTO adjudicated (site, case_no, entry, number, payer, procedure, modifiers, line, denial_group, reason, amount)
    SELECT $1::integer, w.* FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[],
        $8::bigint[], $9::text[], $10::text[], $11::bigint[]) w
    RETURNING site, case_no, entry
)
INSERT INTO adjudicated_behind (site, case_no, entry, rows) SELECT site, case_no, entry, count(*) FROM added GROUP BY 1, 2, 3;

-- name: clear_claim_lines
-- $1 site, $2 cases, $3 and $4 claims. The lines given for a claim are all that it has.
DELETE FROM claim_line l USING unnest($2::bigint[], $3::bigint[], $4::bigint[]) w (case_no, claim_entry, claim_number)
WHERE l.site = $1 AND l.case_no = w.case_no AND l.claim_entry = w.claim_entry AND l.claim_number = w.claim_number;

-- name: add_claim_lines
-- $1 site, then case, claim (entry, number), line, control number, original, payer, member, billing NPI, rendering NPI, service date,
-- procedure, modifiers, charge, units, authorization, state
INSERT INTO claim_line (site, case_no, claim_entry, claim_number, line, control_number, original, payer, member, billing_npi,
    rendering_npi, service_date, procedure, modifiers, charge, units, "authorization", state)
SELECT $1::integer, w.* FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::boolean[],
    $8::text[], $9::text[], $10::text[], $11::text[], $12::integer[], $13::text[], $14::text[], $15::bigint[],
    $16::bigint[], $17::text[], $18::text[]) w;

-- name: set_claim_states
-- $1 site, $2 cases, $3 and $4 claims, $5 states: one for each claim, the last that it came to
WITH given AS (
    SELECT * FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[]) w (case_no, claim_entry, claim_number, state)
), changed AS (
    UPDATE claim_line l SET state = w.state FROM given w
    WHERE l.site = $1 AND l.case_no = w.case_no AND l.claim_entry = w.claim_entry AND l.claim_number = w.claim_number
    RETURNING l.case_no, l.claim_entry, l.claim_number
)
SELECT expect(count(DISTINCT (case_no, claim_entry, claim_number)), cardinality($2::bigint[])::bigint,
    'a state of a claim that has no lines') FROM changed;

-- name: open_work
-- $1 site, then case, entry, number, stage, kind, amount, opened at, deadline
INSERT INTO work_item (site, case_no, entry, number, stage, kind, amount, opened_at, deadline)
SELECT $1::integer, w.* FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::bigint[],
    $8::bigint[], $9::bigint[]) w;

-- name: end_work
-- $1 site, $2 cases, $3 entries, $4 numbers, $5 states, $6 times, $7 by whom
WITH ended AS (
    UPDATE work_item i SET state = w.state, ended_at = w.ended_at, ended_by = w.ended_by
    FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::smallint[], $6::bigint[], $7::text[])
        w (case_no, entry, number, state, ended_at, ended_by)
    WHERE i.site = $1 AND i.case_no = w.case_no AND i.entry = w.entry AND i.number = w.number AND i.state = 0 RETURNING 1
)
SELECT expect(count(*), cardinality($2::bigint[])::bigint, 'the end of a work item that is not open') FROM ended;

-- name: lock_sends_before
-- $1 site, $2 cases, $3 entries, $4 numbers: what the sends wait for. A delivery that ends at this moment would not see the new sends,
-- nor these that it has ended; who settles locks the same rows (settled_sends).
SELECT s.id FROM send s
JOIN (SELECT DISTINCT case_no, entry, number FROM unnest($2::bigint[], $3::bigint[], $4::bigint[]) u (case_no, entry, number)) w
    ON w.case_no = s.case_no AND w.entry = s.entry AND w.number = s.number
WHERE s.site = $1 ORDER BY s.case_no, s.entry, s.number FOR NO KEY UPDATE OF s;

-- name: add_sends
-- $1 site, then case, entry, number, kind and receiver of the lane, body, ordered at, after (entry, number), subject. What
-- goes before a send and has not come to its end holds it (1), also where it is added by this statement. Ends are a send that can
-- have no message (3) and a message that was delivered or has failed (7, 8). A send is as urgent as its case is now.
WITH given AS (
    SELECT * FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::bytea[], $8::bigint[],
        $9::bigint[], $10::bigint[], $11::text[])
        w (case_no, entry, number, kind, receiver, body, ordered_at, after_entry, after_number, subject)
), added AS (
    INSERT INTO send (site, case_no, entry, number, lane, state, priority, ordered_at, after_entry, after_number, subject)
    SELECT $1::integer, w.case_no, w.entry, w.number, l.id,
        CASE WHEN w.after_entry IS NULL OR EXISTS (
            SELECT 1 FROM send b LEFT JOIN message m ON m.id = b.message WHERE b.site = $1 AND b.case_no = w.case_no
                AND b.entry = w.after_entry AND b.number = w.after_number AND (b.state = 3 OR m.state IN (7, 8))) THEN 0 ELSE 1 END,
        h.priority, w.ordered_at, w.after_entry, w.after_number, w.subject
    FROM given w JOIN lane l ON l.site = $1 AND l.kind = w.kind AND l.receiver = w.receiver
    JOIN case_head h ON h.site = $1 AND h.case_no = w.case_no
    ORDER BY w.case_no, w.entry, w.number RETURNING id, case_no, entry, number
), bodies AS (
    INSERT INTO send_body (send, body)
    SELECT a.id, w.body FROM added a
    JOIN given w ON w.case_no = a.case_no AND w.entry = a.entry AND w.number = a.number RETURNING 1
)
SELECT expect(count(*), cardinality($2::bigint[])::bigint, 'a send without its lane', 'CW002') FROM bodies;

-- name: put_summaries
-- $1 site, then case, title, stage, state, payer, service date, charge, paid
INSERT INTO case_summary (site, case_no, title, stage, state, payer, service_date, charge, paid)
SELECT $1::integer, w.* FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::integer[],
    $8::bigint[], $9::bigint[]) w
ON CONFLICT (site, case_no) DO UPDATE SET title = excluded.title, stage = excluded.stage, state = excluded.state,
    payer = excluded.payer, service_date = excluded.service_date, charge = excluded.charge, paid = excluded.paid;
