"""Posts claims to a server that runs and prints how many a second it takes and how long each waits.

    python3 post_claims.py URL TOKEN MEMBERS.tsv COUNT CONNECTIONS [FILE...]

Every claim is of another member, day and number, so that none is a duplicate. Files that are given are sent to
POST /intake, one after the other, while the claims are posted. Prints: claims, connections, claims a second, and
milliseconds at the 50th and 99th percentile and at most; answers by status; what became of the files, and whether they
were still being taken in when the last claim had its answer.
"""
import collections
import datetime
import http.client
import json
import sys
import threading
import time
import urllib.parse

url, token, members, count, connections = sys.argv[1:6]
beside = sys.argv[6:]
count, connections = int(count), int(connections)
place = urllib.parse.urlparse(url)
with open(members) as file:
    ids = [line.split("\t")[1] for line in file if not line.startswith("#")][1:]
today = datetime.date.today()
lock = threading.Lock()
numbers = iter(range(count))
waits: list[float] = []
statuses: collections.Counter = collections.Counter()


def post() -> None:
    link = http.client.HTTPConnection(place.hostname, place.port)
    own: list[float] = []
    seen: collections.Counter = collections.Counter()
    while True:
        with lock:
            number = next(numbers, None)
        if number is None:
            break
        day = today - datetime.timedelta(days=number // len(ids) % 60)
        body = json.dumps(
            {
                "claim_id": f"POST-{number}",
                "member_id": ids[number % len(ids)],
                "provider_npi": "2003400175",
                "cpt_codes": ["99213"],
                "icd10_codes": ["I10"],
                "date_of_service": day.isoformat(),
                "amount": "145.00",
            }
        )
        start = time.perf_counter()
        link.request(
            "POST", "/claims", body,
            {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        answer = link.getresponse()
        answer.read()
        own.append(time.perf_counter() - start)
        seen[answer.status] += 1
    with lock:
        waits.extend(own)
        statuses.update(seen)


loaded: list[str] = []


def load() -> None:
    for path in beside:
        with open(path, "rb") as file:
            body = file.read()
        link = http.client.HTTPConnection(place.hostname, place.port)
        link.request(
            "POST", "/intake", body, {"Authorization": f"Bearer {token}", "Content-Type": "application/octet-stream"}
        )
        answer = link.getresponse()
        loaded.append(f"{answer.status} {answer.read(200)!r}")


loader = threading.Thread(target=load, daemon=True)
if beside:
    loader.start()
    time.sleep(2)
start = time.perf_counter()
threads = [threading.Thread(target=post) for _ in range(connections)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
wall = time.perf_counter() - start
waits.sort()
print(
    f"posted      {count} claims on {connections} connections: {count / wall:.0f} a second, p50 "
    f"{1000 * waits[count // 2]:.0f} ms, p99 {1000 * waits[count * 99 // 100]:.0f} ms, most {1000 * waits[-1]:.0f} ms, "
    f"{dict(statuses)}"
)
if beside:
    print(f"beside      {'still loading' if loader.is_alive() else 'loaded before the end'}")
    loader.join()
    print(f"            {loaded}")
