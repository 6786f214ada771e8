"""Lanes, messages made of sends, attempts."""

from session import SITE, Refused
from values import Attempt


def lanes(session, now):
    return [(row["kind"], row["receiver"]) for row in session.rows("lanes", SITE, now)]


def unformed(session, lane, limit=9):
    """The parts (case, entry, number) that wait for their message."""
    return [(row["case_no"], row["entry"], row["number"]) for row in session.rows("unformed", SITE, *lane, limit)]


def form(session, intake, sends, at, make):
    """Fixes messages. `make` is given the next numbers of series and gives (lane, key, bytes, parts) for each message."""
    if not sends:
        return 0
    states = session.rows("lock_sends", SITE, *columns(sends))
    session.reach("sends locked")
    # Somebody else formed one of them meanwhile: the bytes would be made of what has its message already.
    if [row["state"] for row in states] != [0] * len(sends):
        return 0
    messages = make(intake.next)
    for lane, key, content, parts in messages:
        if not parts:
            raise Refused("a message that carries no send")
        message = intake.add_message(
            intake.keep(content), len(content), 6, at, direction=1, kind=lane[0], source=lane[1])  # fmt: skip
        session.trip(
            ("add_delivery", SITE, message, *lane, key, at), ("give_message", SITE, *columns(parts), message))  # fmt: skip
    return len(messages)


def claim_attempts(session, lane, now, limit=9, lease=60_000):
    def body():
        attempts = []
        for row in session.rows("claim_attempts", SITE, *lane, now, limit, lease):
            content = session.row("content_bytes", row["content"])["bytes"][row["first"] : row["past"]]
            attempts.append(Attempt(row["message"], row["key"], row["attempts"], content, row["at"]))
        session.reach("attempts claimed")
        return attempts

    return session.transaction(body)


def settle(session, attempt, result, again_at=None, failure=None):
    """Ends an attempt inside a transaction, where it is the latest; the parts of a message that failed for good."""
    if not session.rows("settle_attempt", attempt.message, attempt.number, again_at, failure):
        return []
    session.reach("attempt ended")
    if result == "again":
        return []
    state = {"delivered": 7, "failed": 8}[result]
    rows = session.trip(("end_message", attempt.message, state), ("settled_sends", attempt.message))[1]
    parts = [(row["case_no"], row["entry"], row["number"]) for row in rows]
    if result == "failed":
        return parts
    session.trip(("free_sends_after", SITE, *columns(parts)))
    session.reach("settled")
    return []


def settle_alone(session, attempt, result, **more):
    return session.transaction(lambda: settle(session, attempt, result, **more))


def resend(session, part, at):
    def body():
        return bool(session.rows("resend_unformed", SITE, *part) or session.rows("resend_failed", SITE, *part, at))

    return session.transaction(body)


def status(session, part):
    """How a send stands, in a word, with its attempts and its last failure."""
    row = session.row("send_status", SITE, *part)
    word = {0: "unformed", 1: "unformed", 3: "failed"}.get(row["state"])
    word = word or {7: "delivered", 8: "failed"}.get(row["message_state"], "waiting")
    return word, row["attempts"], row["last_failure"]


def next_due(session, now):
    return session.row("next_delivery_due", SITE, now)["due_at"]


def columns(parts):
    return [list(column) for column in zip(*parts)]
