"""Reads stacks (`perf script -F comm,ip,sym`) and prints who took the processor time. A sample counts for the first name
below that any of its frames holds, in this order."""
import sys

NAMES = [
    ("built-in payer", ["14PayerSimulator"]),
    ("making the sample day", ["9SampleDay"]),
    ("de-identification", ["12Deidentifier"]),
    ("canonical JSON", ["CanonicalWriter", "CanonicalReader", "8Recorded"]),
    ("hashing", ["SHA256", "sha256", "EVP_", "HMAC"]),
    ("deflate", ["deflate", "inflate", "longest_match"]),
    ("SQLite", ["sqlite3", "4GRDB"]),
    ("rules", ["5Rules"]),
    ("clinical logic", ["17ClinicalKnowledge", "12ClinicalText"]),
    ("X12", ["3X12", "CX12"]),
    ("HL7 and FHIR", ["5HL7v2", "4FHIR"]),
    ("stages and facts", ["6Stages"]),
    ("pipeline", ["8Pipeline", "5Store"]),
]
counts: dict[str, int] = {}
total = 0
stack: list[str] = []


def settle() -> None:
    global total
    if not stack:
        return
    total += 1
    for name, marks in NAMES:
        if any(mark in frame for frame in stack for mark in marks):
            counts[name] = counts.get(name, 0) + 1
            return
    counts["other"] = counts.get("other", 0) + 1


for line in sys.stdin:
    if line.strip() == "":
        settle()
        stack = []
    elif line[0] in " \t":
        stack.append(line)
settle()
for name, count in sorted(counts.items(), key=lambda item: -item[1]):
    print(f"  {name:24} {100 * count / max(total, 1):5.1f} %")
