"""The checks of Tests/StoreTests/CaseStoreConformance.swift, under the same names."""

import random
import threading

import intake
import work
from bench import BATCH, DAY, MORNING, SECOND, check, day, same, true
from session import SITE, side_by_side
from values import START, Key, authorization, digest, member

MEMBER = member("P1", "M1")


def year_of_lines(bench, asking, number="M1", first="2026-01-01", last="2026-12-31"):
    return work.member_lines(bench.store, "P1", number, day(first), day(last), asking)


@check("everyResult")
def every_result(bench):
    cases = [bench.open(f"V{number}") for number in range(1, 5)]
    other = bench.open("V5")
    good = bench.decision(cases[0])
    moved = bench.decision(cases[1], after=(1, digest(b"another")))
    stale = bench.decision(cases[2])
    stale.seen = {MEMBER: 1}
    taken = bench.decision(cases[3])
    taken.binds = [bench.visit("V5")]
    refused = bench.decision(other)
    refused.rows["decisions"] = [(*refused.rows["decisions"][0][:5], digest(b"never put"))]
    unknown = bench.decision(99, after=START)
    results = bench.commit(good, moved, stale, taken, refused, unknown)
    words = ["committed", "moved", "seen changed", "taken", "refused", "moved"]
    same([result[0] for result in results], words)
    same(results[0][1][0], 2, "position")
    same(results[3][1], bench.visit("V5"))
    same(work.position(bench.store, cases[0]), results[0][1])
    for case in [*cases[1:], other]:
        same(work.position(bench.store, case)[0], 1)
    # The very same commit again finds that the case has moved: nothing is written twice.
    same(bench.commit(good), [("moved",)])
    bench.is_whole(cases[0])
    # A batch that stands is two round trips.
    before = bench.store.trips
    bench.committed(*[bench.decision(case, after=work.position(bench.watcher, case)) for case in cases])
    same(bench.store.trips - before, 2, "round trips")


@check("aRefusedCommitLeavesNothing")
def a_refused_commit_leaves_nothing(bench):
    first, second = bench.open("V1"), bench.open("V2")
    bad = bench.decision(first)
    bad.raised = {MEMBER}
    bad.binds = [Key("trace", "T1")]
    bad.rows["lines"] = [bench.line(2)]
    bad.rows["ended"] = [(1, 0, 1, MORNING, "ann")]
    results = bench.commit(bad, bench.decision(second))
    same([result[0] for result in results], ["refused", "committed"])
    true("work item" in results[0][1], f"the refusal does not say why: {results[0][1]}")
    same(work.rows_of(bench.store, first), {}, "rows")
    same(bench.store.row("find_case", SITE, "T1", "trace", ""), None, "key")
    same(year_of_lines(bench, first)[0], 0, "version")
    # It is still due: what to do with it is the worker's to say.
    same(bench.due(first), MORNING)


@check("whatMovedIsNeverSetAside")
def what_moved_is_never_set_aside(bench):
    case = bench.open("V1")
    for turn in range(8):
        claimed = bench.claim()
        same(len(claimed), 1, "claimed")
        one = bench.decision(case, after=claimed[0].position)
        bench.append(f'{{"turn":{turn}}}', case)
        same(bench.commit(one), [("moved",)])
        work.release(bench.store, claimed)
    same(work.cases_set_aside(bench.store), [])
    same(bench.due(case), MORNING)
    claimed = bench.claim()[0]
    same(claimed.position[0], 9)
    bench.committed(bench.decision(case, after=claimed.position))


@check("twoWorkersDoNothingTwice")
def two_workers_do_nothing_twice(bench, workers=2, count=12, wanted=6):
    cases = [bench.open(f"V{number}") for number in range(count)]

    all_have_read = threading.Barrier(workers)

    def work_all(session):
        committed = moved = turns = 0
        while True:
            commits = []
            for case in cases:
                position = work.position(session, case)
                if position[0] < wanted:
                    commits.append(bench.decision(case, after=position))
            if not commits:
                return committed, moved
            random.Random(committed + moved).shuffle(commits)
            if turns == 0:
                all_have_read.wait(60)
            turns += 1
            words = [result[0] for result in bench.commit(*commits, session=session)]
            committed += words.count("committed")
            moved += words.count("moved")

    sessions = [bench.session() for _ in range(workers)]
    found = side_by_side(*[lambda session=session: work_all(session) for session in sessions])
    same(sum(committed for committed, _ in found), count * (wanted - 1), "committed")
    for case in cases:
        same([row["seq"] for row in work.tails(bench.store, [(case, 0)])[0]], list(range(1, wanted + 1)))
        bench.is_whole(case)
        same(len(work.rows_of(bench.store, case)["decisions"]), wanted - 1, "decisions")
    true(sum(moved for _, moved in found) >= count * (workers - 1), "nobody met anybody")
    bench.say(committed=count * (wanted - 1), moved=sum(moved for _, moved in found))
    bench.say(deadlocks=sum(session.deadlocks for session in sessions))


@check("aLeaseThatRanOutIsTakenOver")
def a_lease_that_ran_out_is_taken_over(bench):
    case = bench.open("V1")
    first = bench.claim()[0]
    same(bench.claim(), [])
    # The case's clock does nothing to a lease.
    same(bench.claim(now=MORNING + 9 * DAY), [])
    bench.machine(MORNING + 30 * SECOND - 1)
    same(bench.claim(), [], "a millisecond before")
    bench.machine(MORNING + 30 * SECOND)
    second = bench.claim()[0]
    true(second.lease > first.lease, "the lease did not rise")
    same(second.position, first.position)
    # The first is late, not wrong: nothing has moved. The second then finds that it has.
    bench.committed(bench.decision(case, after=first.position))
    same(bench.commit(bench.decision(case, after=second.position)), [("moved",)])


@check("aReleasedLeaseIsFree")
def a_released_lease_is_free(bench):
    case = bench.open("V1")
    first = bench.claim()
    work.release(bench.store, first)
    second = bench.claim()
    same([one.case for one in second], [case])
    # A lease that another has by now is not given back by who had it before.
    work.release(bench.store, first)
    same(bench.claim(), [])
    same(work.claim_cases(bench.store, [case], MORNING), [])
    work.release(bench.store, second)
    same(len(work.claim_cases(bench.store, [case], MORNING)), 1)


@check("whatIsPutOffIsDueLater")
def what_is_put_off_is_due_later(bench):
    first, second = bench.open("V1"), bench.open("V2")
    claimed = bench.claim()
    # One of them was made due meanwhile by somebody else.
    trace = Key("trace", "T1")

    def released(tx):
        tx.wait(trace, None, b"{}", MORNING)
        tx.bind(trace, second)

    intake.intake(bench.store, released)
    later = MORNING + 9 * SECOND
    work.put_off(bench.store, claimed, later)
    same((bench.due(first), bench.due(second)), (later, MORNING))
    same(work.cases_set_aside(bench.store), [])
    same([one.case for one in bench.claim()], [second])
    same([one.case for one in bench.claim(now=later)], [first])


@check("sharedVersionsRise")
def shared_versions_rise(bench):
    first, second = bench.open("V1"), bench.open("V2")
    keys = [MEMBER, authorization("P1", "A1")]
    for turn, key in enumerate(keys + keys):
        one = bench.decision(first)
        one.seen, one.raised = {key: turn // 2}, {key}
        bench.committed(one)
    late = bench.decision(second)
    late.seen = {keys[0]: 2, keys[1]: 1}
    same(bench.commit(late), [("seen changed",)])
    late.seen = {keys[0]: 2, keys[1]: 2}
    bench.committed(late)
    # Parts are not run together: another payer and member are another key.
    late = bench.decision(second)
    late.seen = {member("P", "1M1"): 0}
    bench.committed(late)


@check("twoCommitsOfOneMember")
def two_commits_of_one_member(bench):
    commits = []
    for number in ("V1", "V2"):
        one = bench.decision(bench.open(number))
        one.seen, one.raised = {MEMBER: 0}, {MEMBER}
        commits.append(one)
    same([result[0] for result in bench.commit(*commits)], ["committed", "seen changed"])


@check("aKeyLeadsToOneCase")
def a_key_leads_to_one_case(bench):
    first, second = bench.open("V1"), bench.open("V2")
    key = Key("claim", "K1")

    def both(*keys):
        commits = [bench.decision(first), bench.decision(second)]
        for one, bound in zip(commits, keys):
            one.binds = [bound]
        return bench.commit(*commits)

    results = both(key, key)
    same(results[0][0], "committed")
    same(results[1], ("taken", key))
    # A key of the same value by another authority is another key; the case's own key may be bound again.
    same([result[0] for result in both(key, Key("claim", "K1", "P1"))], ["committed"] * 2)
    same(bench.store.row("find_by_value", SITE, "K1")["case_no"], first)
    same(intake.intake(bench.store, lambda tx: tx.bind(bench.visit("V1"), second)), False)


@check("lookUpsLeaveOutTheAskingCase")
def look_ups_leave_out_the_asking_case(bench):
    first, second = bench.open("V1"), bench.open("V2")
    for case in (first, second):
        one = bench.decision(case)
        one.rows["lines"] = [bench.line(2, authorization="A1")]
        one.raised = {MEMBER}
        bench.committed(one)
    line = bench.line(2, authorization="A1")
    same(year_of_lines(bench, first), (2, [(second, *line)]))
    same(year_of_lines(bench, first, "M2")[1], [])
    same(work.authorization_lines(bench.store, "P1", "A1", second), (0, [(first, *line)]))
    same(work.authorization_lines(bench.store, "P2", "A1", second), (0, []))
    same(year_of_lines(bench, second, first="2026-03-03", last="2026-03-09"), (2, []))
    same(bench.store.rows("setting", SITE, "name") + bench.store.rows("provider", SITE, "1"), [])
    same(bench.store.rows("usual_charges", SITE, ["99213"]), [{"amount": None}])
    bench.store.trip(
        ("set_setting", SITE, "name", "north"), ("put_provider", SITE, "1", b"{}"), ("put_usual_charge", SITE, "99213", 100))  # fmt: skip
    same(bench.store.row("setting", SITE, "name"), {"value": "north"})
    same(bench.store.row("provider", SITE, "1"), {"body": b"{}"})
    same([row["amount"] for row in bench.store.rows("usual_charges", SITE, ["x", "99213", "y"])], [None, 100, None])
    # Keys that lead to other cases, as far as the first that does not: it leads nowhere, or to who asks.
    key, own, nowhere = bench.visit("V2"), bench.visit("V1"), Key("claim", "K9")
    for keys, taken in (([key, key], 2), ([key, own, key], 1), ([key, nowhere, key], 1), ([own, key], 0), ([], 0)):
        found = work.taken_keys(bench.store, keys, first) if keys else []
        same(found, keys[:taken], "taken keys")


@check("intakeBetweenLookUpAndCommit")
def intake_between_look_up_and_commit(bench):
    case = bench.open("V1")
    claimed = bench.claim()[0]
    one = bench.decision(case, after=claimed.position)
    bench.append('{"late":true}', case)
    same(bench.commit(one), [("moved",)])
    same(bench.due(case), MORNING)
    bench.committed(bench.decision(case, after=work.position(bench.store, case)))
    same(bench.due(case), None)
    same(work.next_case_due(bench.store, MORNING), None)


@check("peopleComeFirst")
def people_come_first(bench):
    batch = bench.open("V1")
    waiting = bench.open("V2", priority=0)
    earlier = bench.open("V3", at=MORNING - 9 * SECOND)

    def claim(priority, limit=9):
        claimed = bench.claim(limit, priority=priority)
        work.release(bench.store, claimed)
        return [one.case for one in claimed]

    same(claim(0), [waiting])
    same(claim(BATCH), [earlier, batch])
    same(claim(BATCH, limit=1), [earlier])
    # A file does not push back what a person waits for; a person's request pulls forward what came in a file.
    bench.append("{}", waiting)
    same(claim(0), [waiting])
    bench.append("{}", batch, priority=0)
    same(claim(0), [batch, waiting])
    # A commit says whose work the case is while it is due at once.
    for priority, found in ((BATCH, [waiting]), (None, [waiting]), (0, [batch, waiting])):
        one = bench.decision(batch, due=MORNING)
        one.priority = priority
        bench.committed(one)
        same(claim(0), found, f"priority {priority}")
    # Once nothing is to be done at once, nobody waits for it.
    bench.committed(bench.decision(batch, due=MORNING + 3600 * SECOND))
    same(work.head(bench.store, batch)["priority"], BATCH)
    same(claim(0), [waiting])
