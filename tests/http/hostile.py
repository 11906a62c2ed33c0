#!/usr/bin/env python3
"""tests/http/hostile.py - what attackers, broken proxies and slow lines send.   hostile.py [PATH-OF-hoso]"""
import os
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from hoso_http import *  # noqa: E402,F403

H = b"Host: localhost\r\n"
POST = b"POST /v1/records HTTP/1.1\r\n" + H + b"Content-Type: application/json\r\n"
GET = b"GET /healthz HTTP/1.1\r\n"

# what is sent, the status that must come back (0: none), must the connection be closed
RAW = [
    ("a plain request", GET + H + b"\r\n", 200, False),
    ("a request with bare line feeds", b"GET /healthz HTTP/1.1\nHost: localhost\n\n", 200, False),
    ("HTTP/1.0 without a host", b"GET /healthz HTTP/1.0\r\n\r\n", 200, True),
    ("no host", GET + b"\r\n", 400, True),
    ("two hosts", GET + H + H + b"\r\n", 400, True),
    ("a foreign host", GET + b"Host: evil.example\r\n\r\n", 403, True),
    ("a host that only begins well", GET + b"Host: localhost.evil.example\r\n\r\n", 403, True),
    ("another host with a port", GET + b"Host: 10.0.0.1:80\r\n\r\n", 403, True),
    ("a length beside chunks", POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, True),
    ("chunks beside a length", POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400, True),
    ("two lengths", POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcde", 400, True),
    ("the same length twice", POST + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nabcde", 400, True),
    ("two encodings", POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, True),
    ("an encoding with a blank before the colon", POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400, True),
    ("another encoding", POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400, True),
    ("an encoding that hides", POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400, True),
    ("chunks in HTTP/1.0", b"POST /v1/records HTTP/1.0\r\n" + H + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, True),
    ("a signed length", POST + b"Content-Length: +5\r\n\r\nabcde", 400, True),
    ("a negative length", POST + b"Content-Length: -5\r\n\r\nabcde", 400, True),
    ("a hexadecimal length", POST + b"Content-Length: 0x5\r\n\r\nabcde", 400, True),
    ("a length of two numbers", POST + b"Content-Length: 5, 5\r\n\r\nabcde", 400, True),
    ("a length beyond 64 bits", POST + b"Content-Length: 99999999999999999999999\r\n\r\n", 413, True),
    ("a chunk size that is none", POST + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n", 400, True),
    ("a control character in a header", GET + H + b"X: a\x01b\r\n\r\n", 400, True),
    ("a delete character in a header", GET + H + b"X: a\x7fb\r\n\r\n", 400, True),
    ("a header name with a blank", GET + H + b"X Y: b\r\n\r\n", 400, True),
    ("a header name with a NUL", GET + H + b"X\0Y: b\r\n\r\n", 400, True),
    ("a header without a colon", GET + H + b"novalue\r\n\r\n", 400, True),
    ("a folded first header", GET + b" folded: x\r\n" + H + b"\r\n", 400, True),
    ("a body where none is taken", GET + H + b"Content-Length: 5\r\n\r\nabcde", 400, False),
    ("a version that is none", b"GET /healthz HTTP/2.7\r\n" + H + b"\r\n", 505, True),
    ("an unknown 1.x version", b"GET /healthz HTTP/1.2\r\n" + H + b"\r\n", 400, True),
    ("a full address as target", b"GET http://localhost/healthz HTTP/1.1\r\n" + H + b"\r\n", 200, False),
    ("a full address of another host", b"GET http://evil.example/healthz HTTP/1.1\r\n" + H + b"\r\n", 403, True),
    ("a full address that only begins well", b"GET http://localhost@evil/healthz HTTP/1.1\r\n" + H + b"\r\n", 403, True),
    ("climbing", b"GET /../etc/passwd HTTP/1.1\r\n" + H + b"\r\n", 400, False),
    ("escaped climbing", b"GET /%2e%2e/etc/passwd HTTP/1.1\r\n" + H + b"\r\n", 400, False),
    ("an empty part", b"GET /v1//search HTTP/1.1\r\n" + H + b"\r\n", 400, False),
    ("an escaped NUL", b"GET /v1/records/a%00b HTTP/1.1\r\n" + H + b"\r\n", 400, False),
    ("escaped line ends", b"GET /v1/records/a%0d%0aX:y HTTP/1.1\r\n" + H + b"\r\n", 400, False),
    ("a broken escape", b"GET /v1/records/a%zz HTTP/1.1\r\n" + H + b"\r\n", 400, False),
    ("bytes that are no UTF-8", b"GET /v1/records/%ff HTTP/1.1\r\n" + H + b"\r\n", 400, False),
    ("an overlong slash", b"GET /v1/records/%c0%af HTTP/1.1\r\n" + H + b"\r\n", 400, False),
    ("a blank in the target", b"GET /a b HTTP/1.1\r\n" + H + b"\r\n", 400, False),
    ("a method in lower case", b"get /healthz HTTP/1.1\r\n" + H + b"\r\n", 405, False),
    ("an unknown method", b"BREW /healthz HTTP/1.1\r\n" + H + b"\r\n", 405, False),
    ("a target of 5 KiB", b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\n" + H + b"\r\n", 414, True),
    ("headers of 17 KiB", GET + H + b"X: " + b"a" * 17000 + b"\r\n\r\n", 431, True),
    ("headers of 60 KiB", GET + H + b"X: " + b"a" * 60000 + b"\r\n\r\n", 431, True),
    ("101 headers", GET + H + b"".join(b"X%d: y\r\n" % i for i in range(101)) + b"\r\n", 431, True),
    ("a line of no protocol", b"GARBAGE\r\n\r\n", 0, True),
]


def status_of(out):
    return int(out[9:12]) if out.startswith(b"HTTP/1.1 ") else 0


def test_raw(s):
    for name, data, status, closes in RAW:
        out, end = s.raw(data, seconds=0.4 if not closes else 4)
        check(f"{name}: {status or 'closed'}", status_of(out) == status and (not closes or end != "open"), out[:300], end)


def test_smuggling(s):
    """Behind a doubtful head nothing more is answered, so nothing can be smuggled."""
    for hidden in (b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                   b"Content-Length: 0\r\nContent-Length: 44\r\n\r\n"):
        out, _ = s.raw(POST + hidden + b"GET /healthz HTTP/1.1\r\n" + H + b"\r\n")
        check("a request behind a doubtful one is not answered", b'"status":"ok"' not in out, out)
    out, _ = s.raw((GET + H + b"\r\n") * 3, seconds=1)
    check("honest requests in one piece are all answered", out.count(b'{"status":"ok"}') == 3)


def test_sizes(s):
    large = s.ask("POST", "/v1/records", b" " * (2 << 20), {"Content-Type": "application/json"})
    check("2 MiB of JSON are refused", large.status == 413, large)
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    out, _ = s.raw(POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 24 + b"0\r\n\r\n", seconds=5)
    check("so are 1.5 MiB in chunks without a length", status_of(out) == 413, out[:200])
    out, _ = s.raw(b"POST /v1/ingest HTTP/1.1\r\n" + H + b"Content-Type: application/zip\r\nContent-Length: 67108865\r\n\r\n")
    check("so is an ingest of more than 64 MiB", status_of(out) == 413, out[:200])
    check("the service still answers", s.get("/healthz").status == 200)


def test_memory(s):
    def resident():
        with open(f"/proc/{s.process.pid}/status") as f:
            return next(int(line.split()[1]) for line in f if line.startswith("VmRSS:")) // 1024
    before = resident()
    body = b"x" * (60 << 20)
    answer = s.ask("POST", "/v1/ingest?name=a.txt", body, {"Content-Type": "application/octet-stream"})
    check("60 MiB are taken in as a job", answer.status == 202, answer)
    for _ in range(600):
        if s.get(answer["Location"]).json["state"] in ("done", "failed"):
            break
        time.sleep(0.05)
    grown = resident() - before
    check("without keeping them in memory", grown < 200 or "asan" in BIN, grown)


def test_slow(s):
    """One header byte a second: closed by the deadline; honest clients notice nothing."""
    closed = []

    def drip(first):
        with socket.create_connection(("127.0.0.1", s.port), timeout=40) as c:
            begin = time.time()
            try:
                c.sendall(first)
                while time.time() - begin < 40:
                    c.sendall(b"a")
                    c.settimeout(1)
                    try:
                        if not c.recv(1):
                            break
                    except (socket.timeout, TimeoutError):
                        pass
            except OSError:
                pass
            closed.append(time.time() - begin)

    def drip_body():
        drip(POST + b"Content-Length: 100\r\n\r\n")

    slow = [threading.Thread(target=drip, args=(GET + H + b"X: ",)) for _ in range(40)] + [threading.Thread(target=drip_body) for _ in range(10)]
    for thread in slow:
        thread.start()
    honest, worst = 0, 0
    asked = 0
    while any(thread.is_alive() for thread in slow) and asked < 4000:
        begin = time.time()
        asked += 1
        honest += s.get("/healthz").status == 200
        worst = max(worst, time.time() - begin)
        time.sleep(0.02)
    for thread in slow:
        thread.join()
    check("50 slow clients are closed within 40 seconds", len(closed) == 50 and max(closed) < 38, closed)
    check(f"all of {asked} honest requests beside them are answered", honest == asked, honest)
    check("none of them waits for a second", worst < 1, worst)
    count = [line for line in s.get("/metrics").body.decode().splitlines() if line.startswith("hoso_http_connections_reaped_total ")]
    check("metrics count the closed ones", int(count[0].split()[1]) >= 50, count)


def test_many(s):
    """More connections than there is room for: the service lives, and answers again when they are gone."""
    held = []
    try:
        for _ in range(1100):
            held.append(socket.create_connection(("127.0.0.1", s.port), timeout=5))
    except OSError:
        pass
    for c in held:
        c.close()
    time.sleep(0.3)
    check("the service survives 1,100 idle connections", s.get("/healthz").status == 200, len(held))


with Service(lines=RECORDS) as service:
    for test in (test_raw, test_smuggling, test_sizes, test_memory, test_many, test_slow):
        test(service)
finish()
