#!/usr/bin/env python3
"""tests/attack/borders.py - what crosses the outer border: heads that two parsers read differently, hosts, origins.

    borders.py [PATH-OF-hoso]

Each check is an attack that once worked. A smuggled request is one that is answered although a strict reader of the
bytes would not have seen it as a request.
"""
import os
import stat
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "http"))
from hoso_http import *  # noqa: E402,F403

H = b"Host: localhost\r\n"
GET = b"GET /healthz HTTP/1.1\r\n"
POST = b"POST /v1/records HTTP/1.1\r\n" + H + b"Content-Type: application/json\r\n"
SECOND = b"GET /v1/stats HTTP/1.1\r\n" + H + b"\r\n"  # its answer holds "tree_size"


def status_of(out):
    return int(out[9:12]) if out.startswith(b"HTTP/1.1 ") else 0


HEADS = [
    ("a line that begins with a colon", GET + H + b":x\r\n\r\n"),
    ("a line that is a colon", GET + H + b":\r\n\r\n"),
    ("a line that begins with NUL", GET + H + b"\0x: y\r\n\r\n"),
    ("a NUL in a value", GET + H + b"X: a\0b\r\n\r\n"),
    ("a folded header", GET + H + b"X: a\r\n b\r\n\r\n"),
    ("a header folded with a tab", GET + H + b"X: a\r\n\tb\r\n\r\n"),
    ("a carriage return alone in a value", GET + H + b"X: a\rb\r\n\r\n"),
    ("a carriage return alone as a line end", GET + H + b"X: a\rY: b\r\n\r\n"),
    ("two lengths behind a colon line", POST + b"Content-Length: 2\r\n:\r\nContent-Length: 44\r\n\r\n{}"),
    ("two hosts behind a colon line", GET + H + b":\r\nHost: evil.example\r\n\r\n"),
    ("a NUL in the target", b"GET /health\0z HTTP/1.1\r\n" + H + b"\r\n"),
    ("a tab in the request line", b"GET\t/healthz HTTP/1.1\r\n" + H + b"\r\n"),
    ("a name that ends in a blank", GET + H + b"X : y\r\n\r\n"),
    ("an empty name", GET + H + b": y\r\n\r\n"),
    ("a header name with a bracket", GET + H + b"X[0]: y\r\n\r\n"),
    ("a chunk size with a sign", POST + b"Transfer-Encoding: chunked\r\n\r\n+2\r\n{}\r\n0\r\n\r\n"),
    ("a chunk size with 0x", POST + b"Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n"),
    ("a chunk size beyond 64 bits", POST + b"Transfer-Encoding: chunked\r\n\r\n10000000000000002\r\n{}\r\n0\r\n\r\n"),
    ("a chunk without its line end", POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}0\r\n\r\n"),
]


def test_heads(s):
    for name, data in HEADS:
        out, end = s.raw(data, seconds=3)
        check(f"{name}: refused and closed", status_of(out) in (0, 400, 413, 431) and end != "open", out[:200], end)
        out, _ = s.raw(data + SECOND, seconds=2)
        check(f"{name}: nothing behind it is answered", b"tree_size" not in out, out[:300])
    good = GET + H + b"\r\n"
    for name, data in HEADS[:6]:
        out, end = s.raw(good + data + SECOND, seconds=3)
        check(f"{name}, second on its connection: nothing behind it is answered",
              b"tree_size" not in out and end != "open", out[:300], end)
    body = b'{"id":"h-1","subject":"x","text":"y"}'
    honest = POST + b"Content-Length: %d\r\n\r\n" % len(body) + body
    chunked = POST + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    trailer = POST + b"Transfer-Encoding: chunked\r\n\r\n%x;a=b\r\n%s\r\n0\r\nX-T: 1\r\n\r\n" % (len(body), body)
    out, _ = s.raw(good + honest + chunked + trailer + SECOND, seconds=3)
    check("five honest requests in one piece are all answered", out.count(b"HTTP/1.1 ") == 5 and b"tree_size" in out, out)
    pieces = good + honest + chunked
    with socket.create_connection(("127.0.0.1", s.port), timeout=5) as c:
        for i in range(len(pieces)):
            c.sendall(pieces[i:i + 1])
        out = b""
        c.settimeout(3)
        try:
            while out.count(b"HTTP/1.1 ") < 3:
                piece = c.recv(65536)
                if not piece:
                    break
                out += piece
        except OSError:
            pass
    check("three requests sent byte by byte are all answered", out.count(b"HTTP/1.1 2") == 3, out)


HOSTS_REFUSED = ["127.evil.example", "127.0.0.1.nip.io", "localhost:80@evil", "[::1]evil", "127.0.0.1/evil", "127.0.0.1:80:80",
                 "localhost.", "localhost:", "localhost:x", "localhost:99999", "LOCALHOST.evil", "[::1", "::1", "[::1]:80@x", "127.1",
                 "0x7f.0.0.1", "2130706433", "127.0.0.1 ", "user@localhost", "localhost\\evil", "[::ffff:127.0.0.1]"]
HOSTS_TAKEN = ["localhost", "LocalHost", "127.0.0.1", "[::1]"]


def test_hosts(s):
    for host in HOSTS_REFUSED:
        if host.endswith(" "):
            continue
        out, _ = s.raw(GET + b"Host: " + host.encode() + b"\r\n\r\n", seconds=3)
        check(f"host {host!r} is refused", status_of(out) in (400, 403), out[:160])
    for host in HOSTS_TAKEN:
        for port in ("", f":{s.port}"):
            out, _ = s.raw(GET + b"Host: " + (host + port).encode() + b"\r\n\r\n", seconds=0.3)
            check(f"host {host + port} is served", status_of(out) == 200, out[:160])


def test_origin(s):
    body = b'{"id":"o-1","subject":"x","text":"y"}'
    base = {"Content-Type": "application/json"}
    own = f"http://127.0.0.1:{s.port}"
    for name, headers, status in [
            ("no origin (a program)", {}, 201),
            ("our own origin", {"Origin": own}, 200),
            ("our own origin and site", {"Origin": own, "Sec-Fetch-Site": "same-origin"}, 200),
            ("a foreign origin", {"Origin": "http://evil.example"}, 403),
            ("the origin null", {"Origin": "null"}, 403),
            ("our name on another port", {"Origin": "http://127.0.0.1:1"}, 403),
            ("our own origin with https", {"Origin": own.replace("http:", "https:")}, 403),
            ("another site", {"Sec-Fetch-Site": "cross-site"}, 403),
            ("the same site, another origin", {"Sec-Fetch-Site": "same-site"}, 403)]:
        answer = s.ask("POST", "/v1/records", body, {**base, **headers})
        check(f"a write with {name}: {status}", answer.status == status, answer)
    for media in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        headers = {"Content-Type": media} if media else {}
        answer = s.ask("POST", "/v1/ingest?name=a.jsonl", body, headers)
        check(f"an ingest of type {media!r} is refused: a form of another page can send it", answer.status == 415, answer)
        answer = s.ask("PUT", "/v1/records/o-1/content?name=a.txt", b"abc", headers)
        check(f"a file of type {media!r} from a foreign origin is refused",
              s.ask("PUT", "/v1/records/o-1/content?name=a.txt", b"abc", {**headers, "Origin": "http://evil.example"}).status == 403)


def test_words(s):
    """What others wrote must not steer a terminal, a log reader or a file name."""
    odd = "x\u202egnp.exe\u0085\u009b2Jy.txt"
    s.post_json("/v1/records", {"id": "w-1", "subject": "x", "text": "y", "files": [{"name": odd, "base64": "QUJD"}]})
    disposition = s.get("/v1/records/w-1/content")["Content-Disposition"] or ""
    check("a file name loses control and direction marks", "%E2%80%AE" not in disposition and "%C2%85" not in disposition
          and "%C2%9B" not in disposition and "x" in disposition, disposition)
    answer = s.get("/healthz", X_Request_Id="chosen-by-client")
    check("the service names a request itself", answer["X-Request-Id"] != "chosen-by-client", answer)
    long = s.ask("GET", "/" + "a" * 5000)
    check("an address that is too long is answered with an id", long.status == 414 and bool(long["X-Request-Id"]), long)
    trace, text = os.path.join(s.archive, "access"), b""
    for _ in range(40):  # it is noted when the answer is on its way
        text = b"".join(open(os.path.join(root, f), "rb").read() for root, _, files in os.walk(trace) for f in files)
        if b"414" in text:
            break
        time.sleep(0.05)
    check("and leaves a trace", b"414" in text, text[-300:])


def test_files(s):
    """The archive is its owner's alone, whatever the umask was."""
    wrong = []
    for root, folders, files in os.walk(s.archive):
        for name in folders:
            if stat.S_IMODE(os.lstat(os.path.join(root, name)).st_mode) != 0o700:
                wrong.append(os.path.join(root, name))
        for name in files:
            if stat.S_IMODE(os.lstat(os.path.join(root, name)).st_mode) & 0o177:
                wrong.append(os.path.join(root, name))
    check("no file or folder of the archive is open to others", not wrong, [w[len(s.archive):] for w in wrong])
    check("nor is the archive itself", stat.S_IMODE(os.stat(s.archive).st_mode) == 0o700, oct(os.stat(s.archive).st_mode))


os.umask(0o022)
with Service(lines=RECORDS) as service:
    service.wait_searchable()
    for test in (test_heads, test_hosts, test_origin, test_words, test_files):
        test(service)
finish()
