#!/usr/bin/env python3
"""tests/attack/loops.py - requests that cost much beside requests that cost little: the little ones do not wait.

    loops.py [PATH-OF-hoso]

HOSO_ATTACK=full takes the sizes that were measured when the attacks worked; without it smaller ones.
"""
import io
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "http"))
from hoso_http import *  # noqa: E402,F403

FULL = os.environ.get("HOSO_ATTACK") == "full"
ASAN = "asan" in BIN
BINARY = {"Content-Type": "application/octet-stream"}
WAIT_MS = 1000 if not ASAN else 8000  # a check that a loop is free, no figure of speed: a blocked loop takes seconds


def nested_pdf(depth=18):
    """A small file whose forms call one another twice each: 2^depth drawings."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
               b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</XObject<</X 6 0 R>>>>>>",
               b"<</Length 5>>stream\n/X Do\nendstream", b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    for i in range(depth):
        last = i == depth - 1
        body = b"BT /F 9 Tf 4 4 Td (abc) Tj ET" if last else b"/X Do /X Do"
        use = b"/Font<</F 5 0 R>>" if last else b"/XObject<</X %d 0 R>>" % (len(objects) + 2)
        objects.append(b"<</Type/XObject/Subtype/Form/BBox[0 0 300 200]/Resources<<%s>>/Length %d>>stream\n%s\nendstream"
                       % (use, len(body), body))
    return b"%PDF-1.4\n" + b"".join(b"%d 0 obj%s endobj\n" % (i + 1, o) for i, o in enumerate(objects)) + \
        b"trailer<</Root 1 0 R>>\n%%EOF\n"


def docx_of_attributes(count):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("[Content_Types].xml", "<Types/>")
        z.writestr("word/document.xml", "<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'><w:body><w:p "
                   + " ".join(f"a{i}='1'" for i in range(count)) + "><w:r><w:t>chữ</w:t></w:r></w:p></w:body></w:document>")
    return out.getvalue()


class Beside:
    """Asks /healthz and a search all the time while a block runs; keeps how long each took."""

    def __init__(self, s, target="/v1/search?q=quyết định", least_s=0):
        self.s, self.target, self.least_s = s, target, least_s
        self.times, self.failed, self.over = [], 0, threading.Event()

    def run(self, target):
        while not self.over.is_set():
            begin = time.time()
            try:
                ok = self.s.get(target).status == 200
            except OSError:
                ok = False
            self.times.append((time.time() - begin) * 1000)
            self.failed += not ok
            time.sleep(0.02)

    def __enter__(self):
        self.begin = time.time()
        self.threads = [threading.Thread(target=self.run, args=(t,)) for t in ("/healthz", self.target)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        time.sleep(max(0, self.least_s - (time.time() - self.begin)))
        self.over.set()
        for thread in self.threads:
            thread.join(120)
        self.worst = max(self.times) if self.times else 1e9
        self.p99 = sorted(self.times)[len(self.times) * 99 // 100] if self.times else 1e9


def in_threads(count, work):
    threads = [threading.Thread(target=work, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    return threads


def test_documents(s):
    pdf, docx = nested_pdf(), docx_of_attributes(300000 if FULL else 120000)
    answers = []

    def post(i):
        name, body = (("a.pdf", pdf + b"%%%d" % i) if i % 2 == 0 else ("a.docx", docx))
        try:
            answers.append(s.post_json("/v1/records", {"id": f"hd-{i}", "subject": "x", "files": [
                {"name": name, "base64": base64.b64encode(body if len(body) < 600000 else body).decode()}]}))
        except OSError as e:
            answers.append(e)
    with Beside(s, least_s=3) as beside:
        threads = in_threads(8, post)
        for thread in threads:
            thread.join(200)
    check("while eight hostile documents are read, every request beside them is answered", beside.failed == 0, beside.failed, len(beside.times))
    check("none of those waits for them", beside.worst < WAIT_MS, beside.worst)
    told = [a for a in answers if isinstance(a, Answer)]
    check("each sender of a hostile document gets an answer", len(told) == 8 and all(a.status in (200, 201, 413, 422, 429, 503) for a in told), answers)
    check("a refusal says when to come again", all(a["Retry-After"] for a in told if a.status in (429, 503)), told)


def test_priority(s):
    """Searches beside four documents that would each take a core for as long as they are let: only in the campaign, since
    it compares times."""
    with Beside(s, least_s=15) as quiet:
        pass
    over = threading.Event()

    def post(i):
        for k in range(1000):
            if not over.is_set():
                pdf = nested_pdf(26) + b"%% %d %d" % (i, k)
                s.post_json("/v1/records", {"id": f"greedy-{i}-{k}", "subject": "x", "files": [
                    {"name": "a.pdf", "base64": base64.b64encode(pdf).decode()}]})
    senders = in_threads(4, post)
    time.sleep(2)
    with Beside(s, least_s=15) as beside:
        pass
    over.set()
    print(f"# p99 of searches: quiet {quiet.p99:.1f} ms, beside four hostile documents {beside.p99:.1f} ms")
    check("beside four hostile documents searches keep twice their quiet p99", beside.p99 < 2 * quiet.p99, quiet.p99, beside.p99)
    for sender in senders:
        sender.join(200)


def test_phrase(s):
    """A phrase whose words stand everywhere and the phrase nowhere: many long texts are looked at."""
    half = "quyền sử dụng đất được chính phủ ban hành " * 6000
    s.ingest(*[{"id": f"lt-{i}", "subject": f"Văn bản dài {i}", "text": half + f" số {i} "} for i in range(400 if FULL else 120)])
    s.wait_searchable(120)

    def ask(i):
        for _ in range(3):
            s.get('/v1/search?q="dụng sử quyền chính ban"')
            s.get("/v1/search?q=phủ ban chính hành đất")
    with Beside(s, "/v1/records/qd-15", least_s=2) as beside:
        for thread in in_threads(8, ask):
            thread.join(200)
    check("beside eight searches for a phrase through long texts all look-ups are answered", beside.failed == 0, beside.failed)
    check("and do not wait for them", beside.worst < WAIT_MS, beside.worst)


def test_packages(s):
    code = "H40.15-210521-0077"
    count = 5000 if FULL else 1500
    s.ingest(*[{"id": f"pk-{i}", "subject": f"Tờ {i}", "cases": [code], "text": f"nội dung {i} " * 200} for i in range(count)])
    s.wait_searchable(120)
    begin = time.time()
    head = s.ask("HEAD", f"/v1/cases/{code}/package")
    head_ms = (time.time() - begin) * 1000
    check("HEAD of a large package is answered", head.status == 200, head)

    def download(i):
        s.get(f"/v1/cases/{code}/package")
    with Beside(s, least_s=2) as beside:
        for thread in in_threads(8, download):
            thread.join(300)
    check("beside eight downloads of it all searches are answered", beside.failed == 0, beside.failed)
    check("and do not wait for them", beside.worst < WAIT_MS, beside.worst, head_ms)


def test_jobs(s):
    """A job of slow documents does not keep others from theirs, can be cancelled, and does not hold up the end."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for i in range(300 if FULL else 40):
            z.writestr(f"{i}.pdf", nested_pdf(22) + b"%%%d" % i)
    slow = s.ask("POST", "/v1/ingest?name=slow.zip", out.getvalue(), BINARY)
    check("a job of slow documents is taken", slow.status == 202, slow)
    quick = s.ask("POST", "/v1/ingest?name=q.jsonl", b'{"id":"quick","subject":"x","text":"y"}', BINARY)
    end = time.time() + 20
    while time.time() < end and s.get(quick["Location"]).json["state"] != "done":
        time.sleep(0.1)
    check("a quick job behind it is done while it runs", s.get(quick["Location"]).json["state"] == "done", s.get(quick["Location"]).json)
    gone = s.ask("DELETE", slow["Location"])
    check("a job can be cancelled", gone.status in (200, 202, 204), gone)
    end = time.time() + 15
    while time.time() < end and s.get(slow["Location"]).json["state"] in ("running", "waiting"):
        time.sleep(0.1)
    check("and is over soon after", s.get(slow["Location"]).json["state"] == "cancelled", s.get(slow["Location"]).json)
    s.ask("POST", "/v1/ingest?name=slow.zip", out.getvalue() + b" ", BINARY)
    time.sleep(0.5)
    begin = time.time()
    s.process.send_signal(signal.SIGTERM)
    try:
        code = s.process.wait(30)
    except subprocess.TimeoutExpired:
        code = "still there after 30 s"
    check("SIGTERM ends the service within 15 s while a slow job runs", code == 0 and time.time() - begin < 15, code, time.time() - begin)


with Service(lines=RECORDS) as service:
    service.wait_searchable()
    for test in (test_documents, *([test_priority] if FULL and not ASAN else []), test_phrase, test_packages, test_jobs):
        test(service)
finish()
