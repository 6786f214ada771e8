"""Times pyx12's reader and its full validation with a 999, in processor seconds."""
import io
import os
import resource
import sys
import time

import pyx12.params
import pyx12.x12file
import pyx12.x12n_document


def report(name, path, start):
    seconds = time.process_time() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{'pyx12 ' + name:29s} {os.path.getsize(path) / seconds / 1e6:8.2f} MB/s {memory:26d} MiB")


reader, validated = sys.argv[1:3]
start = time.process_time()
elements = 0
with open(reader) as source:
    for segment in pyx12.x12file.X12Reader(source):
        elements += len(segment)
report("reader", reader, start)
start = time.process_time()
pyx12.x12n_document.x12n_document(pyx12.params.params(), validated, io.StringIO(), None, None, None)
report("validation and 999", validated, start)
