#!/usr/bin/env python3
"""tests/attack/writes.py - what is acknowledged is kept: writers side by side, files that cannot be read.

    writes.py [PATH-OF-hoso]
"""
import concurrent.futures
import io
import os
import subprocess
import sys
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "http"))
from hoso_http import *  # noqa: E402,F403

BINARY = {"Content-Type": "application/octet-stream"}


def put(s, record, name, body, headers=BINARY):
    return s.ask("PUT", f"/v1/records/{record}/content?name={name}", body, headers)


def names(s, record):
    return [o["name"] for o in s.get(f"/v1/records/{record}").json["objects"] if o["role"] != "text"]


def test_lost_update(s):
    """Four files at once to one record: each that is acknowledged stands in the newest version."""
    lost = []
    for n in range(40):
        record = f"lu-{n}"
        s.post_json("/v1/records", {"id": record, "subject": f"Vòng {n}", "text": "chữ"})
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda i: (i, put(s, record, f"f{i}.txt", b"tep so %d vong %d" % (i, n))), range(4)))
        taken = {f"f{i}.txt" for i, a in answers if a.status in (200, 201)}
        refused = [a for _, a in answers if a.status not in (200, 201, 409, 412, 429, 503)]
        if taken - set(names(s, record)) or refused or not taken:
            lost.append((record, taken - set(names(s, record)), refused))
    check("no acknowledged file is missing in 40 rounds of four writers", not lost, len(lost), lost[:3])


def test_if_match(s):
    s.post_json("/v1/records", {"id": "im-1", "subject": "x", "text": "y"})
    tag = s.get("/v1/records/im-1")["ETag"]
    first = put(s, "im-1", "a.txt", b"a", {**BINARY, "If-Match": tag})
    check("a write whose If-Match is current is taken", first.status == 201, first)
    second = put(s, "im-1", "b.txt", b"b", {**BINARY, "If-Match": tag})
    check("a write whose If-Match is old is refused with 412", second.status == 412, second)
    check("and nothing of it is stored", names(s, "im-1") == ["a.txt"], names(s, "im-1"))
    check("an old If-Match on a read is 412 as well or ignored", s.get("/v1/records/im-1", If_Match=tag).status in (200, 412))


def test_kept(s):
    """What cannot be read is archived all the same: the original, and a word about its text."""
    sheet = io.BytesIO()
    with zipfile.ZipFile(sheet, "w") as z:
        z.writestr("[Content_Types].xml", "<Types/>")
        z.writestr("xl/workbook.xml", "<workbook/>")
    bodies = {"bang.xlsx": sheet.getvalue(), "rong.pdf": b"%PDF-1.4\n%%EOF\n", "hong.docx": b"PK\x03\x04 nothing", "x.bin": b"\0\1\2",
              "rong.csv": b"", "bom.csv": b"\xef\xbb\xbf", "trang.csv": b"\n\n  \n"}
    for name, body in bodies.items():
        if not body:
            continue
        record = "k-" + name.replace(".", "-")
        s.post_json("/v1/records", {"id": record, "subject": name, "text": "có chữ"})
        answer = put(s, record, name, body)
        check(f"{name} is archived", answer.status == 201, answer)
        if answer.status == 201:
            number = next(i for i, o in enumerate(s.get(f"/v1/records/{record}").json["objects"]) if o["name"] == name)
            check(f"{name} comes back byte for byte", s.get(f"/v1/records/{record}/content?object={number}").body == body)
    answer = s.post_json("/v1/records", {"id": "k-2", "subject": "một bảng", "files": [
        {"name": "bang.xlsx", "base64": base64.b64encode(bodies["bang.xlsx"]).decode()}]})
    check("a record with a sheet that gives no text is archived", answer.status == 201, answer)
    for name in ("rong.csv", "bom.csv", "trang.csv"):
        path = os.path.join(s.dir, name)
        with open(path, "wb") as f:
            f.write(bodies[name])
        done = subprocess.run([BIN, "-a", s.archive, "ingest", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        check(f"{name} on the command line ends in order", done.returncode in (0, 1), done.returncode, done.stderr[-300:])
        if bodies[name]:
            answer = s.ask("POST", f"/v1/ingest?name={name}", bodies[name], BINARY)
            check(f"{name} as a job is taken", answer.status in (202, 400), answer)
    folder = os.path.join(s.dir, "kept")
    os.mkdir(folder)
    for name, body in bodies.items():
        with open(os.path.join(folder, name), "wb") as f:
            f.write(body + b" ")
    done = subprocess.run([BIN, "-a", s.archive, "ingest", "--json", folder], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    report = json.loads(done.stdout.splitlines()[-1])
    check("a folder of them leaves no file out", report["rejected"] == 0 and report["seen"] >= 4, report, done.stderr[-600:])
    check("the service still answers", s.get("/healthz").status == 200)


def test_growth(s):
    """The sixteenth file costs what the first one cost."""
    def peak():
        with open(f"/proc/{s.process.pid}/status") as f:
            return next(int(line.split()[1]) for line in f if line.startswith("VmHWM:")) // 1024
    s.post_json("/v1/records", {"id": "g-1", "subject": "nhiều tệp", "text": "y"})
    before = peak()
    size = 15 << 20
    codes = []
    for i in range(16):
        codes.append(put(s, "g-1", f"{i}.bin", bytes([i]) * 16 + os.urandom(1 << 20) * (size >> 20)).status)
    check("sixteen files of 15 MiB are taken by one record", codes == [201] * 16, codes)
    grown = peak() - before
    check("with less than 256 MiB over idle", grown < 256 or "asan" in BIN, grown)
    s.post_json("/v1/records", {"id": "g-2", "subject": "nhiều phiên bản", "text": "y"})
    for i in range(300):
        s.post_json("/v1/records", {"id": "g-2", "subject": f"phiên bản {i}", "extra": {"dài": "x" * 900000}, "text": "y"})
    before = peak()
    answer = s.get("/v1/records/g-2")
    check("a record of 300 versions is answered", answer.status == 200 and answer.json["version"] >= 300, answer.status)
    grown = peak() - before
    check("with less than 64 MiB", grown < 64 or "asan" in BIN, grown)


with Service(lines=RECORDS) as service:
    service.wait_searchable()
    for test in (test_lost_update, test_if_match, test_kept, test_growth):
        test(service)
finish()
