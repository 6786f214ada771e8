"""Reads stacks (`perf script -F comm,ip,sym` of a record with `--call-graph dwarf`) and prints who took the processor time.

A sample counts for the innermost of its frames that has a name below: what a stage asks of SQLite is SQLite's, and the
memory that SQLite allocates is too. What the built-in payer does counts for it whoever does it, and so does the making of
the sample day: neither is part of a site."""
import sys

OUTER = [("built-in payer", "14PayerSimulator"), ("making the sample day", "9SampleDay")]
INNER = [
    ("SQLite", ["sqlite3"]),
    ("deflate", ["deflate", "inflate", "longest_match", "compress_block", "_tr_"]),
    ("hashing", ["SHA256", "sha256", "EVP_", "HMAC", "OPENSSL_", "CRYPTO_", "ossl_"]),
    ("de-identification", ["12Deidentifier", "icu_", "uregex"]),
    ("canonical JSON", ["CanonicalWriter", "CanonicalReader", "8Recorded"]),
    ("JSON and values", ["11HealthTypes"]),
    ("store and GRDB", ["4GRDB", "$s5Store"]),
    ("rules", ["$s5Rules"]),
    ("clinical logic", ["17ClinicalKnowledge", "12ClinicalText"]),
    ("X12", ["$s3X12", "$s8X12Units", "CX12", "cx12"]),
    ("HL7 and FHIR", ["$s5HL7v2", "$s4FHIR"]),
    ("claims model", ["$s6Claims"]),
    ("stages and facts", ["$s6Stages"]),
    ("pipeline", ["$s8Pipeline"]),
]
counts: dict[str, int] = {}
total = 0
stack: list[str] = []


def name() -> str:
    for name, mark in OUTER:
        if any(mark in frame for frame in stack):
            return name
    for frame in stack:
        for name, marks in INNER:
            if any(mark in frame for mark in marks):
                return name
    return "other"


def settle() -> None:
    global total
    if stack:
        total += 1
        counts[name()] = counts.get(name(), 0) + 1


for line in sys.stdin:
    if line.strip() == "":
        settle()
        stack = []
    elif line[0] in " \t":
        stack.append(line)
settle()
for name_, count in sorted(counts.items(), key=lambda item: -item[1]):
    print(f"  {name_:24} {100 * count / max(total, 1):5.1f} %")
