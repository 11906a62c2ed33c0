#!/usr/bin/env python3
"""tests/attack/proxies.py - behind nginx, HAProxy and Caddy: nothing gets past the proxy's rules, nobody gets another's answer.

    proxies.py [PATH-OF-hoso]

Each proxy keeps its connections to the service open and shares them among its clients, and forbids /metrics. An attacker
sends what two parsers could read differently; after each attempt honest clients ask for something that only their own
answer can hold. Harm is a text of /metrics in any answer, or a wrong answer for an
honest client. The programs are taken from PATH, else unpacked (not installed, so that no service starts) from Debian's
packages into build/proxies.
"""
import glob
import os
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "http"))
from hoso_http import *  # noqa: E402,F403

UNPACKED = os.path.join(HERE, "..", "..", "build", "proxies")
SECRET = b"hoso_"  # what only /metrics says at the beginning of a line
H = b"Host: localhost\r\n"


def program(name):
    """Its path, or None with the reason."""
    os.makedirs(UNPACKED, exist_ok=True)
    places = [f"{UNPACKED}/usr/sbin/{name}", f"{UNPACKED}/usr/bin/{name}"]
    found = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:" + ":".join(os.path.dirname(p) for p in places))
    if found:
        return found, ""
    got = subprocess.run(["apt-get", "download", name], cwd=UNPACKED, capture_output=True, text=True)
    for package in glob.glob(f"{UNPACKED}/{name}_*.deb"):
        subprocess.run(["dpkg", "-x", package, UNPACKED], check=False)
    path = next((p for p in places if os.access(p, os.X_OK)), None)
    return path, "" if path else f"{name} is not installed and its package can't be had ({got.stderr.strip()[-80:]})"


NGINX = """daemon off; master_process off; pid {dir}/pid; error_log {dir}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off; client_body_temp_path {dir}/a; proxy_temp_path {dir}/b; fastcgi_temp_path {dir}/c;
  uwsgi_temp_path {dir}/d; scgi_temp_path {dir}/e;
  upstream hoso {{ server 127.0.0.1:{back}; keepalive 2; }}
  server {{
    listen 127.0.0.1:{front};
    location = /metrics {{ return 403; }}
    location / {{ proxy_pass http://hoso; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host localhost; }}
  }}
}}
"""
HAPROXY = """defaults
  mode http
  timeout connect 5s
  timeout client 10s
  timeout server 10s
  http-reuse always
frontend in
  bind 127.0.0.1:{front}
  http-request deny if {{ path /metrics }}
  http-request set-header Host localhost
  default_backend hoso
backend hoso
  server one 127.0.0.1:{back} maxconn 2
"""
CADDY = """{{
  admin off
  auto_https off
  storage file_system {dir}
}}
http://127.0.0.1:{front}, http://localhost:{front} {{
  respond /metrics 403
  reverse_proxy 127.0.0.1:{back} {{
    header_up Host localhost
    transport http {{
      keepalive_idle_conns_per_host 2
    }}
  }}
}}
"""
PROXIES = [
    ("nginx", NGINX, lambda path, conf: [path, "-p", os.path.dirname(conf), "-e", "error.log", "-c", conf]),
    ("haproxy", HAPROXY, lambda path, conf: [path, "-db", "-f", conf]),
    ("caddy", CADDY, lambda path, conf: [path, "run", "--adapter", "caddyfile", "--config", conf]),
]

HIDDEN = b"GET /metrics HTTP/1.1\r\n" + H + b"\r\n"
POST = b"POST /v1/records HTTP/1.1\r\n" + H + b"Content-Type: application/json\r\n"


def post(*fields, body=b"0\r\n\r\n" + HIDDEN):
    return POST + b"".join(f + b"\r\n" for f in fields) + b"\r\n" + body


def attempts():
    n = b"Content-Length: %d" % (5 + len(HIDDEN))
    chunked = b"Transfer-Encoding: chunked"
    for te in (b"Transfer-Encoding: chunked", b"Transfer-Encoding : chunked", b"Transfer-Encoding:\tchunked",
               b"Transfer-Encoding: xchunked", b"Transfer-Encoding: chunked, identity", b"Transfer-Encoding: identity, chunked",
               b"Transfer-Encoding: identity", b"Transfer-Encoding:\x0bchunked", b"Transfer-Encoding: chunked\0",
               b"Transfer-Encoding: \"chunked\"", b"X: y\nTransfer-Encoding: chunked", b"X: y\rTransfer-Encoding: chunked",
               b"Transfer-Encoding\0: chunked", b"Transfer-Encoding:\r\n chunked", b"Transfer_Encoding: chunked",
               b"Transfer-Encoding: CHUNKED", b"Transfer-Encoding: chunked;q=1", b"TE: chunked", b":\r\n" + chunked,
               b":x\r\n" + chunked, b"\0: x\r\n" + chunked, b" " + chunked, chunked + b"\r\n" + chunked):
        yield te, post(n, te)
        yield te + b" first", post(te, n)
        yield te + b" alone", post(te)
        yield te + b" and one byte", post(b"Content-Length: 4", te, body=b"5c\r\n" + HIDDEN + b"\r\n0\r\n\r\n")
    for length in (b"Content-Length: +0", b"Content-Length: -0", b"Content-Length: 0x0", b"Content-Length: 0, 0",
                   b"Content-Length: 0\r\nContent-Length: 5", b"Content-Length: 5\r\nContent-Length: 0", b"Content-Length: 00",
                   b"Content-Length:", b"Content-Length: 0 5", b"Content-Length : 0", b"Content-Length: 0\0", b"Content-Length:\x0c0",
                   b"Content-Length: 18446744073709551616", b"Content_Length: 0", b":\r\nContent-Length: 0"):
        yield length, post(length)
    for size in (b"+5", b"0x5", b"5 ", b" 5", b"5;a=\"\n\"", b"5\n", b"10000000000000005", b"-5", b"5;\0"):
        yield b"chunk size " + size, post(chunked, body=size + b"\r\nabcde\r\n0\r\n\r\n" + HIDDEN[:0] + b"0\r\n\r\n" + HIDDEN)
    for version in (b"HTTP/1.0", b"HTTP/1.2", b"HTTP/2.0", b"HTTP/0.9", b"HTTP/1.1 ", b"http/1.1", b"HTTP/1.1\0"):
        yield version, b"POST /v1/records " + version + b"\r\n" + H + chunked + b"\r\n" + n + b"\r\n\r\n0\r\n\r\n" + HIDDEN
    for fields in (b"Expect: 100-continue", b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQA",
                   b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
                   b"Connection: close, Transfer-Encoding, Content-Length"):
        yield fields, post(fields, b"Content-Length: 2", body=b"{}" + b"") + b""
        yield fields + b" chunked", post(fields, chunked)
    for target in (b"/%6detrics", b"//metrics", b"/./metrics", b"/x/../metrics", b"/metrics/", b"/metrics;x", b"/metrics?x", b"/metrics%00",
                   b"/metrics#x", b"\\metrics", b"/%2e/metrics", b"/v1/%2e%2e/metrics", b"/v1/..%2fmetrics", b"/METRICS", b"/metrics%20",
                   b"/metrics\t", b"http://localhost/metrics", b"http://localhost//metrics", b"*", b"metrics", b"/%256detrics",
                   b"/v1/stats/..;/metrics", b"/\xe2\x84\xb3etrics", b"/metrics\x85"):
        yield b"target " + target, b"GET " + target + b" HTTP/1.1\r\n" + H + b"\r\n"
    for method in (b"GET ", b" GET", b"G\0ET", b"get", b"HEAD", b"TRACE", b"CONNECT", b"OPTIONS", b"PRI"):
        yield b"method " + method, method + b" /metrics HTTP/1.1\r\n" + H + b"\r\n"
    yield b"a body of a HEAD", b"HEAD /v1/records HTTP/1.1\r\n" + H + n + b"\r\n\r\n0\r\n\r\n" + HIDDEN
    yield b"X-HTTP-Method-Override", b"GET /healthz HTTP/1.1\r\n" + H + b"X-Original-URL: /metrics\r\nX-Rewrite-URL: /metrics\r\n\r\n"


def exchange(port, data, seconds):
    out = b""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as c:
        c.settimeout(seconds)
        try:
            c.sendall(data)
            while True:
                piece = c.recv(65536)
                if not piece:
                    break
                out += piece
        except OSError:
            pass
    return out


def honest(port, word):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", f"/v1/search?q={word}")
        return json.loads(connection.getresponse().read()).get("query") == word
    except (OSError, ValueError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(port):
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return True
        except OSError:
            time.sleep(0.05)
    return False


def test_proxy(s, name, conf, command, path):
    front = free_port()
    folder = os.path.join(s.dir, name)
    os.makedirs(folder)
    file = os.path.join(folder, "conf")
    with open(file, "w") as f:
        f.write(conf.format(dir=folder, front=front, back=s.port))
    log = open(os.path.join(folder, "log"), "w+")
    proxy = subprocess.Popen(command(path, file), stdout=log, stderr=log, env={**os.environ, "HOME": folder})
    try:
        if not wait_for(front):
            log.seek(0)
            check(f"{name} starts", False, log.read()[-400:])
            return
        check(f"{name}: honest requests pass", all(honest(front, f"q{i}") for i in range(4)))
        check(f"{name}: its rule holds", b" 403 " in exchange(front, b"GET /metrics HTTP/1.1\r\n" + H + b"Connection: close\r\n\r\n", 5)[:32])
        leaked, wrong, count = [], [], 0
        for what, data in attempts():
            count += 1
            out = exchange(front, data, 0.25)
            if b"\n" + SECRET in out:
                leaked.append((what, out[:200]))
            if not (honest(front, f"w{count}a") and honest(front, f"w{count}b")):
                wrong.append((what, out[:200]))
        check(f"{name}: {count} attempts, none gets past its rule", not leaked, leaked[:3])
        check(f"{name}: and each honest client has its own answer", not wrong, wrong[:3])
    finally:
        proxy.terminate()
        try:
            proxy.wait(10)
        except subprocess.TimeoutExpired:
            proxy.kill()
        log.close()


with Service(lines=[{"id": "r-1", "subject": "x", "text": "y"}]) as service:
    service.wait_searchable()
    for proxy_name, proxy_conf, proxy_command in PROXIES:
        proxy_path, why = program(proxy_name)
        if proxy_path:
            test_proxy(service, proxy_name, proxy_conf, proxy_command, proxy_path)
        else:
            skip(f"behind {proxy_name}", why)
finish()
