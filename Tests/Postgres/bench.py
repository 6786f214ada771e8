"""A database of its own for each check, and what nearly every check needs."""

import datetime

import psycopg

import intake
import work
from commit import commit
from session import SITE, Session
from values import Commit, Entry, Key, digest

MORNING = int(datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.timezone.utc).timestamp() * 1000)
SECOND, HOUR, DAY = 1000, 3_600_000, 86_400_000
WAITING, BATCH = 0, 1
CHECKS = {}


class Failed(Exception):
    """What a check found."""


def check(name, group="suite"):
    """Registers a check under the name that it has in Tests/StoreTests, or a race under a name of its own."""

    def register(function):
        if name in CHECKS:
            raise ValueError(f"{name} is there twice")
        CHECKS[name] = (group, function)
        return function

    return register


def same(found, wanted, what=""):
    if found != wanted:
        raise Failed(f"{what + ': ' if what else ''}{found!r}, where {wanted!r} was expected"[:600])


def true(found, what):
    if not found:
        raise Failed(what)


def raises(kind, body, what):
    try:
        body()
    except kind:
        return
    raise Failed(f"{what} was not refused")


def day(text):
    return (datetime.date.fromisoformat(text) - datetime.date(1970, 1, 1)).days


class Bench:
    def __init__(self, where, statements):
        self.where, self.statements = where, statements
        self.sessions = []
        self.used = set()
        self.counts = {}
        self.store = self.session()
        self.watcher = self.session()
        self.machine(MORNING)
        self.generation = digest(b"manifest")
        self.store.trip(("put_generation", self.generation, MORNING, 0, b"manifest"))

    def session(self):
        session = Session(self.where, self.statements)
        session.used = self.used
        self.sessions.append(session)
        return session

    def close(self):
        for session in self.sessions:
            session.close()

    def machine(self, now):
        """Sets the machine's time, by which leases go: the statements ask this function for it."""
        self.watcher.connection.execute(
            f"CREATE OR REPLACE FUNCTION machine_time() RETURNS bigint LANGUAGE sql VOLATILE AS 'SELECT {int(now)}::bigint'"
        )

    def say(self, **counts):
        """Counts that are printed beside the check."""
        for name, count in counts.items():
            self.counts[name] = self.counts.get(name, 0) + count

    # What happens

    def visit(self, number):
        return Key("visit", number, "north")

    def entry(self, body="{}", kind="visit_updated", at=MORNING):
        return Entry(at, kind, body.encode())

    def open(self, number, priority=BATCH, at=MORNING):
        """Opens a case with one entry, which makes it due."""
        entry = self.entry(f'{{"event":"{number}"}}', "scheduled", at)

        def body(tx):
            case = tx.open_case(self.visit(number), priority, at)
            tx.append(case, priority, at, [entry])
            return case

        return intake.intake(self.store, body)

    def append(self, body, case, at=MORNING, priority=BATCH, session=None):
        return intake.intake(
            session or self.store, lambda tx: tx.append(case, priority, at, [self.entry(body, at=at)]))  # fmt: skip

    def wait(self, text, key, session=None):
        """A unit that waits for a key, and the message that brought it."""

        def body(tx):
            message = tx.add_message(tx.keep(text.encode()), len(text), 3, MORNING)
            tx.wait(key, message, text.encode(), MORNING)
            return message

        return intake.intake(session or self.store, body)

    def decision(self, case, after=None, due=None, body='{"event":"decided"}', session=None):
        """A commit of one decision after where the case stands now."""
        expected = after or work.position(session or self.store, case)
        one = Commit(case, expected, [self.entry(body, "decided")], due)
        one.rows["decisions"] = [
            (expected[0] + 1, "eligibility", "scheduled", "asked", MORNING, self.generation)]  # fmt: skip
        return one

    def line(self, entry, line=1, control="K1", member="M1", authorization=None, state="sent", on="2026-03-02"):
        return (
            entry, 0, line, control, True, "P1", member, "1", None, day(on), "99213", "25:GT", 12_500, 1, authorization,
            state)  # fmt: skip

    def send(self, entry, number=0, lane=("837", "P1"), after=None):
        body = f'{{"claim":[{entry},{number}]}}'.encode()
        return (entry, number, *lane, body, MORNING, *(after or (None, None)), f"K{entry}")

    # What is found

    def commit(self, *commits, session=None):
        return commit(session or self.store, list(commits))

    def committed(self, *commits, session=None):
        """Commits that must all go through."""
        results = self.commit(*commits, session=session)
        same([result[0] for result in results], ["committed"] * len(commits), "results")
        return [result[1] for result in results]

    def claim(self, limit=100, now=MORNING, priority=BATCH, session=None, lease=30 * SECOND):
        return work.claim_work(session or self.store, priority, limit, now, lease)

    def due(self, case):
        return work.head(self.store, case)["due_at"]

    def is_whole(self, case):
        same(work.chain_fault(self.store, case), None, f"chain of case {case}")

    def is_tidy(self):
        same(self.store.rows("orphans", SITE), [], "orphans")
        same(self.store.rows("unsent", SITE), [], "messages that go out and are of no send")
        same(self.store.row("untidy", SITE)["n"], 0, "units that wait for a key that leads to a case")


def make_template(where, schema):
    """A database with the tables, of which each check gets a copy."""
    with psycopg.connect(where + " dbname=postgres", autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS form")
        connection.execute("CREATE DATABASE form")
    with psycopg.connect(where + " dbname=form", autocommit=True) as connection:
        connection.execute(schema)


def make_bench(where, statements, number):
    with psycopg.connect(where + " dbname=postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS check{number} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE check{number} TEMPLATE form")
    return Bench(f"{where} dbname=check{number}", statements)
