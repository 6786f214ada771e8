"""What a commit holds, and the digests of entries and shared keys, as Sources/Store computes them."""

import dataclasses
import hashlib
import hmac

START = (0, hashlib.sha256(b"").digest())
MOST_ENTRIES = 64


def digest(value):
    return hashlib.sha256(value).digest()


@dataclasses.dataclass
class Entry:
    at: int
    kind: str
    body: bytes
    version: int = 1


@dataclasses.dataclass
class Commit:
    """As CaseCommit has it; `rows` has a list of rows for each name of `commit.ROWS`, without site and case."""

    case: int
    expected: tuple
    entries: list
    due: int | None = None
    seen: dict = dataclasses.field(default_factory=dict)
    raised: set = dataclasses.field(default_factory=set)
    binds: list = dataclasses.field(default_factory=list)
    rows: dict = dataclasses.field(default_factory=dict)
    taken: list = dataclasses.field(default_factory=list)
    lease: int | None = None
    priority: int | None = None


@dataclasses.dataclass(frozen=True)
class Key:
    """What a case is known by outside."""

    kind: str
    value: str
    authority: str = ""


@dataclasses.dataclass(frozen=True)
class Work:
    case: int
    position: tuple
    priority: int
    lease: int
    released: tuple


@dataclasses.dataclass(frozen=True)
class Attempt:
    message: int
    key: str
    number: int
    bytes: bytes | None
    since: int
    priority: int
    lane_failures: int
    failing_since: int | None


def member(payer, number):
    return (0, shared_digest(payer, number))


def authorization(payer, number):
    return (1, shared_digest(payer, number))


def shared_digest(first, second):
    """Length first, so that parts are not run together."""
    start = first.encode()
    return digest(len(start).to_bytes(8, "big") + start + second.encode())[:16]


def commitment(body, sequence, secret):
    salt = hmac.new(secret, sequence.to_bytes(8, "big"), hashlib.sha256).digest()[:16]
    return digest(salt + body)


def leaf(site, case, sequence, at, kind, version, before, committed):
    """The leaf over the 123 bytes of an entry's head (docs/record.md)."""
    head = b"CW1" + site.to_bytes(4, "big") + case.to_bytes(8, "big") + sequence.to_bytes(8, "big")
    head += at.to_bytes(8, "big", signed=True) + kind.encode()[:24].ljust(24, b"\0")
    head += (version & 0xFFFFFFFF).to_bytes(4, "big") + before + committed
    return digest(b"\0" + head)
