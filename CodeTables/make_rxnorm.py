#!/usr/bin/env python3
"""Makes rxnorm.tsv, the ingredients of RxNorm that LabeledIn names.

    make_rxnorm.py LABELEDIN.tsv > rxnorm.tsv

LabeledIn (National Library of Medicine, in the public domain; Khare, Li and Lu 2014) annotates drug labels with the
RxCUIs of their ingredients. The file is tab-separated with the columns rxnorm_id and rxnorm_name. Rows with several
RxCUIs are combinations, have no name of their own, and are left out. For the whole of RxNorm use RxNormImport.
"""
import csv
import sys

HEAD = """# table: rxnorm version: LabeledIn-2014 effective: ..
# source: RxCUIs of ingredients with their names as LabeledIn (National Library of Medicine) has them; made by make_rxnorm.py
# licence: work of the United States government, in the public domain (17 U.S.C. 105); this product uses publicly available data from the U.S. National Library of Medicine, which is not responsible for it and does not endorse it
# date: 2026-11-25
code\ttty\tname\tingredients\tstatus"""


def main() -> None:
    with open(sys.argv[1], encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    names: dict[str, str] = {}
    for row in rows:
        code, name = row["rxnorm_id"], " ".join(row["rxnorm_name"].split())
        if not code.isdigit() or not name:
            continue
        if names.setdefault(code, name) != name:
            sys.exit(f"{code} has two names")
    print(HEAD)
    for code in sorted(names):
        print(f"{code}\tIN\t{names[code]}\t\t")


main()
