"""Races of many sessions at once, without any order of ours, and with counts."""

import random
import time

import delivery
import intake
import work
from bench import BATCH, MORNING, SECOND, check, same, true
from checks_delivery import LANE, form, order
from checks_work import two_workers_do_nothing_twice
from session import SITE, side_by_side
from values import Key, member


def crowd(bench, count, body):
    """Runs a body in sessions of their own, with a source of chance for each; its deadlocks are counted."""
    sessions = [bench.session() for _ in range(count)]
    for number, session in enumerate(sessions):
        session.share = number
    found = side_by_side(
        *[lambda s=session, n=number: body(s, random.Random(n)) for number, session in enumerate(sessions)]
    )
    bench.say(sessions=count, deadlocks=sum(session.deadlocks for session in sessions))
    bench.say(anew=sum(session.anew for session in sessions))
    return found


@check("crowdOfWorkersOnTheSameCases", "crowd")
def crowd_of_workers(bench):
    two_workers_do_nothing_twice(bench, workers=6, count=24, wanted=11)
    same(bench.counts["deadlocks"], 0, "deadlocks of commits alone")


@check("crowdOfClaimsOfTheSameMembers", "crowd")
def crowd_of_members(bench, members=20, cases=6):
    """Each case looks its members up, and commits only on what it saw: each version is seen by one commit."""
    numbers = [bench.open(f"V{number}") for number in range(members * cases)]

    def body(session, chance):
        seen, refused = [], 0
        mine = [case for place, case in enumerate(numbers) if place % cases == session.share]
        for case in chance.sample(mine, len(mine)):
            keys = [member("P1", f"M{number}") for number in chance.sample(range(members), 3)]
            while True:
                one = bench.decision(case, session=session)
                one.seen = {key: session.row("shared_version", SITE, *key)["version"] for key in keys}
                one.raised = set(keys)
                result = bench.commit(one, session=session)[0][0]
                if result == "committed":
                    seen += one.seen.items()
                    break
                same(result, "seen changed")
                refused += 1
        return seen, refused

    found = crowd(bench, cases, body)
    seen = [one for part, _ in found for one in part]
    same(len(set(seen)), len(seen), "versions seen by one commit alone")
    same(len(seen), members * cases * 3)
    same(bench.counts["deadlocks"], 0, "deadlocks")
    bench.say(committed=members * cases, seen_changed=sum(refused for _, refused in found))


@check("crowdOnTheSameDueList", "crowd")
def crowd_on_the_same_due_list(bench, cases=200):
    numbers = [bench.open(f"V{number}") for number in range(cases)]

    def body(session, chance):
        mine = []
        # Who is given more than there is has some twice, and would be given them for ever.
        while len(mine) <= cases and (claimed := bench.claim(chance.randint(1, 9), session=session)):
            mine += [one.case for one in claimed]
            if chance.random() < 0.3:
                back = claimed[0]
                work.release(session, [back])
                mine.remove(back.case)
        return mine

    found = crowd(bench, 6, body)
    claimed = [case for part in found for case in part]
    same(len(claimed), len(set(claimed)), "a case that two have")
    same(len(claimed) + len(bench.claim(cases)), cases, "cases")
    same(len(numbers), cases)
    bench.say(claimed=len(claimed), workers_with_any=sum(bool(part) for part in found))


@check("crowdOfIntakeAndWorkers", "crowd")
def crowd_of_intake_and_workers(bench, cases=10, entries=30):
    """Sessions append while others work: no entry is lost, and none is left undecided by a case that is not due."""
    numbers = [bench.open(f"V{number}") for number in range(cases)]

    def body(session, chance):
        if session.share % 2:
            try:
                for _ in range(entries * cases // 3):
                    bench.append("{}", chance.choice(numbers), session=session)
            finally:
                ended.append(session)
            return 0, 0
        committed = moved = 0
        until = time.monotonic() + 60
        while time.monotonic() < until and (len(ended) < 3 or work.next_case_due(session, 0) is not None):
            claimed = bench.claim(4, session=session)
            commits = [bench.decision(one.case, after=one.position, session=session) for one in claimed]
            results = [result[0] for result in bench.commit(*commits, session=session)] if commits else []
            committed += results.count("committed")
            moved += results.count("moved")
            work.release(session, [one for one, result in zip(claimed, results) if result == "moved"])
        return committed, moved

    ended = []
    found = crowd(bench, 6, body)
    appended = 3 * (entries * cases // 3)
    decided = sum(committed for committed, _ in found)
    same(sum(work.position(bench.store, case)[0] for case in numbers), cases + appended + decided, "entries")
    for case in numbers:
        bench.is_whole(case)
        same(bench.due(case), None, "nothing is left to be done")
        same(work.tails(bench.store, [(case, 0)])[0][-1]["kind"], "decided", "the last entry")
    same(bench.counts["deadlocks"], 0, "deadlocks")
    bench.say(appended=appended, decided=decided, moved=sum(moved for _, moved in found))


@check("crowdOfIntakesThatMeetFirst", "crowd")
def crowd_of_intakes_that_meet_first(bench):
    crowd_of_intakes(bench, meets=True)
    same(bench.counts["deadlocks"], 0, "deadlocks")


@check("crowdOfIntakesInAnyOrder", "crowd")
def crowd_of_intakes_in_any_order(bench):
    """Without meeting first, units are locked as they come: the server ends some for deadlocks, and repeated they lose nothing."""
    crowd_of_intakes(bench, meets=False, rounds=8)


def crowd_of_intakes(bench, meets, rounds=40, units=8, keys=60):
    """Transactions of several units in any order, and commits that bind some of their keys."""
    names = [Key("trace", f"T{number}") for number in range(keys)]

    def body(session, chance):
        answers = 0
        for turn in range(rounds):
            if session.share == 0:
                case = bench.open_by(session, f"W{turn}")
                one = bench.decision(case, session=session)
                free = [key for key in names if session.row("find_case", SITE, key.value, "trace", "") is None]
                one.binds = chance.sample(free, min(6, len(free)))
                true(bench.commit(one, session=session)[0][0] in ("committed", "taken"), "bound")
                continue
            chosen = chance.sample(names, units)
            opens = chance.random() < 0.3

            def take(tx):
                if meets:
                    tx.meet(chosen)
                for place, key in enumerate(chosen):
                    case = tx.case_for(key)
                    if case is not None:
                        tx.append(case, BATCH, MORNING, [bench.entry()])
                    elif opens and place == 0:
                        tx.append(tx.open_case(key, BATCH, MORNING), BATCH, MORNING, [bench.entry()])
                    else:
                        tx.wait(key, None, b"{}", MORNING)

            intake.intake(session, take)
            answers += units
        return answers

    bench.open_by = lambda session, number: intake.intake(
        session, lambda tx: tx.open_case(bench.visit(number), BATCH, MORNING))  # fmt: skip
    answers = sum(crowd(bench, 5, body))
    count = lambda sql: bench.watcher.connection.execute(sql).fetchone()["n"]  # noqa: E731
    entries = count("SELECT count(*) AS n FROM journal WHERE kind = 'visit_updated'")
    waiting = count("SELECT count(*) AS n FROM waiting_unit")
    same(entries + waiting, answers, "answers that are there")
    same(count("SELECT count(*) AS n FROM case_head"), bench.store.row("last_case", SITE)["value"], "numbers without gaps")
    bench.is_tidy()
    bench.say(answers=answers, waiting=waiting)


@check("crowdOfCouriers", "crowd")
def crowd_of_couriers(bench, sends=60):
    for number in range(sends // 10):
        order(bench, f"V{number}", [bench.send(2, part) for part in range(10)])

    def body(session, chance):
        formed, settled = 0, []
        while True:
            ready = delivery.unformed(session, LANE, chance.randint(1, 7))
            formed += form(bench, session=session, sends=ready) if ready else 0
            attempts = delivery.claim_attempts(session, LANE, MORNING, chance.randint(1, 7))
            for attempt in attempts:
                delivery.settle_alone(session, attempt, "delivered")
                settled.append(attempt.bytes)
            if not ready and not attempts:
                return formed, settled

    found = crowd(bench, 5, body)
    settled = [one for _, part in found for one in part]
    # Whoever finds nothing ends; what another held at that moment is delivered by that other.
    same(sum(formed for formed, _ in found), sends, "messages")
    same(sorted(settled), sorted(b"ISA%d" % number for number in range(1, sends + 1)), "deliveries, each once")
    bench.say(messages=sends)


@check("aLeaseThatEndsByItself", "crowd")
def a_lease_that_ends_by_itself(bench):
    """By the server's own clock: a worker that went silent is taken over once its lease ends, and not before."""
    bench.watcher.connection.execute(
        "CREATE OR REPLACE FUNCTION machine_time() RETURNS bigint LANGUAGE sql VOLATILE"
        " AS 'SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint'"
    )
    case = bench.open("V1")
    began = time.monotonic()
    first = bench.claim(lease=SECOND)[0]
    taken, tries = [], 0
    while not taken and time.monotonic() < began + 30:
        taken = bench.claim(lease=3600 * SECOND)
        tries += 1
    true(taken, "nobody could take the case over")
    true(time.monotonic() - began > 0.9, "the case was taken over before its lease ended")
    bench.committed(bench.decision(case, after=taken[0].position))
    same(bench.commit(bench.decision(case, after=first.position)), [("moved",)])
    work.release(bench.store, [first])
    bench.say(tries=tries)
