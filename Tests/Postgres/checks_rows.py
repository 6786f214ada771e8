"""The checks of Tests/StoreTests/CaseStoreConformance+Work.swift, under the same names."""

import threading
import time

import intake
import work
from bench import BATCH, DAY, HOUR, MORNING, SECOND, check, raises, same, true
from commit import ROWS
from session import SITE, Refused, side_by_side
from values import MOST_ENTRIES, Commit, Entry, Key, digest

# What `rowsComeBack` gives a case: rows of every kind for entries 2 and 3.


def rows_of_every_kind(bench):
    rows = {name: [] for name in ROWS}
    for entry in (2, 3):
        denied = (None, None) if entry == 2 else ("CO", "50")
        rows["decisions"].append((entry, "submission", "charged", "held", MORNING, bench.generation))
        rows["findings"].append((entry, 0, "submission", "claim.units", "failed", True, False, "K1"))
        rows["postings"].append((entry, 1, MORNING, "K1", "P1", 5, -4, 3, 2, 1, 9, entry == 3))
        rows["adjudicated"].append((entry, 0, "P1", "99213", "", 1, *denied, 7))
        rows["opened"].append((entry, 0, "submission", "held", 5, MORNING, MORNING + DAY if entry == 2 else None))
    rows["sends"] = [bench.send(2), bench.send(3, after=(2, 0))]
    rows["ended"] = [(2, 0, 1, MORNING, "ann")]
    rows["lines"] = [bench.line(2, state="drafted"), bench.line(2, line=2)]
    rows["states"] = [(2, 0, "held")]
    rows["summary"] = [("V1", "submission", "held", "P1", 20_514, 5, 0)]
    return rows


@check("rowsComeBack")
def rows_come_back(bench):
    case = bench.open("V1")
    one = bench.decision(case)
    one.entries.append(bench.entry(kind="decided"))
    one.rows = rows_of_every_kind(bench)
    bench.committed(one)
    wanted = rows_of_every_kind(bench)
    wanted["lines"] = [(*row[:-1], "held") for row in wanted["lines"]]
    del wanted["states"]
    same(work.rows_of(bench.store, case), wanted)
    bench.is_tidy()


@check("linesGivenAgainReplace")
def lines_given_again_replace(bench):
    case = bench.open("V1")

    def commit(lines, states=()):
        one = bench.decision(case)
        one.rows["lines"], one.rows["states"] = lines, list(states)
        bench.committed(one)
        return work.rows_of(bench.store, case)["lines"]

    commit([bench.line(2), bench.line(2, line=2)])
    # An edit bears its own state; the state of a claim that comes after it wins. What rows of one commit come to is merged
    # by the program (Rows+Merging.swift) before they are here.
    edited = bench.line(2, state="drafted")
    same(commit([edited]), [edited])
    same([row[-1] for row in commit([edited], [(2, 0, "held"), (2, 0, "void")])], ["void"])


@check("tailsGoOnFromAPosition")
def tails_go_on_from_a_position(bench):
    first, second = bench.open("V1"), bench.open("V2")
    position = bench.append('{"a":"é"}', first, at=MORNING + SECOND)
    bench.append('{"b":1}', first)
    tails = work.tails(bench.store, [(first, position[0]), (second, 0), (9, 0), (first, 0)])
    same([[row["seq"] for row in tail] for tail in tails], [[3], [1], [], [1, 2, 3]])
    entry = tails[3][1]
    same(entry["body"], '{"a":"é"}'.encode())
    same((entry["at"], entry["leaf"], entry["case_no"]), (MORNING + SECOND, position[1], first))


@check("patternsFollowBehind")
def patterns_follow_behind(bench):
    for number in range(1, 4):
        one = bench.decision(bench.open(f"V{number}"))
        reasons = ["16" if number == 3 else "50", "16", None]
        one.rows["adjudicated"] = [
            (2, place, "P1", "99213", "25", line, reason and "CO", reason, 100)
            for place, (line, reason) in enumerate(zip((1, 1, 2), reasons))
        ]
        bench.committed(one)
    same(work.denial_patterns(bench.store, "P1", ["99213"]), [])
    same(bench.store.row("patterns_behind", SITE)["rows"], 9)
    # An entry is not divided, whatever the limit.
    same([work.follow_patterns(bench.store, limit) for limit in (2, 100, 100)], [3, 6, 0])
    patterns = [("P1", "99213", "25", "CO", reason, denied, 6, denied * 100) for reason, denied in (("16", 4), ("50", 2))]
    same(work.denial_patterns(bench.store, "P1", ["99213"]), patterns)
    same([tuple(row.values()) for row in bench.store.rows("most_frequent_patterns", SITE, 1)], patterns[:1])


@check("nothingCameOfIt")
def nothing_came_of_it(bench):
    case = bench.open("V1", priority=0)
    claimed = work.claim_cases(bench.store, [case], MORNING)[0]
    later = MORNING + HOUR
    nothing = Commit(case, claimed.position, [], later)
    same(bench.commit(nothing)[0][0], "refused")
    nothing.lease = claimed.lease
    same(bench.commit(nothing), [("committed", claimed.position)])
    same((work.position(bench.store, case), bench.due(case)), (claimed.position, later))
    same(work.claim_cases(bench.store, [case], MORNING), [])
    same(len(work.claim_cases(bench.store, [case], later)), 1)
    # What came meanwhile is not lost by it.
    bench.append("{}", case)
    same(bench.commit(nothing), [("moved",)])
    same(bench.due(case), MORNING)


@check("nothingIsPutOffThatWasMadeDue")
def nothing_is_put_off_that_was_made_due(bench):
    case = bench.open("V1")
    claim = lambda: work.claim_cases(bench.store, [case], MORNING)  # noqa: E731
    aside = lambda one: work.set_aside(bench.store, one, "decode", "", "0.2", MORNING, MORNING + HOUR)  # noqa: E731
    put_off = lambda one: bench.commit(Commit(case, one.position, [], None, lease=one.lease))  # noqa: E731
    # A person asks for it while a worker has it.
    aside(claim()[0])
    same(work.retry(bench.store, case, MORNING), True)
    had = claim()[0]
    same(work.retry(bench.store, case, MORNING), True)
    same((put_off(had), bench.due(case)), ([("moved",)], MORNING))
    # Nor does who had it set it aside, nor give back what another has by now.
    aside(had)
    same(bench.due(case), MORNING)
    has = claim()[0]
    work.release(bench.store, [had])
    work.put_off(bench.store, [had], MORNING + HOUR)
    same((claim(), bench.due(case)), ([], MORNING))
    # A unit is released to it by a further key.
    trace = Key("trace", "T1")
    bench.wait("answer", trace)
    same(intake.intake(bench.store, lambda tx: tx.bind(trace, case)), True)
    aside(has)
    same(bench.due(case), MORNING)
    same(put_off(has), [("moved",)])
    work.release(bench.store, [has])
    same(bench.due(case), MORNING)


@check("limitsAreAnswered")
def limits_are_answered(bench):
    case = bench.open("V1")

    def refusal(change):
        one = bench.decision(case)
        change(one)
        result = bench.commit(one)[0]
        return result[1] if result[0] == "refused" else None

    def entry(**changes):
        def change(one):
            for name, value in changes.items():
                setattr(one.entries[0], name, value)

        return change

    true("body" in (refusal(entry(body=b" " * ((1 << 20) + 1))) or ""), "a body of more than 1 MiB")
    for kind in ("", "x" * 25, "nächste", "two words"):
        true("kind" in (refusal(entry(kind=kind)) or ""), f"the kind {kind!r}")
    true("version" in (refusal(entry(version=-1)) or ""), "the version -1")
    true("no lines" in (refusal(lambda one: one.rows.update(states=[(1, 0, "x")])) or ""), "a state without lines")
    true(refusal(lambda one: one.rows.update(sends=[bench.send(2, after=(1, 0))])), "a send after one that is not there")
    same(work.position(bench.store, case)[0], 1)
    # The most that is allowed goes through.
    most = bench.decision(case)
    most.entries = [Entry(MORNING, "decided", b" " * (1 << 20))] + [bench.entry(kind="decided") for _ in range(63)]
    same(bench.committed(most)[0][0], 65)
    bench.is_whole(case)


@check("setAsideComparesTheLease")
def set_aside_compares_the_lease(bench):
    case = bench.open("V1")
    later = MORNING + HOUR

    def claim(now):
        return (work.claim_cases(bench.store, [case], now) or [None])[0]

    def set_aside(one, reason):
        work.set_aside(bench.store, one, reason, "event.units", "0.2", MORNING, later)

    def reasons():
        return [(row[1], row[3]) for row in work.cases_set_aside(bench.store)]

    first = claim(MORNING)
    set_aside(first, "decode")
    same(claim(MORNING), None)
    same(work.cases_set_aside(bench.store), [(case, "decode", "event.units", 1, "0.2", MORNING, later)])
    same(work.next_case_due(bench.store, MORNING), later)
    second = claim(later)
    # An older lease sets nothing aside, nor does one whose case has moved.
    set_aside(first, "late")
    set_aside(second, "fold")
    same(reasons(), [("fold", 2)])
    same(work.retry(bench.store, case, MORNING), True)
    third = claim(MORNING)
    bench.append("{}", case)
    set_aside(third, "moved")
    same(bench.due(case), MORNING)
    same(reasons(), [("fold", 2)])
    # What goes on is set aside no longer.
    bench.committed(bench.decision(case))
    same(work.cases_set_aside(bench.store), [])
    same(work.retry(bench.store, case, MORNING), False)


@check("waitingUnitsAreReleasedByIntake")
def waiting_units_are_released_by_intake(bench):
    messages = [bench.wait("one", bench.visit("V1")), bench.wait("two", bench.visit("V1"))]
    bench.wait("other", bench.visit("V9"))
    # The case has no entry of its own, and is due all the same.
    case = intake.intake(bench.store, lambda tx: tx.open_case(bench.visit("V1"), BATCH, MORNING))
    claimed = bench.claim()[0]
    same(claimed.case, case)
    same([unit[1:] for unit in claimed.released], list(zip(messages, (b"one", b"two"))))
    same([row["id"] for row in bench.store.rows("case_messages", SITE, case)], messages)
    # One taken: the other keeps the case due, whatever the commit says.
    one = Commit(case, claimed.position, [bench.entry()], taken=[claimed.released[0][0]])
    one.expected = bench.committed(one)[0]
    same(bench.due(case), MORNING)
    same([bench.store.row("message_state", SITE, message)["state"] for message in messages], [0, 3])
    # A unit is taken once.
    same(bench.commit(one)[0][0], "refused")
    one.taken = [claimed.released[1][0]]
    bench.committed(one)
    same(bench.due(case), None)
    same([row["key_value"] for row in bench.store.rows("waiting_units", SITE, 0, 9)], ["V9"])
    raises(Refused, lambda: bench.wait("late", bench.visit("V1")), "a unit for a key that leads to a case")


@check("moreUnitsThanACommitTakes")
def more_units_than_a_commit_takes(bench):
    count = MOST_ENTRIES + 6
    for number in range(1, count + 1):
        bench.wait(f"unit {number}", bench.visit("V1"))
    case, other = bench.open("V1"), bench.open("V2")
    bench.committed(bench.decision(other))
    for expected, due in ((MOST_ENTRIES, MORNING), (6, None)):
        claimed = bench.claim()[0]
        same(len(claimed.released), expected, "units of one work")
        entries = [bench.entry(unit[2].decode()) for unit in claimed.released]
        bench.committed(Commit(case, claimed.position, entries, taken=[unit[0] for unit in claimed.released]))
        same(bench.due(case), due)
    bodies = [row["body"] for row in work.tails(bench.store, [(case, 1)])[0]]
    same(bodies, [b"unit %d" % number for number in range(1, count + 1)])


@check("waitingUnitsAreReleasedByACommit")
def waiting_units_are_released_by_a_commit(bench):
    case = bench.open("V1")
    bench.wait("answer", Key("trace", "T1"))
    one = bench.decision(case)
    one.binds = [Key("trace", "T1")]
    bench.committed(one)
    same(bench.due(case), MORNING)
    same([len(claimed.released) for claimed in bench.claim()], [1])
    # What is not committed releases nothing.
    bench.wait("other", Key("trace", "T2"))
    one = bench.decision(case, after=(1, digest(b"x")))
    one.binds = [Key("trace", "T2")]
    same(bench.commit(one), [("moved",)])
    same(len(bench.store.rows("waiting_units", SITE, 0, 9)), 1)


@check("anAnswerAndItsCaseAtOneInstant")
def an_answer_and_its_case_at_one_instant(bench, turns=1000, sessions=4):
    """Sessions in pairs: of each case, one of them brings the answer while the other opens it. Both do both in turn, so that
    neither kind gets ahead of the other."""

    starts = [threading.Barrier(2) for _ in range(sessions)]

    def run(session, part, side):
        for turn in range(part, turns, sessions):
            key = bench.visit(f"V{turn}")

            def answer(tx):
                case = tx.case_for(key)
                if case is None:
                    tx.wait(key, None, b"{}", MORNING)
                else:
                    tx.append(case, BATCH, MORNING, [bench.entry()])

            starts[part].wait(60)
            opens = (turn // sessions + side) % 2
            intake.intake(session, (lambda tx: tx.open_case(key, BATCH, MORNING)) if opens else answer)

    began = time.monotonic()
    workers = [(bench.session(), part, side) for part in range(sessions) for side in (0, 1)]
    side_by_side(*[lambda w=worker: run(*w) for worker in workers])
    claimed = bench.claim(limit=turns + 1)
    same(len(claimed), turns, "cases that are due")
    true(all(one.position[0] + len(one.released) == 1 for one in claimed), "a case without its answer, or with two")
    same(bench.store.rows("waiting_units", SITE, 0, 1), [])
    same(bench.store.row("last_case", SITE)["value"], turns)
    bench.say(turns=turns, as_units=sum(len(one.released) for one in claimed))
    bench.say(deadlocks=sum(worker[0].deadlocks for worker in workers), milliseconds=int((time.monotonic() - began) * 1000))
