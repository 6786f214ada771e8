"""Lanes, messages made of sends, attempts."""

import zlib

from session import SITE, Refused
from values import Attempt


def lanes(session, now):
    return [(row["kind"], row["receiver"]) for row in session.rows("lanes", SITE, now)]


def unformed(session, lane, limit=9):
    """The parts (case, entry, number) that wait for their message."""
    return [(row["case_no"], row["entry"], row["number"]) for row in session.rows("unformed", SITE, *lane, limit)]


def urgency(session, lane, limit=9):
    return [row["priority"] for row in session.rows("unformed", SITE, *lane, limit)]


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
            ("give_message", SITE, *columns(parts), message, *lane), ("add_delivery", SITE, message, *lane, key, at))  # fmt: skip
    return len(messages)


def end_unformed(session, part):
    """Ends a send of which no message can be formed, inside a transaction; what comes after it may go out."""
    session.trip(("end_unformed", SITE, *part))
    session.reach("unformed ended")
    session.trip(("free_sends_after", SITE, *columns([part])))


def claim_attempts(session, lane, now, limit=9, lease=60_000, formed_before=None, most_bytes=4 << 20):
    call = ("claim_attempts", SITE, *lane, now) if formed_before is None else ("claim_overdue", SITE, *lane, formed_before)

    def body():
        attempts = []
        for row in session.rows(*call, limit, lease, most_bytes):
            content = bytes_of(session, row["content"], row["first"], row["past"])
            attempts.append(
                Attempt(
                    row["message"], row["key"], row["attempts"], content, row["at"], row["priority"], row["failures"],
                    row["failing_since"]))  # fmt: skip
        session.reach("attempts claimed")
        return attempts

    return session.transaction(body)


def bytes_of(session, content, first, past):
    """None where they are damaged: that must not keep other messages from going out."""
    row = session.row("content_bytes", content)
    try:
        stored = zlib.decompress(row["bytes"], -15) if row["codec"] else row["bytes"]
    except zlib.error:
        return None
    return stored[first:past] if len(stored) >= past else None


def release_attempts(session, attempts):
    session.trip(("release_attempts", [one.message for one in attempts], [one.number for one in attempts]))


def settle(session, attempt, result, again_at=None, failure=None, reached=False, lane_until=None, at=None):
    """Ends an attempt inside a transaction, where it is the latest: "settled", "overtaken", or the parts of a message that failed
    for good. The lane waits until `lane_until`, or its receiver was reached."""
    row = session.row("settle_attempt", attempt.message, attempt.number, again_at, failure)
    if row is None:
        return "overtaken"
    session.reach("attempt ended")
    if result == "delivered" or reached:
        session.trip(("lane_reached", row["lane"]))
    elif lane_until is not None:
        session.trip(("lane_waits", row["lane"], lane_until, at))
    if result == "again":
        return "settled"
    state = {"delivered": 7, "failed": 8}[result]
    rows = session.trip(("end_message", attempt.message, state), ("settled_sends", attempt.message))[1]
    parts = [(row["case_no"], row["entry"], row["number"]) for row in rows]
    session.trip(("free_sends_after", SITE, *columns(parts)))
    session.reach("settled")
    return parts if result == "failed" else "settled"


def settle_alone(session, attempt, result, **more):
    return session.transaction(lambda: settle(session, attempt, result, **more))


def lane_status(session):
    return {(row["kind"], row["receiver"]): row for row in session.rows("lane_status", SITE)}


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
