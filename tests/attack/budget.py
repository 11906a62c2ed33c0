#!/usr/bin/env python3
"""tests/attack/budget.py - small requests that would take much memory or disk.

    budget.py [PATH-OF-hoso]

HOSO_ATTACK=full takes the sizes that were measured when the attacks worked; without it smaller ones.
"""
import gzip
import os
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "http"))
from hoso_http import *  # noqa: E402,F403

FULL = os.environ.get("HOSO_ATTACK") == "full"
ASAN = "asan" in BIN
BINARY = {"Content-Type": "application/octet-stream"}
MEMORY_MIB = 256  # over idle, the worst mix found


def status_line(s, name):
    with open(f"/proc/{s.process.pid}/status") as f:
        return next(int(line.split()[1]) for line in f if line.startswith(name)) // 1024


class Peak:
    """The most memory that the service held while a block ran, over what it held before, in MiB."""

    def __init__(self, s):
        self.s = s

    def __enter__(self):
        with open(f"/proc/{self.s.process.pid}/clear_refs", "w") as f:
            f.write("5")  # the high-water mark begins anew
        self.before = status_line(self.s, "VmRSS:")
        return self

    def __exit__(self, *_):
        self.grown = status_line(self.s, "VmHWM:") - self.before


def wait_job(s, answer, seconds=120):
    end = time.time() + seconds
    while time.time() < end:
        job = s.get(answer["Location"]).json
        if job["state"] not in ("waiting", "running"):
            return job
        time.sleep(0.05)
    return {"state": "still running"}


def test_bomb(s):
    """A line of JSON that is small when packed: refused while it is read, not after."""
    for name, line in [("one long line", b'{"id":"b","text":"' + b"a" * ((500 if FULL else 150) << 20) + b'"}\n'),
                       ("a million small members", b'{"id":"b","extra":{' + b",".join(b'"k%d":0' % i for i in range(1000000)) + b"}}\n"),
                       ("a deep nest", b'{"id":"b","extra":' + b"[" * 1000000 + b"]" * 1000000 + b"}\n"),
                       ("a list of lists", b'{"id":"b","extra":{"a":[' + b"[]," * 20000000 + b"[]]}}\n")]:
        body = gzip.compress(line + b'{"id":"after","subject":"x","text":"y"}\n', 6)
        with Peak(s) as peak:
            answer = s.ask("POST", "/v1/ingest?name=b.jsonl.gz", body, BINARY)
            job = wait_job(s, answer)
        check(f"{name} ({len(body) >> 10} KiB packed) is refused", job["state"] == "done" and job["rejected"] >= 1, job)
        check(f"{name}: less than {MEMORY_MIB} MiB over idle", peak.grown < MEMORY_MIB or ASAN, peak.grown)


def test_unfinished(s):
    """A hundred bodies of 15 MiB that never end."""
    held = []
    piece = b"x" * (1 << 20)
    count = 100 if FULL else 40

    def send():
        try:
            c = socket.create_connection(("127.0.0.1", s.port), timeout=20)
            held.append(c)
            c.sendall(b"PUT /v1/records/qd-15/content?name=a.bin HTTP/1.1\r\nHost: localhost\r\n"
                      b"Content-Type: application/octet-stream\r\nContent-Length: 15728640\r\n\r\n")
            for _ in range(14):
                c.sendall(piece)
        except OSError:
            pass
    with Peak(s) as peak:
        threads = [threading.Thread(target=send) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        check("beside them a request is answered", s.get("/healthz").status == 200)
    for c in held:
        c.close()
    check(f"{count} unfinished uploads take less than {MEMORY_MIB} MiB", peak.grown < MEMORY_MIB or ASAN, peak.grown)


def test_case_page(s):
    """A case file of records with large metadata: its page is bounded by bytes."""
    code = "H40.15-210521-0099"
    lines = [json.dumps({"id": f"cp-{i}", "subject": f"Trang {i}", "cases": [code], "extra": {"a": "x" * 300000}, "text": "y"})
             for i in range(1000 if FULL else 300)]
    s.ingest(*lines)
    with Peak(s) as peak:
        answer = s.get(f"/v1/cases/{code}?limit=2000")
    check("its page is answered", answer.status == 200 and len(answer.json["records"]) > 0, answer.status)
    check("with less than 64 MiB", peak.grown < 64 or ASAN, peak.grown)
    got, cursor, pages = 0, 0, 0
    while cursor is not None and pages < 2000:
        page = s.get(f"/v1/cases/{code}?limit=2000&from={cursor}").json
        got, cursor, pages = got + len(page["records"]), page.get("next"), pages + 1
    check("all of its pages together hold every record", got == len(lines), got, pages)


def test_log(s):
    """Long addresses do not fill the disk with the trace of them."""
    def size():
        return sum(os.path.getsize(os.path.join(root, f)) for root, _, files in os.walk(os.path.join(s.archive, "access")) for f in files)
    before = size()
    asked = 0
    with socket.create_connection(("127.0.0.1", s.port), timeout=20) as c:
        one = b"GET /v1/search?q=" + b"a" * 3900 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"
        for _ in range(200):
            c.sendall(one * 10)
            asked += 10
            got = 0
            while got < 10:
                piece = c.recv(1 << 20)
                if not piece:
                    break
                got += piece.count(b"HTTP/1.1 ")
    grown = size() - before
    check("2,000 requests of 4 KiB leave less than 600 bytes each in the trace", grown < asked * 600, grown)


def test_disk(s):
    """Uploads count against the reserve before they are taken. Needs a small file system: root may mount one."""
    if os.geteuid() != 0:
        print("skipped - disk: only root can mount a small file system")
        return
    mount = os.path.join(s.dir, "small")
    os.mkdir(mount)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200m", "tmpfs", mount], stderr=subprocess.DEVNULL).returncode:
        print("skipped - disk: mounting is not allowed here")
        return
    try:
        subprocess.run([BIN, "-a", mount + "/a", "init"], check=True, stdout=subprocess.DEVNULL)
        process = subprocess.Popen([BIN, "-a", mount + "/a", "serve", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, text=True)
        port = int(process.stdout.readline().rsplit(":", 1)[1])
        least = [os.statvfs(mount).f_bavail * os.statvfs(mount).f_bsize]
        reserve = min(64 << 20, (200 << 20) // 32)
        held = []

        def send():
            try:
                c = socket.create_connection(("127.0.0.1", port), timeout=5)
                held.append(c)
                c.sendall(b"POST /v1/ingest?name=a.tar HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-tar\r\n"
                          b"Content-Length: 67000000\r\n\r\n")
                for _ in range(63):
                    c.sendall(b"x" * (1 << 20))
            except OSError:
                pass
        threads = [threading.Thread(target=send) for _ in range(4)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            least.append(os.statvfs(mount).f_bavail * os.statvfs(mount).f_bsize)
            time.sleep(0.01)
        check("four unfinished uploads of 64 MiB leave the reserve alone", min(least) >= reserve, min(least) >> 20, reserve >> 20)
        c = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        c.request("POST", "/v1/records", b'{"id":"d-1","subject":"x","text":"y"}', {"Content-Type": "application/json"})
        check("a small record is taken beside them", c.getresponse().status == 201)
        for c in held:
            c.close()
        process.terminate()
        check("the service on the small disk ends in order", process.wait(20) == 0)
    finally:
        subprocess.run(["umount", "-l", mount])


with Service(lines=RECORDS) as service:
    service.wait_searchable()
    for test in (test_bomb, test_unfinished, test_case_page, test_log, test_disk):
        test(service)
finish()
