#!/usr/bin/env python3
"""tests/attack/slow.py - slow clients of every kind beside honest ones, from one and from many addresses.

    slow.py [PATH-OF-hoso]

A slow client sends its head, its body or its chunks one piece at a time, or reads its answer so. HOSO_ATTACK=full takes
1,000 of them for 60 s from one address and then from fifty; without it 200 for 12 s. Honest clients ask from addresses
of their own. The service may shut the slow ones out; the honest ones must not notice.
"""
import os
import select
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "http"))
from hoso_http import *  # noqa: E402,F403

FULL = os.environ.get("HOSO_ATTACK") == "full"
ASAN = "asan" in BIN
SLOW, SECONDS = (1000, 60) if FULL else (200, 12)
H = b"Host: localhost\r\n"
KINDS = {
    "head": (b"GET /healthz HTTP/1.1\r\n" + H + b"X: ", b"a"),
    "body": (b"POST /v1/records HTTP/1.1\r\n" + H + b"Content-Type: application/json\r\nContent-Length: 1000000\r\n\r\n", b" "),
    "chunked": (b"POST /v1/ingest?name=a.jsonl HTTP/1.1\r\n" + H + b"Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n",
                b"1\r\n \r\n"),
    "reader": (b"GET /v1/records/big-1/content HTTP/1.1\r\n" + H + b"\r\n", b""),
}


def memory(s):
    with open(f"/proc/{s.process.pid}/status") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmHWM:")) // 1024


class Crowd:
    """Slow clients; one that is shut out comes back."""

    def __init__(self, s, addresses):
        self.s, self.addresses, self.over = s, addresses, threading.Event()
        self.opened = self.shut = 0
        self.thread = threading.Thread(target=self.run)

    def open(self, n):
        kind = list(KINDS)[n % len(KINDS)]
        c = socket.socket()
        c.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        try:
            c.bind((self.addresses[n % len(self.addresses)], 0))
            c.settimeout(0.5)
            c.connect(("127.0.0.1", self.s.port))
            c.settimeout(0)
            c.send(KINDS[kind][0])
        except OSError:
            c.close()
            self.shut += 1
            return None
        self.opened += 1
        return [c, kind]

    def step(self, client):
        c, kind = client
        try:
            if kind == "reader":
                return bool(c.recv(1)) if select.select([c], [], [], 0)[0] else True
            if select.select([c], [], [], 0)[0]:
                return False  # an answer: it is over
            c.send(KINDS[kind][1])
            return True
        except BlockingIOError:
            return True
        except OSError:
            return False

    def run(self):
        clients = [None] * SLOW
        while not self.over.is_set():
            begin = time.time()
            for n in range(SLOW):
                if self.over.is_set():
                    break
                if clients[n] is None:
                    clients[n] = self.open(n)
                elif not self.step(clients[n]):
                    clients[n][0].close()
                    clients[n] = None
                    self.shut += 1
            self.over.wait(max(0, 1 - (time.time() - begin)))
        for client in clients:
            if client:
                client[0].close()


def ask_honestly(s, address, times, failures, over):
    connection = None
    n = 0
    while not over.is_set():
        n += 1
        begin = time.time()
        try:
            if connection is None:
                connection = http.client.HTTPConnection("127.0.0.1", s.port, timeout=20, source_address=(address, 0))
            connection.request("GET", "/v1/search?q=quy%E1%BA%BFt" if n % 3 else "/v1/records/qd-15")
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                failures.append(answer.status)
            if n % 7 == 0:
                connection.close()
                connection = None
        except (OSError, http.client.HTTPException) as e:
            failures.append(repr(e))
            connection = None
        times.append((time.time() - begin) * 1000)
        time.sleep(0.01)


def test_crowd(s, name, addresses):
    before = memory(s)
    crowd = Crowd(s, addresses)
    crowd.thread.start()
    time.sleep(2)
    times, failures, over = [], [], threading.Event()
    honest = [threading.Thread(target=ask_honestly, args=(s, f"127.0.1.{i + 1}", times, failures, over)) for i in range(6)]
    for thread in honest:
        thread.start()
    time.sleep(SECONDS)
    over.set()
    for thread in honest:
        thread.join(30)
    crowd.over.set()
    crowd.thread.join(30)
    times.sort()
    p99 = times[int(len(times) * 0.99)] if times else 1e9
    share = 1 - len(failures) / max(1, len(times))
    check(f"{name}: honest clients are served ({len(times)} requests, {crowd.opened} slow connections, {crowd.shut} shut)",
          len(times) > 50 and share >= 0.999, share, failures[:5])
    check(f"{name}: and none of them hangs (p99 {p99:.0f} ms)", p99 < (500 if FULL else 2000) or ASAN, p99, times[-3:])
    grown = memory(s) - before
    check(f"{name}: less than 256 MiB over idle", grown < 256 or ASAN, grown)


def test_trickle(s):
    """One piece of a body every few seconds: over after a minute, not after two hours."""
    begin = time.time()
    with socket.create_connection(("127.0.0.1", s.port), timeout=5) as c:
        c.sendall(KINDS["body"][0])
        try:
            while time.time() - begin < 100:
                c.sendall(b" ")
                c.settimeout(2)
                try:
                    if not c.recv(4096):
                        break
                    break
                except (socket.timeout, TimeoutError):
                    pass
        except OSError:
            pass
    check("a body of one byte every two seconds is ended within 90 s", time.time() - begin < 90, time.time() - begin)


def test_idle_reader(s):
    """A reader that takes nothing is shut out, whatever its answer holds back."""
    begin = time.time()
    with socket.socket() as c:
        c.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        c.connect(("127.0.0.1", s.port))
        c.sendall(KINDS["reader"][0])
        poll = select.poll()
        poll.register(c, 0)  # errors and the end only
        while time.time() - begin < 100 and not poll.poll(1000):
            pass
    check("a reader that takes nothing is ended within 90 s", time.time() - begin < 90, time.time() - begin)


def test_cap(s):
    """One address cannot hold every connection."""
    held = []
    for _ in range(1100):
        try:
            held.append(socket.create_connection(("127.0.0.1", s.port), timeout=2, source_address=("127.0.2.1", 0)))
        except OSError:
            break
    try:
        c = http.client.HTTPConnection("127.0.0.1", s.port, timeout=10, source_address=("127.0.3.1", 0))
        c.request("GET", "/healthz")
        status = c.getresponse().status
    except (OSError, http.client.HTTPException) as e:
        status = repr(e)
    check("while one address opens 1,100 connections, another is served", status == 200, status, len(held))
    for c in held:
        c.close()


with Service(lines=RECORDS) as service:
    service.wait_searchable()
    test_cap(service)
    test_crowd(service, "slow clients of one address", ["127.0.0.1"])
    test_crowd(service, "slow clients of fifty addresses", [f"127.0.0.{i + 1}" for i in range(50)])
    if FULL:
        test_trickle(service)
        test_idle_reader(service)
finish()
