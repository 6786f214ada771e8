"""Checks of Tests/StoreTests/DeliveryTests.swift and IntakeTests.swift that are of SQL, and some of PostgreSQL alone."""

import psycopg

import delivery
import intake
import work
from bench import HOUR, MORNING, SECOND, check, raises, same
from session import SITE, Damage, Refused
from values import digest

LANE = ("837", "P1")


def order(bench, number, sends):
    """A case whose decision sends these, as entry 2."""
    case = bench.open(number)
    one = bench.decision(case)
    one.rows["sends"] = sends
    bench.committed(one)
    return case


def form(bench, lane=LANE, session=None, sends=None):
    """One message for each send that is ready."""
    session = session or bench.store
    sends = sends or delivery.unformed(session, lane)

    def make(next_number):
        return [(lane, f"{part[0]}/{part[1]}/{part[2]}", b"ISA%d" % next_number("interchange"), [part]) for part in sends]

    return intake.intake(session, lambda tx: delivery.form(session, tx, sends, MORNING, make))


@check("bytesAreFixedOnce", "more")
def bytes_are_fixed_once(bench):
    case = order(bench, "V1", [bench.send(2, 0), bench.send(2, 1)])
    same(delivery.lanes(bench.store, MORNING), [LANE])
    sends = delivery.unformed(bench.store, LANE)
    same(sends, [(case, 2, 0), (case, 2, 1)])
    same(form(bench), 2)
    same(delivery.unformed(bench.store, LANE), [])
    # Who read them before they were formed forms nothing of them any more.
    same(form(bench, sends=sends), 0)
    first = delivery.claim_attempts(bench.store, LANE, MORNING)
    same([(one.bytes, one.number, one.since) for one in first], [(b"ISA1", 1, MORNING), (b"ISA2", 1, MORNING)])
    same([row[4] for row in work.rows_of(bench.store, case)["sends"]], [None, None], "bodies")


@check("aMessageOfWhatDoesNotWaitIsRefused", "more")
def a_message_of_what_does_not_wait_is_refused(bench):
    case = order(bench, "V1", [bench.send(2, 0), bench.send(2, 1, lane=("837", "P2"))])
    part, other = (case, 2, 0), (case, 2, 1)
    faults = {
        "another send": [(LANE, "B1", b"ISA", [(case, 2, 9)])],
        "another lane": [(LANE, "B1", b"ISA", [other])],
        "nothing": [(LANE, "B1", b"ISA", [])],
        "one key twice": [(LANE, "B1", b"ISA", [part]), (LANE, "B1", b"ISB", [part])],
    }
    for fault, messages in faults.items():
        body = lambda tx: delivery.form(bench.store, tx, [part], MORNING, lambda _: messages)  # noqa: E731
        raises(Refused, lambda: intake.intake(bench.store, body), fault)
    same(delivery.unformed(bench.store, LANE), [part])
    bench.store.trip(("end_unformed", SITE, *part))
    same(delivery.status(bench.store, part)[0], "failed")
    raises(Refused, lambda: bench.store.trip(("end_unformed", SITE, *part)), "what ended already")
    same(delivery.resend(bench.store, part, MORNING), True)
    same(delivery.unformed(bench.store, LANE), [part])


@check("theLatestAttemptAloneSettles", "more")
def the_latest_attempt_alone_settles(bench):
    part = (order(bench, "V1", [bench.send(2)]), 2, 0)
    form(bench)
    claim = lambda now=MORNING: delivery.claim_attempts(bench.store, LANE, now)  # noqa: E731
    settle = lambda attempt, result, **more: delivery.settle_alone(bench.store, attempt, result, **more)  # noqa: E731
    first = claim()[0]
    same((claim(), delivery.lanes(bench.store, MORNING)), ([], []))
    bench.machine(MORNING + 60 * SECOND)
    same(delivery.lanes(bench.store, MORNING), [LANE])
    second = claim()[0]
    same((second.number, second.bytes, second.key), (2, first.bytes, first.key))
    same(settle(first, "failed", failure="late"), [])
    same(delivery.status(bench.store, part), ("waiting", 2, None))
    settle(second, "again", again_at=MORNING + HOUR)
    same(claim(), [])
    same(delivery.next_due(bench.store, MORNING), MORNING + HOUR)
    third = claim(MORNING + HOUR)[0]
    settle(third, "delivered")
    same(delivery.status(bench.store, part)[:2], ("delivered", 3))
    # What has ended stays as it ended.
    same(settle(third, "failed", failure="twice"), [])
    same(delivery.status(bench.store, part)[0], "delivered")
    same(delivery.resend(bench.store, part, MORNING), False)
    same(delivery.next_due(bench.store, MORNING), None)


@check("whatComesAfterWaitsForWhatComesBefore", "more")
def what_comes_after_waits_for_what_comes_before(bench):
    case = order(bench, "V1", [bench.send(2, 0), bench.send(2, 1, after=(2, 0)), bench.send(2, 2)])
    ready = lambda: [part[2] for part in delivery.unformed(bench.store, LANE)]  # noqa: E731
    same(ready(), [0, 2])
    form(bench)
    attempts = delivery.claim_attempts(bench.store, LANE, MORNING)
    delivery.settle_alone(bench.store, attempts[1], "delivered")
    same(ready(), [])
    # A refusal of what comes first does not let pass what comes after.
    same(delivery.settle_alone(bench.store, attempts[0], "failed", failure="refused"), [(case, 2, 0)])
    same(ready(), [])
    same(delivery.resend(bench.store, (case, 2, 0), MORNING), True)
    delivery.settle_alone(bench.store, delivery.claim_attempts(bench.store, LANE, MORNING)[0], "delivered")
    same(ready(), [1])
    # A send after one that was delivered is ready at once.
    one = bench.decision(case)
    one.rows["sends"] = [bench.send(3, after=(2, 0))]
    bench.committed(one)
    same(delivery.unformed(bench.store, LANE), [(case, 2, 1), (case, 3, 0)])


@check("aLaneThatWaitsHoldsUpNoOther", "more")
def a_lane_that_waits_holds_up_no_other(bench):
    other = ("270", "P1")
    order(bench, "V1", [bench.send(2, 0), bench.send(2, 1, lane=other)])
    form(bench)
    delivery.claim_attempts(bench.store, LANE, MORNING)
    same(delivery.lanes(bench.store, MORNING), [other])
    same(form(bench, other), 1)
    same(len(delivery.claim_attempts(bench.store, other, MORNING)), 1)
    same(delivery.claim_attempts(bench.store, ("x", "y"), MORNING), [])


@check("anAnswerAtOnceIsTakenWithTheDelivery", "more")
def an_answer_at_once_is_taken_with_the_delivery(bench):
    case = order(bench, "V1", [bench.send(2)])
    form(bench)
    attempt = delivery.claim_attempts(bench.store, LANE, MORNING)[0]

    def unreadable(tx):
        delivery.settle(bench.store, attempt, "delivered")
        raise Refused("the answer cannot be read")

    raises(Refused, lambda: intake.intake(bench.store, unreadable), "an answer that cannot be read")
    same(delivery.status(bench.store, (case, 2, 0))[0], "waiting")

    def taken(tx):
        tx.append(case, 1, MORNING, [bench.entry()])
        return delivery.settle(bench.store, attempt, "delivered")

    same(intake.intake(bench.store, taken), [])
    same(delivery.status(bench.store, (case, 2, 0))[0], "delivered")
    same(work.position(bench.store, case)[0], 3)


@check("piecesComeInOrderAndOnce", "more")
def pieces_come_in_order_and_once(bench):
    source = bytes(range(100))
    arrival = intake.begin(bench.store, "a", digest(source), 100, MORNING)["id"]
    keep = lambda offset, piece: intake.keep_piece(bench.store, arrival, offset, piece)  # noqa: E731
    raises(Refused, lambda: keep(1, b"x"), "a piece past a gap")
    keep(0, source[:50])
    keep(0, source[:50])
    raises(Refused, lambda: keep(50, source[:51]), "more bytes than were announced")
    raises(Refused, lambda: keep(50, source[:50]), "other bytes than were announced")
    keep(50, source[50:])
    row = intake.arrivals(bench.store)[0]
    same((row["kept"], intake.content_bytes(bench.store, row["content"])), (100, source))
    # A message is a range of its arrival, and ends where that does.
    case = bench.open("V1")
    add = lambda length: intake.intake(  # noqa: E731
        bench.store, lambda tx: tx.add_message(row["content"], length, 0, MORNING, cases=[case]))  # fmt: skip
    raises(Refused, lambda: add(101), "a message past the end")
    message = add(100)
    same(bench.store.rows("case_messages", SITE, case), [{"id": message, "state": 0}])


@check("anArrivalMovesOnFromWhereItStands", "more")
def an_arrival_moves_on_from_where_it_stands(bench):
    source = b"x" * 1000
    arrival = intake.begin(bench.store, "a", digest(source), 1000, MORNING)["id"]
    intake.keep_piece(bench.store, arrival, 0, source[:600])

    def advance(first, through, done=False):
        def body(tx):
            tx.set("step", str(through))
            tx.advance(arrival, first, through, done)

        intake.intake(bench.store, body)

    advance(0, 256)
    for wrong in ((0, 512), (256, 255), (256, 601), (256, 600, True)):
        raises(Damage, lambda: advance(*wrong), f"a step {wrong}")
    # What was to go with it did not go either.
    same(bench.store.row("setting", SITE, "step")["value"], "256")
    intake.keep_piece(bench.store, arrival, 600, source[600:])
    advance(256, 1000, True)
    same(intake.arrivals(bench.store, open_only=True), [])
    raises(Damage, lambda: advance(1000, 1000, True), "an arrival that is done")
    # The same source again is the arrival that it was.
    again = intake.begin(bench.store, "a", digest(source), 1000, MORNING)
    same((again["id"], again["done"]), (arrival, True))


@check("theJournalIsAppendOnly", "more")
def the_journal_is_append_only(bench):
    case = bench.open("V1")
    for change in ("UPDATE journal SET body = 'x'", "UPDATE journal SET at = 0, body = NULL",
                   "UPDATE journal SET body = NULL", "DELETE FROM journal", "TRUNCATE journal"):  # fmt: skip
        raises(psycopg.Error, lambda: bench.watcher.connection.execute(change), change)
    # A body may go with its case's secret.
    bench.watcher.connection.execute("DELETE FROM case_secret")
    bench.watcher.connection.execute("UPDATE journal SET body = NULL")
    same(work.tails(bench.store, [(case, 0)])[0][0]["body"], None)


@check("theFenceHoldsAlone", "more")
def the_fence_holds_alone(bench):
    """Invariant 17: should a program write without having compared, the statement that moves the head stops it."""
    case = bench.open("V1")
    sequence, leaf = work.position(bench.store, case)
    for position, before in ((sequence + 1, leaf), (sequence, digest(b"another"))):
        columns = ([case], [position], [before], [1], [digest(b"next")], [None], [MORNING])
        raises(Damage, lambda: bench.store.trip(("move_heads", SITE, *columns)), "a head at another place")
    same(work.position(bench.store, case), (sequence, leaf))


@check("namesGoByTheirBytes", "more")
def names_go_by_their_bytes(bench):
    """Whatever order the database has for people's words, ours is that of bytes."""
    lanes = [("Zeta", "P"), ("alpha", "P"), ("b", "P")]
    order(bench, "V1", [bench.send(2, number, lane=lane) for number, lane in enumerate(reversed(lanes))])
    same(delivery.lanes(bench.store, MORNING), lanes)
