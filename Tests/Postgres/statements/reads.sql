-- What is read back: heads, entries, and the rows that `verify` compares.

-- name: head
-- $1 site, $2 case
SELECT position, leaf, kind, opened_at, priority, due_at, lease FROM case_head WHERE site = $1 AND case_no = $2;

-- name: secret
-- $1 site, $2 case
SELECT key FROM case_secret WHERE site = $1 AND case_no = $2;

-- name: last_case
-- $1 site
SELECT coalesce((SELECT value FROM counter WHERE site = $1 AND name = 'case'), 0) AS value;

-- name: tails
-- $1 site, $2 cases, $3 the sequences after which their entries are wanted; `place` is that of the question
SELECT q.place, j.case_no, j.seq, j.at, j.kind, j.version, j.codec, j.body, j.commitment, j.leaf
FROM unnest($2::bigint[], $3::bigint[]) WITH ORDINALITY q (case_no, after, place)
JOIN journal j ON j.site = $1 AND j.case_no = q.case_no AND j.seq > q.after ORDER BY q.place, j.seq;

-- name: case_messages
-- $1 site, $2 case
SELECT m.id, m.state FROM message_case c JOIN message m ON m.id = c.message WHERE c.site = $1 AND c.case_no = $2 ORDER BY m.id;

-- name: message_state
-- $1 site, $2 message
SELECT state FROM message WHERE site = $1 AND id = $2;

-- name: find_by_value
-- $1 site, $2 a value of a key of any kind, for people who search
SELECT case_no FROM case_key WHERE site = $1 AND value = $2 AND case_no IS NOT NULL ORDER BY kind, authority LIMIT 1;

-- name: patterns_behind
-- $1 site
SELECT coalesce(sum(rows), 0)::bigint AS rows FROM adjudicated_behind WHERE site = $1;

-- name: most_frequent_patterns
-- $1 site, $2 limit
SELECT p.payer, p.procedure, p.modifiers, p.denial_group, p.reason, p.denied, coalesce(c.lines, 0) AS lines, p.amount
FROM denial_pattern p LEFT JOIN adjudicated_count c
    ON c.site = p.site AND c.payer = p.payer AND c.procedure = p.procedure AND c.modifiers = p.modifiers
WHERE p.site = $1 ORDER BY p.denied DESC, p.payer, p.procedure, p.modifiers, p.denial_group, p.reason LIMIT $2;

-- name: rows_decisions
-- $1 site, $2 case
SELECT d.entry, d.stage, d.reason, d.outcome, d.made_at, g.digest FROM decision d JOIN generation g ON g.id = d.generation
WHERE d.site = $1 AND d.case_no = $2 ORDER BY d.entry;

-- name: rows_findings
-- $1 site, $2 case
SELECT entry, number, stage, check_id, answer, stops, after_sending, control_number FROM finding
WHERE site = $1 AND case_no = $2 ORDER BY entry, number;

-- name: rows_postings
-- $1 site, $2 case
SELECT entry, number, at, control_number, payer, charge, paid, patient, contractual, denied, written_off, follow_up FROM posting
WHERE site = $1 AND case_no = $2 ORDER BY entry, number;

-- name: rows_adjudicated
-- $1 site, $2 case
SELECT entry, number, payer, procedure, modifiers, line, denial_group, reason, amount FROM adjudicated
WHERE site = $1 AND case_no = $2 ORDER BY entry, number;

-- name: rows_lines
-- $1 site, $2 case
SELECT case_no, claim_entry, claim_number, line, control_number, original, payer, member, billing_npi, rendering_npi,
    service_date, procedure, modifiers, charge, units, "authorization", state
FROM claim_line WHERE site = $1 AND case_no = $2 ORDER BY claim_entry, claim_number, line;

-- name: rows_work
-- $1 site, $2 case
SELECT entry, number, stage, kind, amount, opened_at, deadline, state, ended_at, ended_by FROM work_item
WHERE site = $1 AND case_no = $2 ORDER BY entry, number;

-- name: rows_sends
-- $1 site, $2 case
SELECT s.entry, s.number, l.kind, l.receiver, b.body, s.ordered_at, s.after_entry, s.after_number, s.subject
FROM send s JOIN lane l ON l.id = s.lane LEFT JOIN send_body b ON b.send = s.id
WHERE s.site = $1 AND s.case_no = $2 ORDER BY s.entry, s.number;

-- name: rows_summary
-- $1 site, $2 case
SELECT title, stage, state, payer, service_date, charge, paid FROM case_summary WHERE site = $1 AND case_no = $2;

-- name: orphans
-- $1 site: rows of a case that is not there, or of an entry that is not
SELECT t.name, t.case_no, t.entry FROM (
    SELECT 'case_secret' AS name, site, case_no, NULL::bigint AS entry FROM case_secret
    UNION ALL SELECT 'case_summary', site, case_no, NULL FROM case_summary
    UNION ALL SELECT 'set_aside', site, case_no, NULL FROM set_aside
    UNION ALL SELECT 'message_case', site, case_no, NULL FROM message_case
    UNION ALL SELECT 'decision', site, case_no, entry FROM decision
    UNION ALL SELECT 'finding', site, case_no, entry FROM finding
    UNION ALL SELECT 'posting', site, case_no, entry FROM posting
    UNION ALL SELECT 'adjudicated', site, case_no, entry FROM adjudicated
    UNION ALL SELECT 'adjudicated_behind', site, case_no, entry FROM adjudicated_behind
    UNION ALL SELECT 'claim_line', site, case_no, claim_entry FROM claim_line
    UNION ALL SELECT 'send', site, case_no, entry FROM send
    UNION ALL SELECT 'work_item', site, case_no, entry FROM work_item
) t
WHERE t.site = $1 AND (NOT EXISTS (SELECT 1 FROM case_head h WHERE h.site = t.site AND h.case_no = t.case_no)
    OR t.entry IS NOT NULL AND NOT EXISTS
        (SELECT 1 FROM journal j WHERE j.site = t.site AND j.case_no = t.case_no AND j.seq = t.entry));

-- name: unsent
-- $1 site: messages that go out, and are neither of a send nor an answer; there must be none
SELECT m.id FROM message m WHERE m.site = $1 AND m.direction = 1
    AND NOT EXISTS (SELECT 1 FROM send s WHERE s.message = m.id)
    AND NOT EXISTS (SELECT 1 FROM answer a WHERE a.message = m.id);

-- name: untidy
-- $1 site: units that wait for a key which leads to a case; there must be none
SELECT count(*) AS n FROM waiting_unit u JOIN case_key k ON k.site = u.site AND k.value = u.key_value AND k.kind = u.key_kind
    AND k.authority = u.key_authority
WHERE u.site = $1 AND u.case_no IS NULL AND k.case_no IS NOT NULL;
