#!/usr/bin/env python3
"""tests/http/amend.py - amendments: metadata alone changes, the objects stay, who and why is kept.

    amend.py [PATH-OF-hoso]
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from hoso_http import *  # noqa: E402,F403

PATCH = {"Content-Type": "application/merge-patch+json"}


def patch(s, record, changes, **headers):
    return s.ask("PATCH", f"/v1/records/{record}", json.dumps(changes, ensure_ascii=False).encode(),
                 {**PATCH, **{k.replace("_", "-"): v for k, v in headers.items()}})


def test_patch(s):
    s.post_json("/v1/records", {"id": "a", "number": "1/QĐ-UBND", "subject": "cũ", "due": "2020-01-01", "text": "nội dung",
                                "files": [{"name": "a.bin", "base64": "QUJD"}], "extra": {"x": 2.50, "y": {"z": 1, "w": 2}}})
    before = s.get("/v1/records/a").json
    answer = patch(s, "a", {"subject": "Về việc thu hồi đất", "due": None, "extra": {"y": {"z": None}}, "reason": "nhập sai"})
    check("a patch is 201 with a receipt", answer.status == 201 and answer.json["version"] == 2, answer)
    after = s.get("/v1/records/a").json
    check("what it names is changed", after["subject"] == "Về việc thu hồi đất", after)
    check("null removes", "due" not in after, after)
    check("objects are merged, what is not named stays", after["number"] == "1/QĐ-UBND" and after["extra"]["y"] == {"w": 2}, after)
    check("numbers stay as they were sent", b'"x":2.5' in s.get("/v1/records/a").body)
    check("the files and the text are the same", [o["sha256"] for o in after["objects"]] == [o["sha256"] for o in before["objects"]])
    check("why and when is kept", after["amended"]["reason"] == "nhập sai" and after["amended"]["at"].startswith("20"), after)
    check("the version before stays", s.get("/v1/records/a?version=1").json["subject"] == "cũ")
    s.wait_searchable()
    hits = s.get("/v1/search?q=thu hoi dat&mode=all").json["hits"]
    check("it is found by what was changed", [h["id"] for h in hits] == ["a"], hits)
    again = patch(s, "a", {"subject": "Về việc thu hồi đất", "due": None, "reason": "noch einmal"})
    check("what changes nothing is 200 and no version", again.status == 200 and again.json["version"] == 2, again)
    same_day = patch(s, "a", {"issued": "12/03/2019"})
    check("a date in another spelling is read", same_day.status == 201 and s.get("/v1/records/a").json["issued"] == "2019-03-12")
    check("and the same date is no change", patch(s, "a", {"issued": "2019-03-12"}).status == 200)


def test_refused(s):
    for name, changes, status in [("a text", {"text": "x"}, 400), ("files", {"files": ["x"]}, 400), ("another id", {"id": "b"}, 400),
                                  ("the state of the text", {"text_state": "complete"}, 400), ("the seal", {"sealed_off": "x"}, 400),
                                  ("who amended it", {"amended": {"by": "x"}}, 400)]:
        answer = patch(s, "a", changes)
        check(f"{name} can't be set: {status}", answer.status == status, answer)
    taken = patch(s, "a", {"amended": None, "text_state": None, "subject": "khác"})
    check("nor be taken away", taken.status == 201 and "amended" in s.get("/v1/records/a").json, taken)
    check("no object is 400", s.ask("PATCH", "/v1/records/a", b"[1]", PATCH).status == 400)
    check("broken JSON is 400", s.ask("PATCH", "/v1/records/a", b"{", PATCH).status == 400)
    check("another media type is 415", s.ask("PATCH", "/v1/records/a", b"{}", {"Content-Type": "text/plain"}).status == 415)
    check("no such record is 404", patch(s, "nobody", {"subject": "x"}).status == 404)
    check("a secret is refused", patch(s, "a", {"secrecy": "Tối mật"}).status == 403)
    etag = s.get("/v1/records/a")["ETag"]
    check("If-Match of the newest is taken", patch(s, "a", {"subject": "một"}, If_Match=etag).status == 201)
    check("and of an older one is 412", patch(s, "a", {"subject": "hai"}, If_Match=etag).status == 412)
    check("nothing of that is kept", s.get("/v1/records/a").json["subject"] == "một")


def test_lines(s):
    """A line that names a record and brings no content amends it, also where that record stands in the same file."""
    done = s.ingest({"id": "l", "number": "2/QĐ", "subject": "cũ", "text": "chữ"}, {"id": "l", "subject": "mới"},
                    {"id": "entry", "subject": "một mục"}, {"id": "entry", "location": {"box": "7"}}, {"id": "entry", "location": {"box": "7"}})
    report = json.loads(done.stdout)
    check("amendments are counted", (report["added"], report["versions"], report["amended"], report["duplicates"]) == (2, 2, 2, 1), report)
    record = s.get("/v1/records/l").json
    check("the text stays", record["subject"] == "mới" and record["number"] == "2/QĐ" and len(record["objects"]) == 1, record)
    check("an entry grows", s.get("/v1/records/entry").json["location"] == {"box": "7"})
    put = s.ask("PUT", "/v1/records/entry/content?name=a.txt", "Quyết định về đất đai".encode(), {"Content-Type": "application/octet-stream"})
    s.wait_searchable()
    record = s.get("/v1/records/entry").json
    check("content that comes later is read", put.status == 201 and {o["role"] for o in record["objects"]} == {"original", "text"}, record)
    check("and found", [h["id"] for h in s.get("/v1/search?q=đất đai&mode=all").json["hits"]] == ["entry"])
    check("and the version is no amendment any more", "amended" not in record, record)
    post = s.post_json("/v1/records", {"id": "l", "subject": "qua POST", "reason": "gọi điện"})
    record = s.get("/v1/records/l").json
    check("a POST without content amends too", post.status == 201 and record["subject"] == "qua POST" and len(record["objects"]) == 1
          and record["amended"]["reason"] == "gọi điện", record)


def test_command(s):
    def run(*words):
        return subprocess.run([BIN, "-a", s.archive, "amend", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    done = run("l", "subject=qua dòng lệnh", "number=", 'keywords:=["đất","nhà"]', "--reason", "thử", "--by", "lan")
    record = s.get("/v1/records/l").json
    check("hoso amend sets, removes and takes JSON", done.returncode == 0 and record["subject"] == "qua dòng lệnh" and "number" not in record
          and record["keywords"] == ["đất", "nhà"], done, record)
    check("and keeps who and why", record["amended"]["by"] == "lan" and record["amended"]["reason"] == "thử", record)
    check("without a reason it is a wrong usage", run("l", "subject=x").returncode == 2)
    check("an unknown record is 1", run("nobody", "subject=x", "--reason", "y").returncode == 1)
    check("what is no change is a wrong usage", run("l", "subject", "--reason", "y").returncode == 2)


with Service() as service:
    for test in (test_patch, test_refused, test_lines, test_command):
        test(service)
finish()
