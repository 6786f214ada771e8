#!/usr/bin/env python3
"""Makes atc.tsv from the drugs of the knowledge base: the codes that they name, with the groups above them.

    make_atc.py ../Knowledge > atc.tsv

Codes are identifiers only. A substance has the knowledge base's own name of the ingredient, a group the name of its
drug class where one class stands for the group, and else none: the names of the WHO index are not here. For the
whole index use ATCImport.
"""
import glob
import re
import sys

HEAD = """# table: atc version: 2026-11 effective: ..
# source: ATC codes (WHO Collaborating Centre for Drug Statistics Methodology) of the drugs in Knowledge, and the groups above them; made by make_atc.py
# licence: codes as identifiers only; the words are our own and under this project's licence; the names and doses of the ATC/DDD index are not here
# date: 2026-11-25
code\tname\tddd"""


def rows(folder: str, table: str):
    for path in [f"{folder}/{table}.tsv"] + sorted(glob.glob(f"{folder}/{table}/*.tsv")):
        columns = None
        with open(path, encoding="utf-8") as file:
            for line in file:
                line = line.rstrip("\n")
                if not line or line.startswith("#"):
                    continue
                cells = line.split("\t")
                if columns is None:
                    columns = cells
                else:
                    yield dict(zip(columns, cells))


def main() -> None:
    folder = sys.argv[1]
    names: dict[str, set[str]] = {}
    for drug in rows(folder, "drugs"):
        for code in re.split(r"[| ]+", drug["atc"]):
            if not code:
                continue
            if not re.fullmatch(r"[A-Z]\d\d[A-Z][A-Z](\d\d)?", code):
                sys.exit(f"{code} of {drug['id']} is not a code of ATC")
            names.setdefault(code, set()).add(drug["name"])
            for length in (1, 3, 4, 5):
                names.setdefault(code[:length], set())
    groups: dict[str, set[str]] = {}
    for entry in rows(folder, "drug-classes"):
        groups.setdefault(entry["atc_prefix"], set()).add(entry["name"])
    print(HEAD)
    for code in sorted(names):
        found = names[code] if len(code) == 7 else groups.get(code, set())
        # Several ingredients or classes under one code: it is none of them alone.
        print(f"{code}\t{next(iter(found)) if len(found) == 1 else ''}\t")


main()
