#!/usr/bin/env python3
"""tests/http/review.py - what a person has to look at: texts that are not complete, fields read with little certainty and
records that are sealed off are counted, listed with the reason, and marked in answers.

    review.py [PATH-OF-hoso]
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from hoso_http import *  # noqa: E402,F403

STATES = {"partial", "stamp-only", "waiting", "unreadable", "encrypted", "none"}
QUEUES = STATES | {"uncertain", "sealed-off"}
# the year of the number contradicts the date
DOUBTFUL = """ỦY BAN NHÂN DÂN TỈNH LAM GIANG
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Số: 15/2019/QĐ-UBND
Lam Giang, ngày 12 tháng 3 năm 2021
QUYẾT ĐỊNH
Về việc phê duyệt kế hoạch sử dụng đất

Điều 1. Phê duyệt kế hoạch sử dụng đất.
"""
LINES = [{"id": "whole", "subject": "đủ", "text": "có chữ", "type": "Công văn"}, {"id": "entry", "subject": "một mục", "location": {"box": "1"}},
         {"case": "H40.15-210521-0012", "title": "một hồ sơ"}]


def counts(s, lang="vi"):
    return {c["state"]: c["count"] for c in s.get(f"/v1/review?lang={lang}").json["counts"]}


def test_states(s):
    broken = s.post_json("/v1/records", {"id": "broken", "subject": "hỏng", "files": [{"name": "a.docx", "base64": base64.b64encode(b"PK\x03\x04 no").decode()}]})
    check("a broken file is archived", broken.status == 201, broken)
    odd = s.post_json("/v1/records", {"id": "odd", "files": [{"name": "số 7.bin", "base64": base64.b64encode(b"\0\1\2").decode()}]})
    check("a file of no known kind too", odd.status == 201, odd)
    s.wait_searchable()
    seen = counts(s)
    check("each state is counted, zeros too", set(seen) == QUEUES, seen)
    check("what is not read is counted, what is complete is not", seen["none"] == 1 and sum(seen.values()) == 3, seen)
    labels = [c["label"] for c in s.get("/v1/review").json["counts"]]
    check("states have a name in Vietnamese and in English", len(set(labels) | {c["label"] for c in s.get("/v1/review?lang=en").json["counts"]}) == 16, labels)
    for state, count in ((state, seen[state]) for state in STATES):
        listed = s.get(f"/v1/review?state={state}").json["records"]
        check(f"{state}: all {count} are listed", len(listed["hits"]) == count and all(h["text_state"] == state and [r["code"] for r in h["reasons"]] == [state] for h in listed["hits"]), listed)
    check("a state that there is not is 400", s.get("/v1/review?state=perhaps").status == 400)
    check("nor is complete one to look at", s.get("/v1/review?state=complete").status == 400)


def test_answers(s):
    hits = {h["id"]: h for h in s.get("/v1/search?q=&limit=50&facets=text_state").json["hits"]}
    check("hits say the state of their text", hits["whole"]["text_state"] == "complete" and hits["entry"]["text_state"] == "none", hits)
    check("and the name of their file", hits["odd"]["file_name"] == "số 7.bin" and hits["entry"]["file_name"] is None, hits)
    found = s.get("/v1/search?text_state=none").json
    check("they can be filtered", [h["id"] for h in found["hits"]] == ["entry"], found)
    check("and asked for", [h["id"] for h in s.get("/v1/search?q=tình_trạng:none").json["hits"]] == ["entry"])
    states = {v["value"] for v in s.get("/v1/stats").json["by_text_state"]}
    check("the statistics count them", "none" in states, states)


def test_completed(s):
    """What is completed leaves the list."""
    s.ask("PUT", "/v1/records/entry/content?name=a.txt", "Quyết định về đất".encode(), {"Content-Type": "application/octet-stream"})
    s.wait_searchable()
    check("an entry whose content came is not listed any more", counts(s)["none"] == 0, counts(s))


def reasons(s, id, queue="uncertain"):
    return next((h["reasons"] for h in s.get(f"/v1/review?state={queue}").json["records"]["hits"] if h["id"] == id), None)


def test_uncertain(s):
    check("nothing is uncertain before", counts(s)["uncertain"] == 0)
    made = s.post_json("/v1/records", {"id": "doubtful", "files": [{"name": "a.txt", "base64": base64.b64encode(DOUBTFUL.encode()).decode()}]})
    check("a document that contradicts itself is archived", made.status == 201, made)
    s.wait_searchable()
    why = {r["field"]: r for r in reasons(s, "doubtful") or []}
    check("its number and date are listed as uncertain", set(why) == {"number", "issued"} and counts(s)["uncertain"] == 1, why)
    check("with what was read, how certain, and whether it was taken over", why["number"]["value"] == "15/2019/QĐ-UBND" and why["number"]["taken_over"]
          and why["issued"]["value"] == "2021-03-12" and not why["issued"]["taken_over"] and why["issued"]["certainty_percent"] == 60, why)
    check("they can be asked for by field", [h["id"] for h in s.get("/v1/search?q=chưa_chắc:issued").json["hits"]] == ["doubtful"]
          and s.get("/v1/search?q=uncertain:type").json["total"] == 0)
    s.ask("PATCH", "/v1/records/doubtful", json.dumps({"issued": "2019-03-12", "reason": "nhìn bản giấy"}).encode(), {"Content-Type": "application/json"})
    s.wait_searchable()
    check("a field that a person says leaves the list", [r["field"] for r in reasons(s, "doubtful")] == ["number"], reasons(s, "doubtful"))
    done = s.ask("PATCH", "/v1/records/doubtful", json.dumps({"confirmed": ["number"], "reason": "đúng"}).encode(), {"Content-Type": "application/json"})
    s.wait_searchable()
    check("so does one that is confirmed", done.status == 201 and counts(s)["uncertain"] == 0, done, reasons(s, "doubtful"))


def hoso(s, *words):
    return subprocess.run([BIN, "-a", s.archive, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait_for(holds, seconds=20):
    end = time.time() + seconds
    while not holds() and time.time() < end:
        time.sleep(0.1)
    return holds()


def test_sealed(s):
    hoso(s, "seal", "whole", "odd", "--reason", "nghi mật")
    check("records that are sealed off are counted", wait_for(lambda: counts(s)["sealed-off"] == 2), counts(s))
    page = s.get("/v1/review?state=sealed-off&limit=1").json["records"]
    rest = s.get(f"/v1/review?state=sealed-off&cursor={page['next']}").json["records"]
    both = page["hits"] + rest["hits"]
    check("listed page by page", len(page["hits"]) == 1 and page["total"] == 2 and {h["id"] for h in both} == {"whole", "odd"} and not rest["next"], both)
    check("with the reason of the seal and nothing of the record", all(h["reasons"][0]["value"] == "nghi mật" and set(h) == {"id", "sequence", "sealed_at", "reasons"} for h in both), both)
    check("metrics count them", "hoso_sealed_off_records 2" in s.get("/metrics").body.decode())
    check("a cursor of another queue is 400", s.get("/v1/review?state=sealed-off&cursor=x").status == 400)
    hoso(s, "unseal", "odd", "--decision", "1/QĐ", "--by", "A")
    check("one that is released leaves the list", wait_for(lambda: counts(s)["sealed-off"] == 1), counts(s))
    hoso(s, "destroy", "whole", "--decision", "2/QĐ", "--date", "2026-01-02", "--reason", "hết hạn", "--approved-by", "A", "--and-by", "B", "--yes")
    check("one that is destroyed too", wait_for(lambda: counts(s)["sealed-off"] == 0), counts(s))


def test_waiting(s):
    """A page without text waits; statistics and metrics say how many do."""
    pixel = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>endobj\n" + b"".join(
        b"%d 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\n" % n for n in (3, 4)) + b"trailer<</Root 1 0 R>>\n%%EOF\n"
    made = s.post_json("/v1/records", {"id": "scan", "files": [{"name": "scan.pdf", "base64": base64.b64encode(pixel).decode()}]})
    s.wait_searchable()
    check("a document without a text layer waits", made.status == 201 and wait_for(lambda: counts(s)["waiting"] == 1), made, counts(s))
    check("its pages are counted", wait_for(lambda: s.get("/v1/stats").json["waiting_pages"] == 2) and s.get("/v1/review").json["waiting_pages"] == 2, s.get("/v1/stats").json)
    check("by the metrics too", "hoso_recognition_waiting_pages 2" in s.get("/metrics").body.decode())
    check("and by the command", "waiting  2 pages of 1 records" in hoso(s, "stats").stdout, hoso(s, "stats").stdout[:300])
    amended = s.ask("PATCH", "/v1/records/scan", json.dumps({"subject": "quét", "reason": "x"}).encode(), {"Content-Type": "application/json"})
    s.wait_searchable()
    time.sleep(2.5)
    check("a next version counts once", amended.status == 201 and s.get("/v1/stats").json["waiting_pages"] == 2, s.get("/v1/stats").json)


with Service("--no-ocr", lines=LINES) as service:
    service.wait_searchable()
    for test in (test_states, test_answers, test_completed, test_uncertain, test_waiting, test_sealed):
        test(service)
finish()
