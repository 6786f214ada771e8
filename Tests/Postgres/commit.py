"""Commits of batches in two round trips: lock and read, compare, write."""

from session import SITE, Again, Refused
from values import commitment, leaf

# The lists of rows of a commit, and the statements that write them, in the order in which they are written.
ROWS = {
    "decisions": "add_decisions",
    "findings": "add_findings",
    "postings": "add_postings",
    "adjudicated": "add_adjudicated",
    "lines": "add_claim_lines",
    "states": "set_claim_states",
    "opened": "open_work",
    "ended": "end_work",
    "sends": "add_sends",
    "summary": "put_summaries",
}


def commit(session, commits):
    """Commits each by itself, as many as can be in one transaction. Results are tuples that begin with a word."""
    results = []
    batch = []
    for one in commits:
        # Of one case the later commit follows the earlier, so that it cannot be compared before that is written.
        if any(one.case == other.case for other in batch):
            results += commit_batch(session, batch)
            batch = []
        batch.append(one)
    return results + (commit_batch(session, batch) if batch else [])


def commit_batch(session, batch):
    while True:
        try:
            return try_batch(session, batch)
        except Again:
            session.rollback()
            session.deadlocks += 1
        except Refused as refusal:
            session.rollback()
            if len(batch) == 1:
                return [("refused", str(refusal))]
            # One of them is at fault: each by itself, so that it holds up no other.
            return [commit_batch(session, [one])[0] for one in batch]
        except BaseException:
            session.rollback()
            raise


def try_batch(session, batch):
    known = lock(session, batch)
    session.reach("compared")
    results = [compare(one, known) for one in batch]
    standing = [(one, prepare(one, known)) for one, result in zip(batch, results) if result is None]
    if not standing:
        session.trip(("rollback",))
        return results
    if "written" in session.pauses:
        # Only a check that holds the transaction open asks for a third round trip.
        session.trip(*writes(standing, known))
        session.reach("written")
        session.trip(("commit",))
    else:
        session.trip(*writes(standing, known), ("commit",))
    after = {one.case: position for one, (_, position) in standing}
    return [result or ("committed", after[one.case]) for one, result in zip(batch, results)]


def lock(session, batch):
    """The first round trip."""
    calls = [("begin",), ("lock_heads", SITE, [one.case for one in batch])]
    # In no order: it is the statements that lock in one.
    shared = {key for one in batch for key in [*one.seen, *one.raised]}
    if shared:
        columns = [list(column) for column in zip(*shared)]
        calls += [("ensure_shared_keys", SITE, *columns), ("lock_shared_keys", SITE, *columns)]
    keys = key_columns({key for one in batch for key in one.binds})
    if keys:
        calls += [(name, SITE, *keys) for name in ("ensure_case_keys", "lock_case_keys", "read_case_keys")]
    lanes = {row[2:4] for one in batch for row in one.rows.get("sends", [])}
    if lanes:
        calls.append(("ensure_lanes", SITE, *[list(column) for column in zip(*lanes)]))
    answers = dict(zip([call[0] for call in calls], session.trip(*calls)))
    return {
        "heads": {row["case_no"]: row for row in answers["lock_heads"]},
        "shared": {(row["kind"], row["key"]): row["version"] for row in answers.get("lock_shared_keys", [])},
        "keys": {(row["value"], row["kind"], row["authority"]): row["case_no"] for row in answers.get("read_case_keys", [])},
        "new": [],
    }


def key_columns(keys):
    return columns_of((key.value, key.kind, key.authority) for key in keys)


def compare(one, known):
    """What the comparison says of a commit; None where it stands, and then what it changes is known to those after it."""
    if not one.entries and one.lease is None:
        return ("refused", "neither an entry nor a lease")
    head = known["heads"].get(one.case)
    if head is None or (head["position"], head["leaf"]) != one.expected:
        return ("moved",)
    # Without an entry the position stays: the lease says whether anybody made the case due since.
    if not one.entries and head["lease"] != one.lease:
        return ("moved",)
    for key, version in one.seen.items():
        if known["shared"][key] != version:
            return ("seen changed",)
    for key in one.binds:
        if known["keys"][key.value, key.kind, key.authority] not in (None, one.case):
            return ("taken", key)
    for key in one.raised:
        known["shared"][key] += 1
    for key in one.binds:
        place = (key.value, key.kind, key.authority)
        if known["keys"][place] is None:
            known["keys"][place] = one.case
            known["new"].append((*place, one.case))
    return None


def prepare(one, known):
    """The entries in their places, and the position after them."""
    return chain(one.case, one.entries, one.expected, known["heads"][one.case]["key"])


def chain(case, entries, position, secret):
    placed = []
    sequence, before = position
    for entry in entries:
        sequence += 1
        committed = commitment(entry.body, sequence, secret)
        before = leaf(SITE, case, sequence, entry.at, entry.kind, entry.version, before, committed)
        placed.append((case, sequence, entry.at, entry.kind, entry.version, 0, entry.body, committed, before))
    return placed, (sequence, before)


def columns_of(rows):
    return [list(column) for column in zip(*rows)]


def writes(standing, known):
    """The statements of the second round trip but for the end."""
    calls = []

    def add(name, rows):
        if rows:
            calls.append((name, SITE, *columns_of(rows)))

    add("add_entries", [row for _, (placed, _) in standing for row in placed])
    add("raise_shared_keys", [key for one, _ in standing for key in sorted(one.raised)])
    add("bind_case_keys", known["new"])
    add("release_units", known["new"])
    taken = [(unit, one.case) for one, _ in standing for unit in one.taken]
    if taken:
        calls.append(("lock_unit_messages", SITE, [unit for unit, _ in taken]))
    add("take_units", taken)
    for name, statement in ROWS.items():
        rows = [(one.case, *row) for one, _ in standing for row in one.rows.get(name, [])]
        if name == "lines":
            add("clear_claim_lines", sorted({row[:3] for row in rows}))
        if name == "states":
            rows = list({row[:3]: row for row in rows}.values())
        if name == "sends":
            add("lock_sends_before", [(row[0], *row[7:9]) for row in rows if row[7] is not None])
        add(statement, rows)
    heads = [
        (
            one.case, *one.expected, len(one.entries), position[1], one.due, one.entries[-1].at if one.entries else None,
            one.priority, None if one.entries else one.lease)
        for one, (_, position) in standing
    ]  # fmt: skip
    add("move_heads", heads)
    calls.append(("set_aside_no_longer", SITE, [one.case for one, _ in standing]))
    return calls
