#!/usr/bin/env python3
"""tests/http/beside.py - other programs at the same archive while the service writes to it.

    beside.py [PATH-OF-hoso]
"""
import os
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from hoso_http import *  # noqa: E402,F403


def lines(name, count):
    return [{"id": f"{name}-{i}", "subject": f"Về việc {name} {i}", "text": f"nội dung {name} số {i}"} for i in range(count)]


def test_ingest(s):
    """It waits for its own records to be searchable, not for those that others go on sending."""
    over = threading.Event()

    def send():
        i = 0
        while not over.is_set():
            s.post_json("/v1/records", {"id": f"other-{i}", "subject": "khác", "text": f"văn bản khác số {i}"})
            i += 1
            time.sleep(0.002)
    sender = threading.Thread(target=send)
    sender.start()
    text = "\n".join(json.dumps(line) for line in lines("own", 300)).encode()
    try:
        done = subprocess.run([BIN, "-a", s.archive, "ingest", "--json", "-"], input=text, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=90)
        check("an ingest beside a steady writer ends", done.returncode in (0, 3), done.returncode, done.stderr[-300:])
        if done.returncode == 0:
            found = s.get("/v1/search?q=own 299&mode=all").json
            check("and its records are found while the other still writes", found["total"] >= 1, found)
        else:
            check("or says that another program writes", b"another program is writing" in done.stderr, done.stderr[-300:])
    except subprocess.TimeoutExpired:
        check("an ingest beside a steady writer ends", False, "still waiting after 90 s")
    finally:
        over.set()
        sender.join()


with Service() as service:
    for test in (test_ingest,):
        test(service)
finish()
