"""The verbs of intake, inside one transaction, and of sources that come in pieces."""

import os

from commit import chain, key_columns
from session import SITE, Bound, Changed, Damage, Refused
from values import START, digest


PIECE = 1 << 20


def intake(session, body):
    """One short transaction; what raises leaves nothing behind. `body` may run again after a deadlock."""
    return session.transaction(lambda: body(Intake(session)))


class Intake:
    def __init__(self, session):
        self.session = session
        self.met = {}

    def meet(self, keys):
        """Locks all that the units of a transaction lead to, before any is taken: heads, then keys that lead nowhere, each sorted.

        So transactions of many units wait for each other and for commits in one order, and none is ended for a deadlock.
        """
        columns = key_columns(keys)
        known = {place_of(row): row["case_no"] for row in self.session.rows("read_case_keys", SITE, *columns)}
        self.session.reach("met")
        heads = sorted({case for case in known.values() if case is not None})
        calls = [("lock_heads", SITE, heads)]
        calls += [(name, SITE, *columns) for name in ("ensure_case_keys", "lock_case_keys", "read_case_keys")]
        found = {place_of(row): row["case_no"] for row in self.session.trip(*calls)[3]}
        if any(case is not None and known.get(place) is None for place, case in found.items()):
            raise Bound
        self.met = found

    def case_for(self, key):
        """The case that a key leads to. None holds until the transaction ends: nobody binds the key meanwhile."""
        if (key.value, key.kind, key.authority) in self.met:
            return self.met[key.value, key.kind, key.authority]
        place = (SITE, key.value, key.kind, key.authority)
        known = self.session.row("find_case", *place)
        self.session.reach("not found")
        if known is None:
            known = (self.session.trip(("ensure_key", *place), ("lock_key", *place), ("find_case", *place))[2] or [None])[0]
            self.session.reach("key locked")
        return known and known["case_no"]

    def open_case(self, key, priority, at, kind="encounter"):
        if self.case_for(key) is not None:
            raise Refused("the key leads to a case already")
        case = self.next("case")
        self.session.trip(
            ("open_head", SITE, case, START[1], kind, at, priority), ("open_secret", SITE, case, os.urandom(32))
        )
        self.bind_new(key, case, at)
        return case

    def bind(self, key, case):
        """False where the key leads to another case. The head is locked first, since units may be released to it."""
        last = self.head(case)["last"]
        known = self.case_for(key)
        if known is None:
            self.bind_new(key, case, last)
        return known in (None, case)

    def bind_new(self, key, case, at):
        columns = ([key.value], [key.kind], [key.authority], [case])
        _, released = self.session.trip(("bind_case_keys", SITE, *columns), ("release_units", SITE, *columns))
        self.met[key.value, key.kind, key.authority] = case
        if released[0]["released"]:
            self.session.trip(("due_at_once", SITE, case, at))

    def head(self, case):
        row = self.session.row("lock_head", SITE, case)
        if row is None:
            raise Refused(f"there is no case {case}")
        return row

    def append(self, case, priority, at, entries):
        head = self.head(case)
        self.session.reach("head locked")
        placed, position = chain(case, entries, (head["position"], head["leaf"]), head["key"])
        self.session.trip(
            ("add_entries", SITE, *[list(column) for column in zip(*placed)]),
            ("move_head_by_intake", SITE, case, *position, at, priority),
        )
        return position

    def wait(self, key, message, body, at, kind="eligibility_answered"):
        """Lets a unit wait for a key that leads nowhere."""
        if self.case_for(key) is not None:
            raise Refused("the key leads to a case already")
        self.session.trip(
            ("add_waiting_unit", SITE, key.kind, key.authority, key.value, message, kind, 1, body, at))  # fmt: skip
        self.session.reach("waits")

    def next(self, series):
        return self.session.row("next_number", SITE, series)["value"]

    def set(self, name, value):
        self.session.trip(("set_setting", SITE, name, value))

    def keep(self, content):
        """Keeps bytes under their digest, and gives the content's number."""
        known = digest(content)
        calls = (("put_content", SITE, known, len(content), 0, content), ("find_content", SITE, known))
        row = self.session.trip(*calls)[1][0]
        if row["kept"] < row["byte_count"]:
            # A source whose keeping was broken off now comes whole. What is kept of it was not compared with its digest.
            row = self.session.trip(("lock_content", row["id"]), ("find_content", SITE, known))[1][0]
            if row["kept"] < row["byte_count"]:
                pieces = [(row["id"], first, content[first : first + PIECE]) for first in range(0, len(content), PIECE)]
                puts = [("put_piece", number, first, first + len(piece), 0, piece) for number, first, piece in pieces]
                self.session.trip(("drop_pieces", row["id"]), *puts)
        return row["id"]

    def add_message(self, content, length, state, at, direction=0, kind="271", source="inbox", cases=()):
        row = self.session.row(
            "add_message", SITE, direction, state, "x12", kind, content, 0, length, source, at, b"[]"
        )
        if row is None:
            raise Refused("a message past the end of its content")
        for case in cases:
            self.session.trip(("link_message", SITE, case, row["id"]))
        return row["id"]

    def message_of(self, identity):
        row = self.session.row("find_identity", SITE, identity)
        return row and row["message"]

    def bind_identity(self, identity, message):
        self.session.trip(("bind_identity", SITE, identity, message))

    def bind_answer(self, message, known):
        """Makes a message that goes out the answer to a content; it is the only one."""
        self.session.reach("answer made")
        self.session.trip(("bind_answer", SITE, known, message))

    def advance_refused(self, arrival, first, through):
        self.session.trip(("advance_refused", SITE, arrival, first, through))

    def advance(self, arrival, first, through, done=False):
        self.session.trip(("advance_arrival", SITE, arrival, first, through, done))
        self.session.reach("advanced")


def place_of(row):
    return row["value"], row["kind"], row["authority"]


def begin(session, source, known, byte_count, at):
    """The arrival of a source, begun or gone on with."""

    def body():
        # Bytes that come in pieces are NULL in their content's row.
        content = session.trip(("put_content", SITE, known, byte_count, 0, None), ("find_content", SITE, known))[1][0]
        if content["byte_count"] != byte_count:
            raise Refused("a source of another length under the same digest")
        session.trip(("begin_arrival", SITE, source, content["id"], at))
        return arrivals(session, source, content["id"])[0]

    return session.transaction(body)


def arrivals(session, source=None, content=None, open_only=False):
    return session.rows("arrivals", SITE, source, content, open_only)


def keep_piece(session, arrival, offset, piece):
    """Keeps a piece of an arrival; pieces come in order, and what is kept already is not kept again."""

    def find():
        row = next((row for row in arrivals(session) if row["id"] == arrival), None)
        if row is None:
            raise Damage(f"there is no arrival {arrival}")
        return row

    def body():
        session.trip(("lock_content", find()["content"]))
        session.reach("content locked")
        row = find()
        past = offset + len(piece)
        if past <= row["kept"]:
            return True
        if offset != row["kept"] or past > row["byte_count"]:
            raise Refused("a piece that does not follow what is kept")
        # The bytes that were kept must be those that were announced. Compared under the lock, which holds up nobody but who keeps
        # the same source.
        if past == row["byte_count"] and digest(content_bytes(session, row["content"]) + piece) != row["digest"]:
            session.trip(("drop_pieces", row["content"]))
            return False
        session.trip(("put_piece", row["content"], offset, past, 0, piece))
        session.reach("piece kept")
        return True

    if not session.transaction(body):
        raise Changed("the bytes of the arrival are not those of its digest")


def answer(session, known):
    """The bytes by which a content was answered."""
    row = session.row("find_answer", SITE, known)
    return row and session.row("content_bytes", row["content"])["bytes"][row["first"] : row["past"]]


def content_bytes(session, content):
    return b"".join(row["bytes"] for row in session.rows("pieces", content, 0, 1 << 40))
