#!/usr/bin/env python3
"""tests/http/review.py - what a person has to look at: texts that are not complete are counted, listed and marked in answers.

    review.py [PATH-OF-hoso]
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from hoso_http import *  # noqa: E402,F403

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
    check("each state is counted, zeros too", set(seen) == {"partial", "stamp-only", "waiting", "unreadable", "encrypted", "none"}, seen)
    check("what is not read is counted, what is complete is not", seen["none"] == 1 and sum(seen.values()) == 3, seen)
    labels = [c["label"] for c in s.get("/v1/review").json["counts"]]
    check("states have a name in Vietnamese and in English", len(set(labels) | {c["label"] for c in s.get("/v1/review?lang=en").json["counts"]}) == 12, labels)
    for state, count in seen.items():
        listed = s.get(f"/v1/review?state={state}").json["records"]
        check(f"{state}: all {count} are listed", len(listed["hits"]) == count and all(h["text_state"] == state for h in listed["hits"]), listed)
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


with Service(lines=LINES) as service:
    service.wait_searchable()
    for test in (test_states, test_answers, test_completed):
        test(service)
finish()
