#!/usr/bin/env python3
"""tests/http/holders.py - the same file again: who holds it is said, by every way in, and asked for by its hash.

    holders.py [PATH-OF-hoso]
"""
import hashlib
import os
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from hoso_http import *  # noqa: E402,F403

PAPER = "Quyết định về việc thu hồi đất".encode()
HASH = hashlib.sha256(PAPER).hexdigest()


def post(s, name="a.txt", content=PAPER, **members):
    return s.post_json("/v1/records", {**members, "files": [{"name": name, "base64": base64.b64encode(content).decode()}]})


def test_same_file(s):
    first = post(s)
    check("its id is its own hash", first.status == 201 and first.json["id"] == "sha256-" + HASH[:40], first)
    s.wait_searchable()
    again = post(s, name="b.txt")
    check("under another name nothing is added, and the holder is named", again.status == 200 and again.json["id"] == first.json["id"], again)
    later = post(s, number="15/2019/QĐ-UBND")
    check("metadata that comes later amends the holder", later.json["id"] == first.json["id"] and later.json["version"] == 2, later)
    other = post(s, number="16/2019/QĐ-UBND")
    check("what differs is a warning in the answer", other.status == 200 and other.json["warnings"][0]["finding"] == "contradiction"
          and "15/2019" in other.json["warnings"][0]["warning"], other)
    s.wait_searchable()
    found = s.get("/v1/records?sha256=" + HASH).json
    check("the holder is found by the hash", [h["id"] for h in found["exact"]] == [first.json["id"]] and found["variants"] == [], found)
    check("another hash finds nothing", s.get("/v1/records?sha256=" + "0" * 64).json["exact"] == [])
    for query in ("sha256=12", "sha256=" + "g" * 64, "", f"sha256={HASH}&number=1"):
        check(f"?{query[:20]} is 400", s.get("/v1/records?" + query).status == 400)


def test_own_ids(s):
    for name in ("x-1", "x-2"):
        check(f"the same original under the given id {name} is added", post(s, id=name).status == 201)
        s.wait_searchable()
    held = {name: set(s.get("/v1/records/" + name).json.get("same_original", [])) for name in ("x-1", "x-2")}
    check("and both say so", "x-2" in held["x-1"] and "x-1" in held["x-2"], held)
    check("a record that shares nothing does not", "same_original" not in s.post_json("/v1/records", {"id": "alone", "text": "một mình"}).json)


def test_older_ids(s):
    """Before, an id stood for the name and the metadata too: such a record is the holder of its file as well."""
    content = b"M\xe1\xbb\x99t b\xe1\xba\xa3n c\xc5\xa9"
    old = "sha256-" + "12" * 20
    check("an archive of before", post(s, content=content, id=old).status == 201)
    s.wait_searchable()
    again = post(s, content=content, name="c.txt")
    check("its file is not archived twice", again.status == 200 and again.json["id"] == old, again)


def test_same_number(s):
    paper = {"number": "77/2020/QĐ-UBND", "issued": "2020-05-06", "agency": "UBND tỉnh Nam Định"}
    first = s.post_json("/v1/records", {**paper, "id": "n-1", "text": "một"})
    s.wait_searchable()
    again = s.post_json("/v1/records", {**paper, "id": "n-2", "number": "77/2020/qđ-ubnd", "agency": "ubnd tinh Nam Dinh", "text": "hai"})
    check("the number of another record is a warning that names it", first.status == again.status == 201 and "warnings" not in first.json
          and again.json["warnings"][0]["finding"] == "same_number" and "n-1" in again.json["warnings"][0]["warning"], again)
    other = s.post_json("/v1/records", {**paper, "id": "n-3", "issued": "2021-05-06", "text": "ba"})
    check("of another year it is none", "warnings" not in other.json, other)
    check("nor is the record's own next version", "warnings" not in s.post_json("/v1/records", {**paper, "id": "n-1", "text": "bốn"}).json)
    lines = os.path.join(s.dir, "unique.jsonl")
    with open(lines, "w", encoding="utf-8") as f:
        f.write(json.dumps({**paper, "id": "n-9", "text": "chín"}) + "\n" + json.dumps({**paper, "id": "n-1", "text": "bốn"}) + "\n")
    s.stop()
    report = subprocess.run([BIN, "-a", s.archive, "ingest", "--json", "--unique-numbers", lines], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    counts = json.loads(report.stdout)
    check("--unique-numbers refuses it, and not the record itself", report.returncode == 1 and counts["rejected"] == 1 and counts["duplicates"] == 1,
          counts, report.stderr)


def test_at_once(s):
    answers = []
    content = b"ch\xe1\xba\xa1y c\xc3\xb9ng l\xc3\xbac"

    def one(i):
        with socket.create_connection(("127.0.0.1", s.port), timeout=20):
            connection = http.client.HTTPConnection("127.0.0.1", s.port, timeout=30)
            body = json.dumps({"files": [{"name": f"{i}.txt", "base64": base64.b64encode(content).decode()}]})
            connection.request("POST", "/v1/records", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answers.append((answer.status, json.loads(answer.read())["id"]))
            connection.close()
    threads = [threading.Thread(target=one, args=(i,)) for i in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    check("eight at once make one record", sorted(a[0] for a in answers) == [200] * 7 + [201] and len({a[1] for a in answers}) == 1, answers)


with Service() as s:
    test_same_file(s)
    test_own_ids(s)
    test_older_ids(s)
    test_at_once(s)
    test_same_number(s)
finish()
