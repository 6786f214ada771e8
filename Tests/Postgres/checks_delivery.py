"""Checks of Tests/StoreTests/DeliveryTests.swift and IntakeTests.swift that are of SQL, and some of PostgreSQL alone."""

import itertools

import psycopg

import delivery
import intake
import work
from bench import BATCH, HOUR, MORNING, SECOND, WAITING, check, raises, same
from session import SITE, Changed, Damage, Refused
from values import digest

LANE = ("837", "P1")


def order(bench, number, sends, priority=BATCH):
    """A case whose decision sends these, as entry 2."""
    case = bench.open(number, priority)
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


def end_unformed(bench, part, session=None):
    session = session or bench.store
    intake.intake(session, lambda tx: delivery.end_unformed(session, part))


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
    end_unformed(bench, part)
    same(delivery.status(bench.store, part)[0], "failed")
    raises(Refused, lambda: end_unformed(bench, part), "what ended already")
    same(delivery.unformed(bench.store, LANE), [])
    bench.is_tidy()


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
    same(settle(first, "failed", failure="late"), "overtaken")
    same(delivery.status(bench.store, part), ("waiting", 2, None))
    same(settle(second, "again", again_at=MORNING + HOUR), "settled")
    same(claim(), [])
    same(delivery.next_due(bench.store, MORNING), MORNING + HOUR)
    third = claim(MORNING + HOUR)[0]
    same(settle(third, "delivered"), "settled")
    same(delivery.status(bench.store, part)[:2], ("delivered", 3))
    # What has ended stays as it ended.
    same(settle(third, "failed", failure="twice"), "overtaken")
    same(delivery.status(bench.store, part)[0], "delivered")
    same(delivery.next_due(bench.store, MORNING), None)


@check("whatComesAfterWaitsForWhatComesBefore", "more")
def what_comes_after_waits_for_what_comes_before(bench):
    cases = []
    for turn, end in enumerate(("delivered", "failed")):
        cases.append(order(bench, f"V{turn}", [bench.send(2, 0), bench.send(2, 1, after=(2, 0)), bench.send(2, 2)]))
        waits_for_an_end(bench, cases[-1], end)
    # A send after one that has ended is ready at once, and one after what waits is not, whether that has its message or not.
    for turn, (case, after) in enumerate(itertools.product(cases, (0, 1))):
        one = bench.decision(case)
        entry = 3 + turn % 2
        one.rows["sends"] = [bench.send(entry, after=(2, after))]
        bench.committed(one)
        ready = delivery.unformed(bench.store, LANE)
        same((case, entry, 0) in ready, after == 0, f"whether a send after {after} is ready")
    same(len(delivery.unformed(bench.store, LANE)), 3)


def waits_for_an_end(bench, case, end):
    """What comes after waits for the end of what comes before, whatever end that is."""
    ready = lambda: [part[2] for part in delivery.unformed(bench.store, LANE) if part[0] == case]  # noqa: E731
    claim = lambda now: [  # noqa: E731
        one for one in delivery.claim_attempts(bench.store, LANE, now) if one.key.startswith(f"{case}/")]  # fmt: skip
    same(ready(), [0, 2])
    form(bench)
    attempts = claim(MORNING)
    delivery.settle_alone(bench.store, attempts[1], "delivered")
    same(delivery.settle_alone(bench.store, attempts[0], "again", again_at=MORNING + HOUR), "settled")
    same(ready(), [])
    last = claim(MORNING + HOUR)[0]
    found = delivery.settle_alone(bench.store, last, end, failure="refused" if end == "failed" else None)
    same(found, [(case, 2, 0)] if end == "failed" else "settled")
    same(ready(), [1])


@check("whatComesAfterAnUnformableSendGoesOut", "more")
def what_comes_after_an_unformable_send_goes_out(bench):
    case = order(bench, "V1", [bench.send(2, 0), bench.send(2, 1, after=(2, 0))])
    end_unformed(bench, (case, 2, 0))
    same(delivery.unformed(bench.store, LANE), [(case, 2, 1)])
    one = bench.decision(case)
    one.rows["sends"] = [bench.send(3, 0, after=(2, 0))]
    bench.committed(one)
    same(delivery.unformed(bench.store, LANE), [(case, 2, 1), (case, 3, 0)])


@check("whatSomebodyWaitsForGoesFirst", "more")
def what_somebody_waits_for_goes_first(bench):
    """A send is as urgent as its case was when it was sent, and a delivery as the most urgent of its sends."""
    order(bench, "V1", [bench.send(2, 0), bench.send(2, 1)])
    form(bench)
    batch = order(bench, "V2", [bench.send(2, 2)])
    waiting = order(bench, "V3", [bench.send(2, 3)], priority=WAITING)
    same(delivery.unformed(bench.store, LANE), [(waiting, 2, 3), (batch, 2, 2)])
    same(delivery.urgency(bench.store, LANE), [WAITING, BATCH])
    form(bench)
    attempts = delivery.claim_attempts(bench.store, LANE, MORNING)
    same([one.priority for one in attempts], [WAITING, BATCH, BATCH, BATCH])
    same(attempts[0].key, f"{waiting}/2/3")
    same(delivery.next_due(bench.store, MORNING - HOUR), MORNING)
    # A message of several is as urgent as the most urgent.
    parts = [(order(bench, f"W{priority}", [bench.send(2)], priority), 2, 0) for priority in (BATCH, WAITING)]
    one_message = lambda _: [(LANE, "B9", b"ISA", parts)]  # noqa: E731
    intake.intake(bench.store, lambda tx: delivery.form(bench.store, tx, parts, MORNING, one_message))
    same([one.priority for one in delivery.claim_attempts(bench.store, LANE, MORNING)], [WAITING])


@check("whatIsGivenBackIsAsDueAsItWas", "more")
def what_is_given_back_is_as_due_as_it_was(bench):
    order(bench, "V1", [bench.send(2, 0), bench.send(2, 1)])
    form(bench)
    claim = lambda **more: delivery.claim_attempts(bench.store, LANE, MORNING, **more)  # noqa: E731
    first = claim()
    delivery.release_attempts(bench.store, first[1:])
    same([(one.message, one.number) for one in claim()], [(first[1].message, 1)])
    # Who lost its lease to another gives nothing back.
    bench.machine(MORNING + 60 * SECOND)
    again = claim()
    same([one.number for one in again], [2, 2])
    delivery.release_attempts(bench.store, first)
    same(claim(), [])
    # What has ended does not begin again.
    delivery.settle_alone(bench.store, again[0], "delivered")
    delivery.release_attempts(bench.store, again)
    same([(one.message, one.number) for one in claim()], [(again[1].message, 2)])


@check("aLaneWaitsForItsReceiver", "more")
def a_lane_waits_for_its_receiver(bench):
    other = ("837", "P2")
    order(bench, "V1", [bench.send(2, 0), bench.send(2, 1), bench.send(2, 2, lane=other)])
    form(bench)
    form(bench, other)
    later = MORNING + 60 * SECOND
    claim = lambda now=MORNING, **more: delivery.claim_attempts(bench.store, LANE, now, **more)  # noqa: E731
    settle = lambda *of, **more: delivery.settle_alone(bench.store, *of, **more)  # noqa: E731
    standing = lambda: delivery.lane_status(bench.store)[LANE]  # noqa: E731
    first = claim(limit=1)[0]
    same(settle(first, "again", again_at=later, lane_until=later, at=MORNING), "settled")
    same((claim(), delivery.lanes(bench.store, MORNING)), ([], [other]))
    same(delivery.next_due(bench.store, MORNING), later)
    same((standing()["failing_since"], standing()["due_at"], standing()["waiting"]), (MORNING, later, 2))
    found = claim(later)
    # In the order of their due times, and the second was due before.
    same([(one.number, one.lane_failures, one.failing_since) for one in found], [(1, 1, MORNING), (2, 1, MORNING)])
    settle(found[0], "again", again_at=later, lane_until=later + HOUR, at=later)
    same((standing()["failing_since"], claim(later)), (MORNING, []))
    # It is tried when the lane is due, or later where its messages are.
    same(delivery.next_due(bench.store, later), later + HOUR)
    settle(found[1], "delivered")
    same((standing()["failing_since"], standing()["due_at"], standing()["waiting"]), (None, None, 1))
    last = claim(later)
    same([one.lane_failures for one in last], [0])
    # A receiver that refuses was reached as well; a lane with nothing to deliver is not due, though it waits.
    settle(last[0], "again", again_at=later, lane_until=later, at=later)
    last = claim(later)
    same(settle(last[0], "failed", failure="refused", lane_until=later + HOUR, at=later), [(1, 2, 1)])
    same((standing()["failed"], standing()["waiting"], standing()["failing_since"]), (1, 0, later))
    same(delivery.next_due(bench.store, later), None)
    order(bench, "V2", [bench.send(2)])
    form(bench)
    settle(claim(later + HOUR)[0], "failed", failure="refused", reached=True)
    same((standing()["failing_since"], standing()["failed"], standing()["oldest"]), (None, 2, None))


@check("whatHasWaitedTooLongIsFound", "more")
def what_has_waited_too_long_is_found(bench):
    order(bench, "V1", [bench.send(2, 0), bench.send(2, 1)])
    form(bench)
    pause = MORNING + 9 * HOUR
    first = delivery.claim_attempts(bench.store, LANE, MORNING, limit=1)[0]
    delivery.settle_alone(bench.store, first, "again", again_at=pause, lane_until=pause, at=MORNING)
    overdue = lambda before: [  # noqa: E731
        one.number for one in delivery.claim_attempts(bench.store, LANE, MORNING, lease=0, formed_before=before)]  # fmt: skip
    same((overdue(MORNING), overdue(MORNING + 1)), ([], [2, 1]))
    # What is in hand already is not found.
    same(len(delivery.claim_attempts(bench.store, LANE, MORNING, formed_before=pause)), 2)
    same(overdue(pause), [])


@check("soManyBytesAreInHandAtOnce", "more")
def so_many_bytes_are_in_hand_at_once(bench):
    """Each message has four bytes; the one with which they are reached is the last."""
    order(bench, "V1", [bench.send(2, number) for number in range(6)])
    form(bench)
    found = []
    for most, before in ((5, None), (8, MORNING + 1), (1, None), (100, None)):
        attempts = delivery.claim_attempts(bench.store, LANE, MORNING, formed_before=before, most_bytes=most)
        found.append([one.bytes for one in attempts])
    same(found, [[b"ISA1", b"ISA2"], [b"ISA3", b"ISA4"], [b"ISA5"], [b"ISA6"]])


@check("aDamagedMessageKeepsNoOtherBack", "more")
def a_damaged_message_keeps_no_other_back(bench):
    order(bench, "V1", [bench.send(2, 0), bench.send(2, 1)])
    form(bench)
    bench.watcher.connection.execute(
        "UPDATE content SET codec = 1, bytes = '\\x00' WHERE id = (SELECT min(content) FROM message)")  # fmt: skip
    same([one.bytes for one in delivery.claim_attempts(bench.store, LANE, MORNING)], [None, b"ISA2"])


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

    same(intake.intake(bench.store, taken), "settled")
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
    # Bytes that changed while they were read are not taken for those that were announced: it begins anew.
    raises(Changed, lambda: keep(50, source[:50]), "other bytes than were announced")
    same(intake.arrivals(bench.store)[0]["kept"], 0)
    keep(0, source[:50])
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


@check("whatComesWholeDoesNotRestOnWhatWasBegun", "more")
def what_comes_whole_does_not_rest_on_what_was_begun(bench):
    source = bytes(range(256)) * 8192
    arrival = intake.begin(bench.store, "a", digest(source), len(source), MORNING)
    intake.keep_piece(bench.store, arrival["id"], 0, b"x" * 1000)
    for _ in range(2):
        same(intake.intake(bench.store, lambda tx: tx.keep(source)), arrival["content"])
        same(intake.arrivals(bench.store)[0]["kept"], len(source))
        same(digest(intake.content_bytes(bench.store, arrival["content"])), digest(source), "bytes")


@check("refusalsMoveOnFromWhereTheyStand", "more")
def refusals_move_on_from_where_they_stand(bench):
    arrival = intake.begin(bench.store, "a", digest(b"x"), 1, MORNING)["id"]
    advance = lambda *step: intake.intake(bench.store, lambda tx: tx.advance_refused(arrival, *step))  # noqa: E731
    advance(0, 256)
    for wrong in ((0, 256), (255, 300), (256, 255)):
        raises(Damage, lambda: advance(*wrong), f"a step {wrong}")
    same([row["refused"] for row in intake.arrivals(bench.store)], [256])


@check("anAnswerIsKeptForWhatItAnswers", "more")
def an_answer_is_kept_for_what_it_answers(bench):
    content, reply = b"ISA*837", b"ISA*999"
    same(intake.answer(bench.store, digest(content)), None)

    def body(tx):
        tx.keep(content)
        message = tx.add_message(tx.keep(reply), len(reply), 7, MORNING, direction=1, kind="999", source="a")
        tx.bind_answer(message, digest(content))
        return message

    message = intake.intake(bench.store, body)
    same((intake.answer(bench.store, digest(content)), intake.answer(bench.store, digest(reply))), (reply, None))
    bind = lambda known, one: intake.intake(bench.store, lambda tx: tx.bind_answer(one, known))  # noqa: E731
    another = intake.intake(bench.store, lambda tx: tx.add_message(tx.keep(reply), 1, 0, MORNING))
    raises(Refused, lambda: bind(digest(content), another), "a second answer")
    raises(Refused, lambda: bind(digest(reply), message), "a message that is another's answer")
    raises(Refused, lambda: bind(digest(b"never kept"), message), "an answer to what is not kept")
    # It is a message that goes out, and needs no send.
    bench.is_tidy()
    intake.intake(bench.store, lambda tx: tx.add_message(tx.keep(reply), 1, 7, MORNING, direction=1))
    raises(Exception, bench.is_tidy, "a message of no send")


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
        columns = ([case], [position], [before], [1], [digest(b"next")], [None], [MORNING], [None], [None])
        raises(Damage, lambda: bench.store.trip(("move_heads", SITE, *columns)), "a head at another place")
    # Without an entry it is the lease.
    columns = ([case], [sequence], [leaf], [0], [leaf], [None], [None], [None], [work.head(bench.store, case)["lease"] + 1])
    raises(Damage, lambda: bench.store.trip(("move_heads", SITE, *columns)), "a head of another lease")
    same((work.position(bench.store, case), bench.due(case)), ((sequence, leaf), MORNING))


@check("namesGoByTheirBytes", "more")
def names_go_by_their_bytes(bench):
    """Whatever order the database has for people's words, ours is that of bytes."""
    lanes = [("Zeta", "P"), ("alpha", "P"), ("b", "P")]
    order(bench, "V1", [bench.send(2, number, lane=lane) for number, lane in enumerate(reversed(lanes))])
    same(delivery.lanes(bench.store, MORNING), lanes)
