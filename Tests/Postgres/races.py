"""Races of two sessions in one certain interleaving: the first is held at a point inside its transaction, and the second runs
until it has ended or waits for the first. What is tried by many sessions at once stands in crowds.py."""

import itertools

import delivery
import intake
import work
from bench import BATCH, DAY, MORNING, check, same, true
from checks_delivery import LANE, end_unformed, form, order
from session import SITE, Changed, Damage, Refused, Task, overlap, wait_for_locks
from values import Commit, Key, digest, member

MEMBER = member("P1", "M1")


def words(results):
    return [result[0][0] for result in results]


def race(bench, session, point, first, second):
    bench.say(interleavings=1)
    return overlap(bench.watcher, session, point, first, second)


def both(bench, commits, other):
    return (lambda: bench.commit(commits[0])), (lambda: bench.commit(commits[1], session=other))


@check("raceTwoWorkersOnOneCase", "race")
def two_workers_on_one_case(bench):
    """Held between comparing and writing, and again between writing and the end of the transaction."""
    other = bench.session()
    for turn, point in enumerate(("compared", "written")):
        case = bench.open(f"V{turn}")
        first, second = bench.decision(case), bench.decision(case, body='{"event":"other"}')
        found = race(
            bench, bench.store, point, lambda: bench.commit(first), lambda: bench.commit(second, session=other))  # fmt: skip
        same(words(found), ["committed", "moved"], point)
        same(work.position(bench.store, case)[0], 2)
        bench.is_whole(case)


@check("raceTwoClaimsOfOneMember", "race")
def two_claims_of_one_member(bench):
    """Both have seen the same version, of a member that nobody has raised before and of one that somebody has."""
    other = bench.session()
    for version in (0, 1):
        commits = []
        for name in "AB":
            one = bench.decision(bench.open(f"V{version}{name}"))
            one.seen, one.raised = {MEMBER: version}, {MEMBER}
            commits.append(one)
        found = race(bench, bench.store, "compared", *both(bench, commits, other))
        same(words(found), ["committed", "seen changed"], f"version {version}")
    same(bench.store.row("shared_version", SITE, *MEMBER)["version"], 2)


@check("raceTwoBatchesInOppositeOrder", "race")
def two_batches_in_opposite_order(bench):
    """A third holds one row in the middle until both wait. Had each gone its own way, both would hold what the other wants next."""
    first, second, third = bench.session(), bench.session(), bench.session()

    def meet(lock, one, other):
        third.trip(("begin",), lock)
        tasks = [Task(lambda: bench.commit(*one, session=first)), Task(lambda: bench.commit(*other, session=second))]
        for number, task in enumerate(tasks, start=1):
            task.start()
            wait_for_locks(bench.watcher, number)
        third.trip(("rollback",))
        bench.say(interleavings=1)
        return [task.result() for task in tasks]

    cases = [bench.open(f"V{number}") for number in range(6)]
    decisions = [bench.decision(case) for case in cases]
    found = meet(("lock_heads", SITE, cases[3:4]), decisions, decisions[::-1])
    same([[result[0] for result in results] for results in found], [["committed"] * 6, ["moved"] * 6])
    for turn in range(12):
        members = [member("P1", f"M{number}") for number in range(8)]
        keys = [Key("claim", f"K{turn}{number}") for number in range(8)]
        places = [list(column) for column in zip(*[(key.value, key.kind, key.authority) for key in keys])]
        first.trip(("ensure_shared_keys", SITE, [0] * 8, [key for _, key in members]), ("ensure_case_keys", SITE, *places))
        locks = [("lock_shared_keys", SITE, [0], [members[turn % 8][1]]), ("lock_case_keys", SITE, *[row[3:4] for row in places])]
        for lock in locks:
            pair = [bench.decision(case) for case in cases[:2]]
            for one, order in zip(pair, (1, -1)):
                one.raised, one.binds = (set(members), []) if lock is locks[0] else (set(), keys[::order])
            found = meet(lock, pair[:1], pair[1:])
            true(found[0][0][0] == "committed" and found[1][0][0] in ("committed", "taken"), f"{found}")
    same(first.deadlocks + second.deadlocks, 0, "deadlocks")


@check("raceTwoCasesBindOneKey", "race")
def two_cases_bind_one_key(bench):
    other = bench.session()
    for awaited in (False, True):
        key = Key("claim", f"K{awaited}")
        if awaited:
            bench.wait("answer", key)
        commits = [bench.decision(bench.open(f"V{awaited}{number}")) for number in (1, 2)]
        for one in commits:
            one.binds = [key]
        found = race(bench, bench.store, "compared", *both(bench, commits, other))
        same(words(found), ["committed", "taken"])
        same(bench.store.row("find_by_value", SITE, key.value)["case_no"], commits[0].case)
    # A commit and intake.
    commits[1].binds = [Key("claim", "K2")]
    bound = lambda: intake.intake(other, lambda tx: tx.bind(Key("claim", "K2"), commits[0].case))  # noqa: E731
    found = race(bench, bench.store, "compared", lambda: bench.commit(commits[1]), bound)
    same((found[0][0][0], found[1]), ("committed", False))


@check("raceTwoWorkersOnOneDueList", "race")
def two_workers_on_one_due_list(bench):
    """The second passes over what the first is claiming, and does not wait for it."""
    other = bench.session()
    cases = [bench.open(f"V{number}") for number in range(4)]
    found = race(bench, bench.store, "claimed", lambda: bench.claim(2), lambda: bench.claim(9, session=other))
    same([[one.case for one in claimed] for claimed in found], [cases[:2], cases[2:]])
    same(bench.store.other_waited, False, "whether the second waited")
    # A case that somebody asks for by its number is waited for; by then another has it.
    work.release(bench.store, found[0])
    named = lambda: work.claim_cases(other, cases[:1], MORNING)  # noqa: E731
    found = race(bench, bench.store, "claimed", lambda: bench.claim(1), named)
    same([len(claimed) for claimed in found], [1, 0])


@check("raceIntakeBetweenLookUpAndCommit", "race")
def intake_between_look_up_and_commit(bench):
    """Whichever comes first, the entry is there and the case is due for it."""
    other = bench.session()
    first, second = bench.open("V1"), bench.open("V2")
    one = bench.decision(first)
    late = lambda case: bench.append('{"late":true}', case, session=other)  # noqa: E731
    found = race(bench, bench.store, "compared", lambda: bench.commit(one), lambda: late(first))
    same((found[0][0][0], found[1][0]), ("committed", 3))
    one = bench.decision(second)
    found = race(bench, other, "head locked", lambda: late(second), lambda: bench.commit(one))
    same((found[0][0], found[1]), (2, [("moved",)]))
    for case in (first, second):
        same(bench.due(case), MORNING, f"case {case} is due")
        bench.is_whole(case)


@check("raceSetAsideAgainstIntake", "race")
def set_aside_against_intake(bench):
    """Invariant 19: what comes while a case is being set aside is not put off with it."""
    other = bench.session()
    case = bench.open("V1")
    claimed = bench.claim()[0]
    aside = lambda: work.set_aside(bench.store, claimed, "fold", "event", "0.2", MORNING, MORNING + DAY)  # noqa: E731
    race(bench, other, "head locked", lambda: bench.append("{}", case, session=other), aside)
    same((bench.due(case), work.cases_set_aside(bench.store)), (MORNING, []))


@check("raceAnAnswerAndItsCase", "race")
def an_answer_and_its_case(bench):
    """Invariant 26, both ways round, with the key new and with the key waited for already, before and after it is locked."""
    other = bench.session()
    for known, answer_first, point in itertools.product((False, True), (False, True), ("not found", "key locked")):
        key = Key("visit", f"{known}{answer_first}{point}", "north")
        if known:
            bench.wait("before", key)
        opened = lambda session: intake.intake(session, lambda tx: tx.open_case(key, BATCH, MORNING))  # noqa: E731

        def answer(tx):
            case = tx.case_for(key)
            if case is None:
                tx.wait(key, None, b"{}", MORNING)
            else:
                tx.append(case, BATCH, MORNING, [bench.entry()])

        bring = lambda session: intake.intake(session, answer)  # noqa: E731
        first, second = (bring, opened) if answer_first else (opened, bring)
        # The first has found nothing under the key when the second comes.
        race(bench, bench.store, point, lambda: first(bench.store), lambda: second(other))
        claimed = bench.claim()
        same(len(claimed), 1, "due")
        same(claimed[0].position[0] + len(claimed[0].released), 1 + known, "answers of the case")
    # A commit that binds the key while a unit begins to wait for it.
    case = bench.open("V")
    one = bench.decision(case)
    one.binds = [Key("trace", "T")]
    race(bench, other, "waits", lambda: bench.wait("late", Key("trace", "T"), session=other), lambda: bench.commit(one))
    same([len(found.released) for found in bench.claim()], [1], "released by the commit")
    bench.is_tidy()


@check("raceTwoCasesTakeOneMessage", "race")
def two_cases_take_one_message(bench):
    """The last two units of one message, taken by two cases at one instant: the message waits no longer."""
    other = bench.session()

    def body(tx):
        message = tx.add_message(tx.keep(b"both"), 4, 3, MORNING)
        for number in ("V1", "V2"):
            tx.wait(bench.visit(number), message, b"{}", MORNING)
        return message

    message = intake.intake(bench.store, body)
    commits = []
    for number in ("V1", "V2"):
        case = bench.open(number)
        one = bench.decision(case)
        one.taken = [row["id"] for row in bench.store.rows("released_units", SITE, [case], 9)]
        commits.append(one)
    found = race(bench, bench.store, "written", *both(bench, commits, other))
    same(words(found), ["committed"] * 2)
    same(bench.store.row("message_state", SITE, message)["state"], 0, "state of the message")


@check("raceASendAndTheDeliveryBeforeIt", "race")
def a_send_and_the_delivery_before_it(bench):
    """A send after one whose delivery ends at this moment is not held for ever, whichever comes first."""
    other = bench.session()
    for turn, (end, delivery_first) in enumerate(itertools.product(("delivered", "failed", "unformable"), (False, True))):
        case = order(bench, f"V{turn}", [bench.send(2)])
        if end != "unformable":
            form(bench)
            attempt = delivery.claim_attempts(bench.store, LANE, MORNING)[0]
        one = bench.decision(case)
        one.rows["sends"] = [bench.send(3, after=(2, 0))]

        def settle():
            if end == "unformable":
                return end_unformed(bench, (case, 2, 0), other)
            return delivery.settle_alone(other, attempt, end)

        if delivery_first:
            race(bench, other, "unformed ended" if end == "unformable" else "settled", settle, lambda: bench.commit(one))
        else:
            race(bench, bench.store, "written", lambda: bench.commit(one), settle)
        same(work.position(bench.store, case)[0], 3, "committed")
        same(delivery.unformed(bench.store, LANE), [(case, 3, 0)], "ready to be formed")
        form(bench)
        for attempt in delivery.claim_attempts(bench.store, LANE, MORNING):
            delivery.settle_alone(bench.store, attempt, "delivered")


@check("raceTwoCouriersInOneLane", "race")
def two_couriers_in_one_lane(bench):
    other = bench.session()
    order(bench, "V1", [bench.send(2, number) for number in range(4)])
    sends = delivery.unformed(bench.store, LANE)
    found = race(
        bench, bench.store, "sends locked", lambda: form(bench, sends=sends), lambda: form(bench, sends=sends, session=other))  # fmt: skip
    same(found, (4, 0), "messages formed")
    found = race(
        bench, bench.store, "attempts claimed", lambda: delivery.claim_attempts(bench.store, LANE, MORNING, limit=2),
        lambda: delivery.claim_attempts(other, LANE, MORNING))  # fmt: skip
    same([[one.bytes for one in attempts] for attempts in found], [[b"ISA1", b"ISA2"], [b"ISA3", b"ISA4"]])
    # Two who settle one attempt: the second finds that it has ended.
    attempt = found[0][0]
    race(
        bench, bench.store, "attempt ended", lambda: delivery.settle_alone(bench.store, attempt, "delivered"),
        lambda: delivery.settle_alone(other, attempt, "failed", failure="late"))  # fmt: skip
    same(delivery.status(bench.store, sends[0])[0], "delivered")


@check("raceTwoTakersOfOneArrival", "race")
def two_takers_of_one_arrival(bench):
    """Two who take the same units from a kept source: the second moves nothing, and what it took goes with it."""
    other = bench.session()
    source = b"x" * 512
    arrival = intake.begin(bench.store, "a", digest(source), 512, MORNING)["id"]
    intake.keep_piece(bench.store, arrival, 0, source)

    def take(session, who):
        def body(tx):
            tx.advance(arrival, 0, 256)
            tx.set(f"taken by {who}", "yes")

        try:
            intake.intake(session, body)
            return True
        except Damage:
            return False

    found = race(bench, bench.store, "advanced", lambda: take(bench.store, "one"), lambda: take(other, "two"))
    same(found, (True, False))
    same(bench.store.row("setting", SITE, "taken by two"), None)
    # A unit that both bring is taken once: the second is refused by its identity.
    identity = digest(b"unit")

    def bring(session):
        def body(tx):
            if tx.message_of(identity) is not None:
                return "known"
            message = tx.add_message(tx.keep(b"unit"), 4, 0, MORNING)
            session.reach("identity not found")
            tx.bind_identity(identity, message)
            return "taken"

        while True:
            try:
                return intake.intake(session, body)
            except Refused:
                continue

    found = race(bench, bench.store, "identity not found", lambda: bring(bench.store), lambda: bring(other))
    same(sorted(found), ["known", "taken"])


@check("raceTwoWhoFollowThePatterns", "race")
def two_who_follow_the_patterns(bench):
    """Each entry is counted once; one that is committed late, with an earlier number, is not passed over."""
    other, third = bench.session(), bench.session()
    commits = []
    for number in range(4):
        one = bench.decision(bench.open(f"V{number}"))
        one.rows["adjudicated"] = [(2, 0, "P1", "99213", "25", 1, "CO", "50", 100)]
        commits.append(one)
    bench.committed(*commits[2:])

    def follow_twice():
        return work.follow_patterns(other, 9) + work.follow_patterns(other, 9)

    found = race(bench, bench.store, "counted", lambda: work.follow_patterns(bench.store, 1), follow_twice)
    same(sum(found), 2)

    def commit_and_follow():
        bench.committed(commits[1], session=other)
        return work.follow_patterns(third, 9)

    found = race(bench, bench.store, "written", lambda: bench.commit(commits[0]), commit_and_follow)
    same(found[1], 1)
    same(work.follow_patterns(third, 9), 1, "rows of the commit that ended last")
    same(work.denial_patterns(bench.store, "P1", ["99213"]), [("P1", "99213", "25", "CO", "50", 4, 4, 400)])


@check("raceALookUpAndACommit", "race")
def a_look_up_and_a_commit(bench):
    """Invariant 13: of a commit in the middle of a look-up, the version is older than the lines, and the decision falls."""
    other = bench.session()
    asking, one = bench.open("V1"), bench.decision(bench.open("V2"))
    one.rows["lines"], one.raised = [bench.line(2)], {MEMBER}
    (version, lines), _ = race(
        bench, bench.store, "version read", lambda: work.member_lines(bench.store, "P1", "M1", 0, 99_999, asking),
        lambda: bench.committed(one, session=other))  # fmt: skip
    true(version == 0 or lines, "a version that is newer than the lines")
    decision = bench.decision(asking)
    decision.seen = {MEMBER: version}
    same(bench.commit(decision), [("seen changed",)])


@check("raceRetryAndCommit", "race")
def retry_and_commit(bench):
    """A person asks for a case that was set aside at the moment at which it goes on: neither waits for the other's second lock."""
    other = bench.session()
    case = bench.open("V1")
    work.set_aside(bench.store, bench.claim()[0], "fold", "event", "0.2", MORNING, MORNING)
    one = bench.decision(case)
    found = race(bench, bench.store, "compared", lambda: bench.commit(one), lambda: work.retry(other, case, MORNING))
    same((found[0][0][0], found[1]), ("committed", False))
    same((bench.due(case), work.cases_set_aside(bench.store)), (None, []))
    same(bench.store.deadlocks, 0, "deadlocks")


@check("raceNothingCameOfItAndARetry", "race")
def nothing_came_of_it_and_a_retry(bench):
    """Invariant 19: of who has nothing to write and who makes the case due, either comes first, and it is due for the second."""
    other = bench.session()
    for turn, how in enumerate(("commit", "put off", "commit")):
        case = bench.open(f"V{turn}")
        aside = work.claim_cases(bench.store, [case], MORNING)[0]
        work.set_aside(bench.store, aside, "fold", "event", "0.2", MORNING, MORNING)
        has = work.claim_cases(bench.store, [case], MORNING)[0]
        nothing = Commit(case, has.position, [], MORNING + DAY, lease=has.lease)
        key = Key("trace", f"T{turn}")
        bench.wait("answer", key)
        made_due = lambda: intake.intake(other, lambda tx: (tx.bind(key, case), other.reach("made due")))  # noqa: E731
        if turn == 2:
            race(bench, bench.store, "compared", lambda: bench.commit(nothing), made_due)
        elif how == "commit":
            same(race(bench, other, "made due", made_due, lambda: bench.commit(nothing))[1], [("moved",)])
        else:
            race(bench, other, "made due", made_due, lambda: work.put_off(bench.store, [has], MORNING + DAY))
        same(bench.due(case), MORNING, f"{how}: due")


@check("raceTwoAttemptsInOneLane", "race")
def two_attempts_in_one_lane(bench):
    """Both find that the receiver fails: both are counted. A third gives back what another has begun by now."""
    other = bench.session()
    order(bench, "V1", [bench.send(2), bench.send(2, 1)])
    form(bench)
    attempts = delivery.claim_attempts(bench.store, LANE, MORNING)

    def fails(session, one):
        def body():
            found = delivery.settle(session, one, "again", again_at=MORNING, lane_until=MORNING, at=MORNING)
            session.reach("lane waits")
            return found

        return session.transaction(body)

    found = race(
        bench, bench.store, "lane waits", lambda: fails(bench.store, attempts[0]), lambda: fails(other, attempts[1]))  # fmt: skip
    same(found, ("settled", "settled"))
    found = delivery.claim_attempts(bench.store, LANE, MORNING, lease=0)
    same([one.lane_failures for one in found], [2, 2])
    # The lease has ended at once: another begins the next attempt while who had the first gives it back.
    race(
        bench, bench.store, "attempts claimed", lambda: delivery.claim_attempts(bench.store, LANE, MORNING),
        lambda: delivery.release_attempts(other, found))  # fmt: skip
    same(delivery.claim_attempts(bench.store, LANE, MORNING), [], "attempts that another has")


@check("raceAPieceAndASourceBegunAnew", "race")
def a_piece_and_a_source_begun_anew(bench):
    """A piece is kept while what is kept goes, since it is not what was announced: it does not stand behind a gap."""
    other = bench.session()
    source = bytes(range(100))
    arrival = intake.begin(bench.store, "a", digest(source), 100, MORNING)["id"]
    intake.keep_piece(bench.store, arrival, 0, source[:50])

    def keep(session, offset, piece):
        try:
            intake.keep_piece(session, arrival, offset, piece)
            return True
        except (Changed, Refused):
            return False

    found = race(
        bench, bench.store, "content locked", lambda: keep(bench.store, 50, b"x" * 50),
        lambda: keep(other, 50, source[50:70]))  # fmt: skip
    same((found, intake.arrivals(bench.store)[0]["kept"]), ((False, False), 0))
    # What comes whole meanwhile waits for the piece, and takes it away.
    whole = lambda: intake.intake(other, lambda tx: tx.keep(source))  # noqa: E731
    race(bench, bench.store, "piece kept", lambda: keep(bench.store, 0, b"y" * 50), whole)
    row = intake.arrivals(bench.store)[0]
    same((row["kept"], intake.content_bytes(bench.store, row["content"])), (100, source))


@check("raceTwoAnswersToOneContent", "race")
def two_answers_to_one_content(bench):
    other = bench.session()

    def reply(session, text):
        def body(tx):
            known = digest(b"ISA")
            tx.keep(b"ISA")
            tx.bind_answer(tx.add_message(tx.keep(text), len(text), 7, MORNING, direction=1), known)

        try:
            intake.intake(session, body)
            return True
        except Refused:
            return False

    found = race(bench, bench.store, "answer made", lambda: reply(bench.store, b"one"), lambda: reply(other, b"two"))
    same(sorted(found), [False, True])
    bench.is_tidy()
