"""One connection to the store: statements by name, sent together where one does not need the answer of another."""

import logging
import pathlib
import threading
import time

import psycopg
from psycopg.rows import dict_row

FOLDER = pathlib.Path(__file__).resolve().parent
SITE = 1
# A statement that is refused ends its round trip, and psycopg says so beside the error that is raised.
logging.getLogger("psycopg").setLevel(logging.ERROR)


class Refused(Exception):
    """The rows break a constraint: the case's own fault."""


class Damage(Exception):
    """What must hold of the record does not."""


class Changed(Exception):
    """The bytes that were kept of a source are not those of its digest: it changed while it was read, and begins anew."""


class Again(Exception):
    """A fault of the store, such as a deadlock that the server ended: all is to be repeated."""


class Bound(Again):
    """A key was bound between looking and locking: its case's head must be locked first, so all begins anew."""


def load_statements():
    """The statements of all files by their names, with the comments that say why."""
    statements = {}
    for path in sorted((FOLDER / "statements").glob("*.sql")):
        for part in path.read_text(encoding="utf-8").split("-- name: ")[1:]:
            name, text = part.split("\n", 1)
            if name in statements:
                raise ValueError(f"{path.name}: {name} is there twice")
            statements[name] = text.strip().rstrip(";")
    return statements


def classified(error):
    """What an error of PostgreSQL is to callers, by its state; its messages name tables and no values."""
    state = error.sqlstate or ""
    if state == "CW002":
        return Damage(str(error).splitlines()[0])
    if state in ("40P01", "40001", "55P03"):
        return Again(state)
    if state == "CW001" or state[:2] in ("22", "23"):
        return Refused(str(error).splitlines()[0])
    return error


class Session:
    """A connection of one worker. `pauses` lets a check hold it at a named point inside a call."""

    def __init__(self, where, statements):
        # Statements that psycopg prepares by itself are lost where a round trip is refused in the middle.
        self.connection = psycopg.connect(
            where, autocommit=True, prepare_threshold=None, cursor_factory=psycopg.RawCursor, row_factory=dict_row)  # fmt: skip
        self.statements = statements
        self.pauses = {}
        self.used = set()
        self.trips = 0
        self.deadlocks = 0
        self.other_waited = False
        self.anew = 0

    def trip(self, *calls):
        """One round trip: statements with their parameters, and the rows of each."""
        self.trips += 1
        cursors = []
        try:
            with self.connection.pipeline():
                for name, *parameters in calls:
                    self.used.add(name)
                    cursor = self.connection.cursor()
                    cursor.execute(self.statements[name], parameters)
                    cursors.append(cursor)
            return [cursor.fetchall() if cursor.description else [] for cursor in cursors]
        except psycopg.Error as error:
            raise classified(error) from error

    def rows(self, name, *parameters):
        return self.trip((name, *parameters))[0]

    def row(self, name, *parameters):
        rows = self.rows(name, *parameters)
        return rows[0] if rows else None

    def changed(self, name, *parameters):
        """How many rows a statement without an answer changed."""
        self.used.add(name)
        try:
            return self.connection.execute(self.statements[name], parameters).rowcount
        except psycopg.Error as error:
            raise classified(error) from error

    def rollback(self):
        if self.connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
            self.trip(("rollback",))

    def transaction(self, body):
        """Runs a closure in one transaction, and all of it again where the server ended it for a deadlock."""
        while True:
            self.trip(("begin",))
            try:
                result = body()
                self.trip(("commit",))
                return result
            except Bound:
                self.rollback()
                self.anew += 1
            except Again:
                self.rollback()
                self.deadlocks += 1
            except BaseException:
                self.rollback()
                raise

    def reach(self, point):
        pause = self.pauses.pop(point, None)
        if pause:
            pause()

    def close(self):
        self.connection.close()


class Task(threading.Thread):
    """A call in a thread of its own, whose result or error is given by `result`."""

    def __init__(self, body):
        super().__init__(daemon=True)
        self.body, self.value, self.error = body, None, None

    def run(self):
        try:
            self.value = self.body()
        except BaseException as error:  # It is raised again where the result is asked for.
            self.error = error

    def result(self, seconds=60):
        self.join(seconds)
        if self.is_alive():
            raise TimeoutError("a session waits and nobody lets it go on")
        if self.error:
            raise self.error
        return self.value


def side_by_side(*bodies):
    """Runs calls at one time, and gives their results in order."""
    tasks = [Task(body) for body in bodies]
    for task in tasks:
        task.start()
    return [task.result() for task in tasks]


def overlap(watcher, session, point, first, second):
    """Runs `first` up to a point inside it, then `second` until it has ended or waits for a lock, then the rest of `first`.

    So one interleaving is tried for certain, however fast the machine is.
    """
    other = Task(second)

    def let_other_run():
        other.start()
        until = time.monotonic() + 30
        while other.is_alive() and not locks_waited_for(watcher) and time.monotonic() < until:
            time.sleep(0.002)
        session.other_waited = other.is_alive()

    session.pauses[point] = let_other_run
    try:
        result = first()
    finally:
        session.pauses.pop(point, None)
    if not other.ident:
        raise RuntimeError(f"the point {point} was not reached")
    return result, other.result()


def wait_for_locks(watcher, sessions):
    """Waits until so many sessions wait for a lock; where they never do, the check goes on and finds what came of it."""
    until = time.monotonic() + 5
    while locks_waited_for(watcher) < sessions and time.monotonic() < until:
        time.sleep(0.002)


def locks_waited_for(watcher):
    row = watcher.connection.execute(
        "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    ).fetchone()
    return row["n"]
