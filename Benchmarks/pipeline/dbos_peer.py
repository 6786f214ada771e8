"""DBOS (PyPI, `pip install dbos`) doing what the pipeline does for an encounter, as far as durability goes: a workflow
of ten steps, each of which is recorded in SQLite before the next begins. The steps compute nothing.

    python3 dbos_peer.py WORKFLOWS [FOLDER]

Prints a line: workflows, steps, wall seconds, processor milliseconds a workflow, bytes of the database a workflow.
"""
import os
import resource
import sys
import tempfile
import time

from dbos import DBOS, DBOSConfig

count = int(sys.argv[1])
folder = sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp()
path = os.path.join(folder, "dbos.sqlite")
config: DBOSConfig = {
    "name": "peer",
    "system_database_url": f"sqlite:///{path}",
    "console_log_level": "ERROR",
    "log_level": "ERROR",
    "enable_otlp": False,
}
DBOS(config=config)


@DBOS.step()
def step(number: int) -> str:
    return f"decided {number}"


@DBOS.workflow()
def encounter(number: int) -> int:
    for decision in range(10):
        step(decision)
    return number


DBOS.launch()
before = resource.getrusage(resource.RUSAGE_SELF)
start = time.monotonic()
for number in range(count):
    encounter(number)
wall = time.monotonic() - start
after = resource.getrusage(resource.RUSAGE_SELF)
cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
size = sum(os.path.getsize(path + end) for end in ("", "-wal") if os.path.exists(path + end))
print(f"dbos\t{count}\t{count * 10}\t{wall:.2f}\t{1000 * cpu / count:.2f}\t{size // count}")
DBOS.destroy()
