"""Runs the checks against a cluster. Scripts/postgres-conformance starts it."""

import argparse
import re
import sys
import time

import bench as benches
import checks_delivery  # noqa: F401
import checks_rows  # noqa: F401
import checks_work  # noqa: F401
import crowds  # noqa: F401
import races  # noqa: F401
from mutations import MUTATIONS
from session import FOLDER, load_statements

# What of the suite is not run here, or only in part, and why.
IN_PART = {
    "limitsAreAnswered": "the number of entries, and rows of another entry or case, are compared by the program before any SQL",
    "linesGivenAgainReplace": "how rows of one commit are merged is the program's (Rows+Merging.swift)",
}
GROUPS = {
    "suite": "The suite of Tests/StoreTests",
    "more": "More of Tests/StoreTests, and of PostgreSQL",
    "race": "Races of two, in certain interleavings",
    "crowd": "Races of many",
}


def suite_names():
    """The names that the suite has in Swift, so that a check which is added there and not here is told."""
    text = (FOLDER.parent / "StoreTests" / "CaseStoreConformance.swift").read_text(encoding="utf-8")
    return re.findall(r"^    case (\w+)$", text, re.MULTILINE)


def run_check(where, statements, number, name):
    """The fault that a check found, or None; with its counts and the statements that it used."""
    bench = benches.make_bench(where, statements, number)
    try:
        benches.CHECKS[name][1](bench)
        return None, bench.counts, bench.used
    except Exception as error:  # Whatever a check raises is what it found.
        return f"{type(error).__name__}: {error}", bench.counts, bench.used
    finally:
        bench.close()


def run_all(where, statements, names):
    failed, used = [], set()
    totals = {}
    for group, title in GROUPS.items():
        chosen = [name for name in names if benches.CHECKS[name][0] == group]
        if chosen:
            print(title)
        for name in chosen:
            began = time.monotonic()
            fault, counts, touched = run_check(where, statements, len(benches.CHECKS), name)
            used |= touched
            said = ", ".join(f"{key.replace('_', ' ')} {count}" for key, count in counts.items())
            print(f"  {'FAILED' if fault else 'passed'}  {name}  {time.monotonic() - began:.2f} s{'  ' + said if said else ''}")
            if fault:
                print(f"          {fault}")
                failed.append(name)
            totals.setdefault(group, []).append(not fault)
    return failed, totals, used


def report(statements, names, failed, totals, used):
    print()
    for group, results in totals.items():
        print(f"{GROUPS[group]}: {sum(results)} of {len(results)} passed")
    suite = suite_names()
    missing = [name for name in suite if name not in benches.CHECKS]
    unknown = [name for name, (group, _) in benches.CHECKS.items() if group == "suite" and name not in suite]
    ran = [name for name in suite if name in names and name in benches.CHECKS]
    print(f"Of the {len(suite)} checks of the suite {len(ran)} were run.")
    for name in missing:
        print(f"  not run  {name}: it is not written here yet")
    for name in unknown:
        print(f"  {name} is no check of the suite any more")
    for name, why in IN_PART.items():
        print(f"  in part  {name}: {why}")
    if len(names) == len(benches.CHECKS):
        unused = sorted(set(statements) - used)
        print(f"{len(used)} of {len(statements)} statements were run" + (": not " + ", ".join(unused) if unused else "."))
        return bool(failed or missing or unknown or unused)
    return bool(failed)


def run_mutations(where, schema, statements, words):
    """Breaks one statement at a time; a check that is named for it must then fail."""
    survived = 0
    made = "schema"
    for name, old, new, checks in MUTATIONS:
        if words and not any(word in f"{name} {' '.join(checks)}" for word in words):
            continue
        program = sys.modules.get(name.removesuffix(".py")) if name.endswith(".py") else None
        source = (FOLDER / name).read_text() if program else schema if name == "schema" else statements[name]
        if source.count(old) < 1:
            print(f"  LOST      {name}: there is no {old!r}")
            survived += 1
            continue
        changed = source.replace(old, new)
        if "schema" in (name, made):
            benches.make_template(where, changed if name == "schema" else schema)
        made = name
        broken = statements if name == "schema" or program else {**statements, name: changed}
        if program:
            exec(compile(changed, name, "exec"), program.__dict__)
        for one in checks:
            # What many sessions find they find by chance.
            for _ in range(3 if benches.CHECKS[one][0] == "crowd" or one == "anAnswerAndItsCaseAtOneInstant" else 1):
                fault, _, _ = run_check(where, broken, len(benches.CHECKS), one)
                if fault:
                    break
            survived += fault is None
            shown = " ".join(old.split())[:60]
            print(f"  {'found   ' if fault else 'SURVIVED'}  {name}: {shown!r} -> {' '.join(new.split())[:40]!r}  by {one}")
            if fault:
                print(f"            {' '.join(fault.split())[:150]}")
        if program:
            exec(compile(source, name, "exec"), program.__dict__)
    print(f"\n{len(MUTATIONS)} mutations; {survived} survived")
    untouched = sorted(set(benches.CHECKS) - {one for mutation in MUTATIONS for one in mutation[3]})
    print("Every check failed at least once." if not untouched else f"No mutation for: {', '.join(untouched)}")
    return bool(survived or untouched)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--where", required=True, help="how to reach the cluster, as libpq has it, without a database")
    parser.add_argument("--mutations", action="store_true", help="break one statement at a time and see a check fail")
    parser.add_argument("checks", nargs="*", help="words that names of checks (or of mutated statements) have; else all")
    options = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)
    schema = (FOLDER / "schema.sql").read_text(encoding="utf-8")
    statements = load_statements()
    if options.mutations:
        return run_mutations(options.where, schema, statements, options.checks)
    benches.make_template(options.where, schema)
    names = [name for name in benches.CHECKS if not options.checks or any(word in name for word in options.checks)]
    failed, totals, used = run_all(options.where, statements, names)
    return report(statements, names, failed, totals, used)


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
