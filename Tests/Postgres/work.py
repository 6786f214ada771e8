"""Claims, leases, cases set aside, look-ups, and reading back."""

from commit import key_columns
from session import SITE
from values import MOST_ENTRIES, START, Key, Work, authorization, commitment, leaf, member

LINE = (
    "claim_entry", "claim_number", "line", "control_number", "original", "payer", "member", "billing_npi",
    "rendering_npi", "service_date", "procedure", "modifiers", "charge", "units", "authorization", "state",
)  # fmt: skip


def claim_work(session, priority, limit, now, lease=30_000):
    return claim(session, ("claim_due", SITE, priority, now, limit, lease))


def claim_cases(session, cases, now, lease=30_000):
    return claim(session, ("claim_cases", SITE, cases, now, lease))


def claim(session, call):
    def body():
        rows = session.rows(*call)
        session.reach("claimed")
        released = {row["case_no"]: [] for row in rows}
        for unit in session.rows("released_units", SITE, list(released), MOST_ENTRIES):
            released[unit["case_no"]].append(unit)
        return [
            Work(
                row["case_no"], (row["position"], row["leaf"]), row["priority"], row["lease"],
                tuple((unit["id"], unit["message"], unit["body"]) for unit in released[row["case_no"]]))
            for row in rows
        ]  # fmt: skip

    return session.transaction(body)


def release(session, work):
    session.trip(("release_leases", SITE, [one.case for one in work], [one.lease for one in work]))


def put_off(session, work, until):
    session.trip(("put_off", SITE, [one.case for one in work], [one.lease for one in work], until))


def set_aside(session, work, reason, detail, program, now, retry_at):
    session.trip(("set_aside", SITE, work.case, work.lease, work.position[0], reason, detail, program, now, retry_at))


def cases_set_aside(session, limit=9, after=0):
    return [tuple(row.values()) for row in session.rows("cases_set_aside", SITE, after, limit)]


def retry(session, case, now):
    return session.row("retry", SITE, case, now) is not None


def next_case_due(session, now):
    return session.row("next_case_due", SITE, now)["due_at"]


def member_lines(session, payer, number, first, last, asking):
    version = session.row("shared_version", SITE, *member(payer, number))["version"]
    session.reach("version read")
    return version, lines(session.rows("member_lines", SITE, payer, number, first, last, asking))


def authorization_lines(session, payer, number, asking):
    version = session.row("shared_version", SITE, *authorization(payer, number))["version"]
    return version, lines(session.rows("authorization_lines", SITE, payer, number, asking))


def taken_keys(session, keys, asking):
    """Those that lead to other cases, as far as the first that does not."""
    rows = session.rows("taken_keys", SITE, *key_columns(keys), asking)
    return [Key(row["kind"], row["value"], row["authority"]) for row in rows]


def lines(rows):
    return [(row["case_no"], *(row[name] for name in LINE)) for row in rows]


def denial_patterns(session, payer, procedures, limit=9):
    return [tuple(row.values()) for row in session.rows("denial_patterns", SITE, payer, procedures, limit)]


def follow_patterns(session, limit):
    """Counts the next entries, whole ones, and returns how many rows they had."""

    def body():
        entries = session.rows("take_behind", SITE, limit)
        if entries:
            places = [[row["case_no"] for row in entries], [row["entry"] for row in entries]]
            session.trip(("count_denials", SITE, *places), ("count_lines", SITE, *places))
        session.reach("counted")
        return sum(row["rows"] for row in entries)

    return session.transaction(body)


# Reading back


def head(session, case):
    return session.row("head", SITE, case)


def position(session, case):
    row = head(session, case)
    return (row["position"], row["leaf"]) if row else START


def tails(session, questions):
    """The entries after a sequence of each case, in the order of the question."""
    answers = [[] for _ in questions]
    for row in session.rows("tails", SITE, *[list(column) for column in zip(*questions)]):
        answers[row["place"] - 1].append(row)
    return answers


def chain_fault(session, case):
    """What is wrong with a case's chain, recomputed from its bytes; None where nothing is."""
    secret = session.row("secret", SITE, case)["key"]
    sequence, before = START
    for row in tails(session, [(case, 0)])[0]:
        sequence += 1
        if row["seq"] != sequence:
            return f"entry {sequence} is missing"
        committed = commitment(row["body"], sequence, secret)
        before = leaf(SITE, case, sequence, row["at"], row["kind"], row["version"], before, committed)
        if (row["commitment"], row["leaf"]) != (committed, before):
            return f"entry {sequence} is not what its leaf says"
    return None if position(session, case) == (sequence, before) else "the head stands elsewhere"


def rows_of(session, case):
    """The rows of a case in the form in which a commit gives them; states of claims stand in their lines."""

    def read(name):
        return [tuple(row.values()) for row in session.rows(name, SITE, case)]

    work = read("rows_work")
    rows = {
        "decisions": read("rows_decisions"),
        "findings": read("rows_findings"),
        "postings": read("rows_postings"),
        "adjudicated": read("rows_adjudicated"),
        "lines": [row[1:] for row in read("rows_lines")],
        "opened": [row[:7] for row in work],
        "ended": [(*row[:2], *row[7:]) for row in work if row[7] != 0],
        "sends": read("rows_sends"),
        "summary": read("rows_summary"),
    }
    return {name: found for name, found in rows.items() if found}
