#!/usr/bin/env python3
"""tests/http/sealed.py - a record that is sealed off later: no answer has a word of it.

    sealed.py [PATH-OF-hoso]
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from hoso_http import *  # noqa: E402,F403

LINES = [{"id": "s", "number": "1/QĐ-UBND", "subject": "Về việc zebrafish", "text": "nội dung zebrafish"},
         {"id": "o", "subject": "Về việc khác", "text": "nội dung khác"}]


def words(s):
    return s.get("/v1/suggest?q=zebra").json["suggestions"]


with Service(lines=LINES) as service:
    service.wait_searchable()
    check("before, its words are completed", words(service) == ["zebrafish"], words(service))
    done = subprocess.run([BIN, "-a", service.archive, "seal", "s", "--reason", "nghi mật"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    check("it is sealed off", done.returncode == 0, done)
    service.wait_searchable()
    end = time.time() + 20
    while words(service) and time.time() < end:
        time.sleep(0.1)
    check("then no completion offers a word that only it has", words(service) == [], words(service))
    check("nor is it found", service.get("/v1/search?q=zebrafish").json["total"] == 0)
    check("or read", service.get("/v1/records/s").status == 404 and service.get("/v1/records/s/text").status == 404)
    check("the others are", [h["id"] for h in service.get("/v1/search?q=nội dung&mode=all").json["hits"]] == ["o"])
    released = subprocess.run([BIN, "-a", service.archive, "unseal", "s", "--decision", "1/QĐ", "--by", "A"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    end = time.time() + 20
    while service.get("/v1/search?q=zebrafish").json["total"] == 0 and time.time() < end:
        time.sleep(0.1)
    check("released, it is found again", released.returncode == 0 and service.get("/v1/search?q=zebrafish").json["total"] == 1, released)
finish()
