#!/usr/bin/env python3
"""tests/http/api.py - the requests of DESIGN.md §5 against the built binary.   api.py [PATH-OF-hoso]"""
import base64
import concurrent.futures
import hashlib
import io
import json
import subprocess
import sys
import os
import time
import unicodedata
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from hoso_http import *  # noqa: E402,F403


def is_problem(answer, status, code=None):
    return (answer.status == status and answer["Content-Type"] == "application/problem+json" and answer.json["status"] == status
            and answer.json["request_id"] == answer["X-Request-Id"] and answer.json["type"].endswith(":" + answer.json["code"])
            and (code is None or answer.json["code"] == code))


def ids(answer):
    return [hit["id"] for hit in answer.json["hits"]]


def test_service(s):
    check("healthz answers", s.get("/healthz").json == {"status": "ok"})
    check("readyz says ready", s.get("/readyz").status == 200 and s.get("/readyz").json["ready"])
    api = s.get("/openapi.json")
    check("openapi.json is OpenAPI 3.1 and names the search", api.json["openapi"].startswith("3.1") and "/v1/search" in api.json["paths"])
    typed = {p["name"]: p["schema"] for p in api.json["paths"]["/v1/search"]["get"]["parameters"]}
    check("openapi types limit, sort and facets", (typed["limit"]["type"], typed["limit"]["minimum"], typed["limit"]["maximum"],
          typed["limit"]["default"]) == ("integer", 1, 100, 10) and "-issued" in typed["sort"]["enum"] and
          typed["facets"]["type"] == "array" and "year" in typed["facets"]["items"]["enum"], typed)
    check("what openapi says of them is true", all(s.get(f"/v1/search?q=a&sort={v}").status == 200 for v in typed["sort"]["enum"]) and
          s.get("/v1/search?q=a&facets=" + ",".join(typed["facets"]["items"]["enum"])).status == 200 and
          s.get("/v1/search?q=a&limit=101").status == 400, typed)
    for path, operations in api.json["paths"].items():
        if "get" in operations and "{" not in path:
            answer = s.get(path)
            check(f"openapi names {path}, which answers", answer.status in (200, 400), answer)
    headers = s.get("/v1/search?q=a")
    check("answers are not sniffed, not framed, not cached", headers["X-Content-Type-Options"] == "nosniff"
          and "default-src 'none'" in headers["Content-Security-Policy"] and headers["Cache-Control"] == "no-store", headers)
    check("no other site may read answers", headers["Access-Control-Allow-Origin"] is None)
    check("the service names each request itself", s.get("/healthz", X_Request_Id="abc-1.2")["X-Request-Id"] not in ("abc-1.2", "", None))
    text = s.get("/metrics").body.decode()
    check("metrics count requests by route and code", 'hoso_http_requests_total{method="GET",route="/healthz",code="200"}' in text)
    check("metrics tell the archive's size", "\nhoso_archive_tree_size " in text and "hoso_http_request_seconds_bucket" in text)
    stats = s.get("/v1/stats").json
    check("stats count records and types", stats["records"] == 5 and {"value": "Công văn", "count": 1} in stats["by_type"], stats)


def test_case_codes(s):
    case = "000.00.15.H40-210521-0099"
    s.post_json("/v1/records", {"id": "old-code", "subject": "Hồ sơ mã cũ", "cases": [case]})
    s.wait_searchable()
    for code in (case, "H40.15-210521-0099", "h40.15-210521-0099", "000.00.15.h40-210521-0099"):
        found = s.get(f"/v1/cases/{code}")
        check(f"a case file is found as {code}", found.status == 200 and found.json["total"] == 1, found)
        check(f"so is its package as {code}", s.get(f"/v1/cases/{code}/package").status == 200)
        check(f"and its records by case={code}", ids(s.get(f"/v1/search?case={code}")) == ["old-code"])
        check(f"and in the search box as {code}", ids(s.get(f"/v1/search?q={code}")) == ["old-code"])
        listed = s.get(f"/v1/cases?prefix={code}").json["cases"]
        check(f"and in the list as {code}", [c["code"] for c in listed] == [case], listed)
    for prefix, codes in (("h40.15-210521-00", [CASE, case]), ("H40.15-210521-00", [CASE, case]), ("000.00.15.H40-210521-0", [CASE, case]), ("0099", [case]), ("000.00.15.H40-210521-001", [CASE]), ("H41", [])):
        listed = [c["code"] for c in s.get(f"/v1/cases?prefix={prefix}").json["cases"]]
        check(f"case files that begin with {prefix} are listed in any spelling", sorted(listed) == sorted(codes), listed)
    check("a case file that is not there is 404", s.get("/v1/cases/H40.15-210521-0098").status == 404)


def test_search(s):
    check("words are found with their accents", ids(s.get("/v1/search?q=chính quyền"))[:1] and
          set(ids(s.get("/v1/search?q=chính quyền"))) == {"qd-15", "tb-x"}, s.get("/v1/search?q=chính quyền").json)
    for query in ("CHÍNH QUYỀN", unicodedata.normalize("NFD", "chính quyền"), "chinh quyen"):
        check(f"{query!r} finds the same", set(ids(s.get(f"/v1/search?q={query}"))) == {"qd-15", "tb-x"})
    check("either tone placement finds", ids(s.get("/v1/search?q=hoà giải")) == ["qd-15"])
    why = [s.get(f"/v1/search?q=chính quyền{lang}").json["hits"][0]["matched"] for lang in ("", "&lang=en")]
    check("a hit says why by a code and a label in the language asked for", why[0]["code"] == why[1]["code"] and
          why[0]["label"] != why[1]["label"], why)
    check("a snippet marks the words", "<mark>" in s.get("/v1/search?q=giải").json["hits"][0]["snippet"])
    check("line ends and tabs of what was pasted are blanks", ids(s.get("/v1/search?q=chính%0D%0A%09quyền")) ==
          ids(s.get("/v1/search?q=chính quyền")) != [])
    check("filters narrow", ids(s.get("/v1/search?q=&type=công văn")) == ["cv-7"])
    check("dates narrow", ids(s.get("/v1/search?q=&from=2019&to=2019-12")) == ["qd-15"])
    check("the case filter narrows", set(ids(s.get(f"/v1/search?q=&case={CASE}"))) == {"qd-15", "cv-7", "tb-x"})
    check("sorting by date", [i for i in ids(s.get("/v1/search?q=&sort=issued")) if i in ("cv-7", "qd-15")] == ["cv-7", "qd-15"])
    check("facets are counted", any(f["value"] == "Quyết định" for f in s.get("/v1/search?q=&facets=type,year").json["facets"]["type"]))
    first = s.get("/v1/search?q=&limit=2").json
    second = s.get(f"/v1/search?q=&limit=2&cursor={first['next']}").json
    check("a cursor leads on without repeating", first["next"] and not set(h["id"] for h in first["hits"]) & set(h["id"] for h in second["hits"]))
    check("odd input is no error", s.get('/v1/search?q="((-OR NEAR/').status == 200)
    check("nothing found is an answer", s.get("/v1/search?q=zzzzqqq").json["total"] == 0)
    check("a number finds its record", [h["id"] for h in s.get("/v1/records?number=15/2019/QĐ-UBND").json["exact"]] == ["qd-15"])
    check("a number that is not there is an empty answer", s.get("/v1/records?number=99/1999/QĐ-XYZ").json["exact"] == [])
    check("completions are a list", isinstance(s.get("/v1/suggest?q=chính").json["suggestions"], list))
    for wrong in ("?q=a&limit=0", "?q=a&limit=101", "?q=a&mode=x", "?q=a&from=13-13-13", "?q=a&cursor=%ff", "?q=a&q=b", "?q=a&typo=1"):
        check(f"search{wrong} is refused", is_problem(s.get("/v1/search" + wrong), 400, "invalid"), s.get("/v1/search" + wrong))
    check("a query of more than 1 KiB is refused", s.get("/v1/search?q=" + "a" * 1025).status == 400)


def test_languages(s):
    for header, lang, title in (("en", "", "Not found"), ("vi,en;q=0.5", "", "Không tìm thấy"), ("fr", "", "Không tìm thấy"),
                                ("en", "?lang=vi", "Không tìm thấy"), ("vi", "?lang=en", "Not found")):
        answer = s.get("/v1/records/nothing-here" + lang, Accept_Language=header)
        check(f"a problem is told in the language asked for ({header} {lang})", answer.json["title"] == title and answer.json["code"] == "not-found", answer.json)
    check("a language there is not is refused", is_problem(s.get("/v1/search?q=a&lang=fr"), 400, "invalid"))
    vietnamese, english = (s.get(f"/pages/labels.json?lang={lang}").json for lang in ("vi", "en"))
    check("labels are served in both languages", vietnamese["record_fields"]["subject"] == "Trích yếu" and english["record_fields"]["subject"] == "Subject"
          and vietnamese["search"]["facets"]["year"] == "Năm", vietnamese)

    def shape(value):
        return {k: shape(v) for k, v in value.items()} if isinstance(value, dict) else [shape(v) for v in value] if isinstance(value, list) else None
    check("and name the same things", shape(vietnamese) == shape(english))
    hit = s.get("/v1/search?q=chính quyền").json["hits"][0]
    check("what a hit says is among them", vietnamese["search"]["labels"][hit["matched"]["code"]] == hit["matched"]["label"], hit)


def test_matches(s):
    answer = s.get("/v1/records/qd-15/matches?q=chính quyền").json
    units = DECISION_TEXT.encode("utf-16-le")

    def cut(place):
        return units[2 * place[0]:2 * place[1]].decode("utf-16-le")
    check("places that match are told", "chính quyền" in [cut(p).lower() for p in answer["matches"]], answer)
    check("and the other records that the text names", [cut(p) for p in answer["numbers"]] == ["30/2020/NĐ-CP"], answer)
    check("a query without accents has them too", s.get("/v1/records/qd-15/matches?q=chinh quyen").json["matches"] == answer["matches"])
    check("without a query there are numbers alone", s.get("/v1/records/qd-15/matches").json["matches"] == [])
    check("a record that is not there has none", is_problem(s.get("/v1/records/nothing-here/matches?q=a"), 404, "not-found"))
    check("a query that is too long is refused", s.get("/v1/records/qd-15/matches?q=" + "a" * 1025).status == 400)


def test_record(s):
    answer = s.get("/v1/records/qd-15")
    record = answer.json
    check("metadata comes back", record["number"] == "15/2019/QĐ-UBND" and record["signer"]["name"] == "Nguyễn Văn A" and record["cases"] == [CASE], record)
    check("objects have hashes", {o["sha256"] for o in record["objects"]} ==
          {hashlib.sha256(PDF).hexdigest(), hashlib.sha256(DECISION_TEXT.encode()).hexdigest()}, record["objects"])
    check("the record's tag gives 304", s.get("/v1/records/qd-15", If_None_Match=answer["ETag"]).status == 304)
    check("the text comes back byte for byte", s.get("/v1/records/qd-15/text").body == DECISION_TEXT.encode())
    check("the original comes back byte for byte", s.get("/v1/records/qd-15/content").body == PDF)
    check("an object is named by its number", s.get(record["objects"][1]["url"]).body in (PDF, DECISION_TEXT.encode()))
    content = s.get("/v1/records/qd-15/content")
    check("a download has the file's name", content["Content-Disposition"].startswith("attachment;")
          and "filename*=UTF-8''Quy%E1%BA%BFt%20%C4%91%E1%BB%8Bnh%20s%E1%BB%91%2015.pdf" in content["Content-Disposition"], content["Content-Disposition"])
    check("PDF may be shown in place", s.get("/v1/records/qd-15/content?inline=1")["Content-Disposition"].startswith("inline;"))
    html = s.get("/v1/records/html-1/content?inline=1")
    check("a page of somebody's is never shown in place", html["Content-Disposition"].startswith("attachment;")
          and "default-src 'none'" in html["Content-Security-Policy"], html)
    head = s.ask("HEAD", "/v1/records/big-1/content")
    check("HEAD tells the size and sends nothing", head.status == 200 and head["Content-Length"] == str(len(LARGE)) and not head.body)
    for missing in ("/v1/records/nothing", "/v1/records/nothing/text", "/v1/records/big-1/text", "/v1/records/qd-15/content?object=9",
                    "/v1/records/qd-15?version=9", "/v1/cases/nothing", "/v1/jobs/77", "/v2", "/v1/records/qd-15/x"):
        check(f"{missing} is not found", is_problem(s.get(missing), 404, "not-found"), s.get(missing))


def test_ranges(s):
    whole = s.get("/v1/records/big-1/content")
    tag = whole["ETag"]
    check("a large original comes back byte for byte", whole.body == LARGE and whole["Accept-Ranges"] == "bytes")
    for spec, first, last in (("0-0", 0, 0), ("5-9", 5, 9), ("1048570-1048585", 1048570, 1048585), ("-7", len(LARGE) - 7, len(LARGE) - 1),
                              ("1535990-", 1535990, len(LARGE) - 1), ("0-99999999", 0, len(LARGE) - 1)):
        part = s.get("/v1/records/big-1/content", Range=f"bytes={spec}")
        check(f"bytes={spec} is that part", part.status == 206 and part.body == LARGE[first:last + 1]
              and part["Content-Range"] == f"bytes {first}-{last}/{len(LARGE)}", part.status, part["Content-Range"], len(part.body))
    beyond = s.get("/v1/records/big-1/content", Range=f"bytes={len(LARGE)}-")
    check("a range behind the end is 416", is_problem(beyond, 416) and beyond["Content-Range"] == f"bytes */{len(LARGE)}", beyond)
    for odd in ("bytes=5-4", "bytes=0-1,3-4", "lines=1-2", "bytes=x"):
        check(f"{odd} gives the whole", s.get("/v1/records/big-1/content", Range=odd).status == 200)
    check("a range of what has changed is the whole", s.get("/v1/records/big-1/content", Range="bytes=0-4", If_Range='"other"').status == 200)
    check("a range of what has not is the part", s.get("/v1/records/big-1/content", Range="bytes=0-4", If_Range=tag).body == LARGE[:5])
    check("a weak tag is no good for a range", s.get("/v1/records/big-1/content", Range="bytes=0-4", If_Range="W/" + tag).status == 200)
    check("a known tag is 304", s.get("/v1/records/big-1/content", If_None_Match=f'"a", {tag}').status == 304)
    check("small texts have ranges too", s.get("/v1/records/qd-15/text", Range="bytes=0-3").body == DECISION_TEXT.encode()[:4])


def test_post(s):
    record = {"id": "new-1", "number": "1/QĐ-X", "subject": "Thử nghiệm nộp", "text": "văn bản thử nghiệm độc nhất"}
    first, again = s.post_json("/v1/records", record), s.post_json("/v1/records", record)
    check("a record is archived with a receipt", first.status == 201 and first.json["id"] == "new-1" and first.json["version"] == 1
          and first.json["tree_size"] == first.json["sequence"] + 1 and first["Location"] == "/v1/records/new-1", first)
    check("the same again is 200 and the same receipt", again.status == 200 and again.json == first.json, again)
    check("it can be read at once", s.get("/v1/records/new-1/text").body.decode() == record["text"])
    second = s.post_json("/v1/records", {**record, "text": "nội dung khác"})
    check("other content makes the next version", second.status == 201 and second.json["version"] == 2, second)
    check("older versions stay", s.get("/v1/records/new-1/text?version=1").body.decode() == record["text"])
    check("a record lists its versions", [v["version"] for v in s.get("/v1/records/new-1").json["versions"]] == [2, 1])
    check("an older version says it is not the current one", s.get("/v1/records/new-1?version=1").json["current"] is False)
    check("without an id one is made", s.post_json("/v1/records", {"text": "không mã"}).json["id"] != "")
    check("it becomes searchable", s.wait_searchable() and ids(s.get("/v1/search?q=nội dung khác")) == ["new-1"])
    check("the superseded text is no longer found", "new-1" not in ids(s.get('/v1/search?q="thử nghiệm độc nhất"')))
    for sentence, body in (("broken JSON", "{"), ("an array", "[]"), ("a wrong id", {"id": "a/b", "text": "x"}), ("doubled members", '{"text":"a","text":"b"}'),
                           ("bad UTF-8", b'{"text":"\xff"}'), ("nothing", ""), ("deep nesting", '{"extra":' + "[" * 50 + "]" * 50 + "}")):
        answer = s.post_json("/v1/records", body)
        check(f"{sentence} is refused", answer.status in (400, 413) and answer["Content-Type"] == "application/problem+json", answer)
    check("a form of another site can't post", s.ask("POST", "/v1/records", b'{"text":"x"}', {"Content-Type": "text/plain"}).status == 415)
    check("a script of another site can't either", s.ask("POST", "/v1/records", b'{"text":"x"}', {
        "Content-Type": "application/json", "Sec-Fetch-Site": "cross-site"}).status == 403)
    check("more than 1 MiB is refused", s.post_json("/v1/records", {"text": "a" * (1 << 20)}).status == 413)
    secret = s.post_json("/v1/records", {"id": "secret-1", "secrecy": "Tối mật", "text": "nội dung không được lưu"})
    check("a secret record is refused without echoing it", secret.status in (400, 403, 413, 415) and "không được lưu" not in secret.body.decode(), secret)
    put = s.ask("PUT", "/v1/records/new-1/content?name=phụ lục.pdf", PDF, {"Content-Type": "application/pdf"})
    check("a file can be added to a record", put.status == 201 and put.json["version"] == 3, put)
    check("and comes back byte for byte", s.get("/v1/records/new-1/content").body == PDF)
    check("and the text stays", s.get("/v1/records/new-1/text").body.decode() == "nội dung khác")
    again = s.ask("PUT", "/v1/records/new-1/content?name=phụ lục.pdf", PDF, {"Content-Type": "application/pdf"})
    check("the same file again adds nothing", again.status == 200 and again.json["sequence"] == put.json["sequence"], again)
    check("a file for no record is 404", s.ask("PUT", "/v1/records/nothing/content?name=a", b"x").status == 404)


def wait_job(s, url):
    for _ in range(300):
        job = s.get(url).json
        if job["state"] in ("done", "failed"):
            return job
        time.sleep(0.05)
    return job


def test_ingest(s):
    lines = "\n".join([json.dumps({"id": f"bulk-{i}", "subject": f"Hàng loạt {i}", "text": f"nạp hàng loạt số {i}"}, ensure_ascii=False) for i in range(50)]
                      + ["{broken", json.dumps({"id": "bulk-0", "subject": "Hàng loạt 0", "text": "nạp hàng loạt số 0"}, ensure_ascii=False)])
    answer = s.ask("POST", "/v1/ingest", lines.encode(), {"Content-Type": "application/x-ndjson"})
    check("a bulk ingest is accepted as a job", answer.status == 202 and answer["Location"] == answer.json["url"], answer)
    job = wait_job(s, answer.json["url"])
    check("the job counts what it did", job["state"] == "done" and (job["added"], job["rejected"], job["duplicates"]) == (50, 1, 1), job)
    check("the job names what was refused and why", len(job["errors"]) == 1 and job["errors"][0]["reason"] and "51" in job["errors"][0]["source"], job["errors"])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as z:
        z.writestr("thư/một.txt", "Một tệp văn bản trong gói nén.")
    answer = s.ask("POST", "/v1/ingest", packed.getvalue(), {"Content-Type": "application/zip"})
    job = wait_job(s, answer.json["url"])
    check("a ZIP is taken in", job["state"] == "done" and job["added"] == 1, job)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as z:
        z.writestr("so.csv", "Số ký hiệu;Trích yếu;Tệp\n77/QĐ-SỔ;Một dòng;khong.txt\n")
        z.writestr("le.txt", "Tệp lẻ loi.")
    delivery = s.ask("POST", "/v1/ingest", packed.getvalue(), {"Content-Type": "application/zip"})
    job = wait_job(s, delivery.json["url"])
    check("what does not fit stands in the job", sorted(w.get("finding", "") for w in job["warning_list"]) == ["missing", "unlisted"], job)
    table = s.get(delivery.json["url"] + "?format=csv")
    check("and as a table for spreadsheets", "thiếu tệp (missing file)" in table.body.decode() and table.headers["Content-Type"].startswith("text/csv"), table)
    check("all of it is found", s.wait_searchable() and s.get("/v1/search?q=nạp hàng loạt").json["total"] == 50
          and s.get("/v1/search?q=trong gói nén").json["total"] == 1)
    ended = s.ask("DELETE", answer.json["url"])
    check("a job that has ended can't be cancelled", ended.status == 409 and ended.json["code"] == "conflict", ended)
    check("nor one that there never was", s.ask("DELETE", "/v1/jobs/77").status == 404)
    first = s.get("/v1/jobs?limit=1").json
    second = s.get(f"/v1/jobs?limit=1&before={first['next']}").json
    check("jobs are listed newest first, page by page", [j["id"] for j in first["jobs"] + second["jobs"]] == [3, 2] and "next" in second,
          first, second)
    check("the list leaves out what was refused", "errors" not in second["jobs"][0], second)
    check("an answer says that it is whole", s.get("/v1/search?q=nạp hàng loạt").json["partial"] is False)
    check("an empty body is refused", s.ask("POST", "/v1/ingest", b"", {"Content-Type": "application/x-ndjson"}).status == 400)
    check("a body of no known kind is refused", s.ask("POST", "/v1/ingest", b"x", {"Content-Type": "text/plain"}).status == 415)
    report = json.loads(s.ingest({"id": "beside-1", "subject": "Bên cạnh", "text": "ghi từ dòng lệnh bên cạnh"}).stdout.splitlines()[-1])
    check("the command line ingests beside the service", report["added"] == 1, report)
    time.sleep(0.1)
    check("and the service shows it", s.get("/v1/records/beside-1").status == 200)
    check("and finds it", s.wait_searchable() and ids(s.get("/v1/search?q=dòng lệnh bên cạnh"))[:1] == ["beside-1"])


def test_cases(s):
    listed = s.get("/v1/cases?prefix=H40.15").json["cases"]
    check("case files are listed by prefix with title and count", len(listed) == 1 and listed[0]["code"] == CASE and listed[0]["records"] == 3
          and listed[0]["title"] == "Hồ sơ cấp giấy phép xây dựng", listed)
    check("and by their last digits", [c["code"] for c in s.get("/v1/cases?prefix=0012").json["cases"]] == [CASE])
    case = s.get(f"/v1/cases/{CASE}").json
    check("a case file has its records in order of time, undated last", [r["id"] for r in case["records"]] == ["cv-7", "qd-15", "tb-x"], case)
    check("a case file is paged", s.get(f"/v1/cases/{CASE}?limit=2").json["next"] == 2
          and [r["id"] for r in s.get(f"/v1/cases/{CASE}?from=2").json["records"]] == ["tb-x"])
    target = f"/v1/cases/{CASE}/package"
    answer = s.get(target)
    check("a package is a ZIP of the announced size", answer.status == 200 and answer["Content-Type"] == "application/zip"
          and int(answer["Content-Length"]) == len(answer.body))
    package = zipfile.ZipFile(io.BytesIO(answer.body))
    check("every CRC in it is right", package.testzip() is None)
    names = package.namelist()
    top = f"hoso-{CASE}/"
    check("its names are below one folder, NFC, flagged UTF-8", all(n.startswith(top) and unicodedata.is_normalized("NFC", n) for n in names)
          and all(i.flag_bits & 0x800 for i in package.infolist() if not i.filename.isascii()) and any("QĐ-UBND" in n for n in names), names)
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        lines = package.read(top + manifest).decode().splitlines()
        check(f"{manifest} matches every file", lines and all(
            hashlib.sha256(package.read(top + line[66:])).hexdigest() == line[:64] for line in lines), lines)
    payload = [n for n in names if n.startswith(top + "data/")]
    listed = {line[66:] for line in package.read(top + "manifest-sha256.txt").decode().splitlines()}
    check("the manifest lists the payload and nothing else", {n[len(top):] for n in payload} == listed)
    oxum = f"{sum(package.getinfo(n).file_size for n in payload)}.{len(payload)}"
    check("bag-info counts bytes and files", f"Payload-Oxum: {oxum}\n" in package.read(top + "bag-info.txt").decode(), oxum)
    check("the bag declares BagIt 1.0", package.read(top + "bagit.txt") == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    check("the original lies in it", PDF in [package.read(n) for n in names if n.endswith(".pdf")])
    register = package.read(top + "data/muc-luc-van-ban.csv").decode("utf-8-sig").splitlines()
    check("the register lists the records in order", len(register) == 4 and "7/STNMT-VP" in register[1] and "15/2019/QĐ-UBND" in register[2], register)
    check("the same case file gives the same bytes", s.get(target).body == answer.body)
    check("the package has a tag", s.get(target, If_None_Match=answer["ETag"]).status == 304)
    cuts = [0, 1, 1000, len(answer.body) // 2, len(answer.body) - 1, len(answer.body)]
    joined = b"".join(s.get(target, Range=f"bytes={a}-{b - 1}", If_Range=answer["ETag"]).body for a, b in zip(cuts, cuts[1:]))
    check("a download can be resumed anywhere", joined == answer.body)
    check("HEAD of a package tells its size", s.ask("HEAD", target)["Content-Length"] == str(len(answer.body)))
    if shutil.which("bsdtar"):
        bag = subprocess.run(["bsdtar", "-tf", "-"], input=answer.body, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        check("other programs read it too", bag.returncode == 0, bag)
    else:
        skip("other programs read it too", "there is no bsdtar")


def fold_path(index, size, leaf, path):
    """RFC 9162 2.1.3.2"""
    fn, sn, r = index, size - 1, leaf
    for p in path:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            r = hashlib.sha256(b"\x01" + p + r).digest()
            while not fn & 1 and fn:
                fn >>= 1
                sn >>= 1
        else:
            r = hashlib.sha256(b"\x01" + r + p).digest()
        fn >>= 1
        sn >>= 1
    return r if sn == 0 else None


def test_proofs(s):
    proof = s.get("/v1/records/qd-15/proof").json
    descriptor, payload = base64.b64decode(proof["descriptor"]), base64.b64decode(proof["payload"])
    lines = proof["checkpoint"].split("\n")
    root = fold_path(proof["sequence"], proof["tree_size"], hashlib.sha256(b"\0" + descriptor).digest(), [bytes.fromhex(p) for p in proof["path"]])
    check("a proof leads from the descriptor to the root", root == base64.b64decode(lines[2]), proof)
    check("the checkpoint says the tree's size", int(lines[1]) == proof["tree_size"])
    check("the descriptor holds the payload's hash", hashlib.sha256(payload).digest() in descriptor)
    check("the payload holds the hashes of the bytes", hashlib.sha256(PDF).hexdigest() in payload.decode() and
          hashlib.sha256(DECISION_TEXT.encode()).hexdigest() in payload.decode())
    check("the receipt's leaf is the proven one", s.get("/v1/records/qd-15").json["leaf"] == hashlib.sha256(b"\0" + descriptor).hexdigest())
    size = int(s.get("/v1/checkpoint").body.split(b"\n")[1])
    check("consistency between two sizes is proven", s.get(f"/v1/consistency?from=3&to={size}").json["to"] == size)
    check("sizes that are not there are refused", s.get(f"/v1/consistency?from=1&to={size + 1}").status == 400)
    changes = s.get("/v1/changes?since=0&limit=4").json
    check("the feed goes by sequence", [c["sequence"] for c in changes["changes"]] == [0, 1, 2, 3] and changes["next"] == 4, changes)
    check("the feed ends where the archive ends", s.get(f"/v1/changes?since={changes['tree_size']}").json["changes"] == [])


def test_errors(s):
    vi, en = s.get("/v1/nothing", Accept_Language="vi"), s.get("/v1/nothing", Accept_Language="en-GB,en;q=0.9,vi;q=0.3")
    check("errors speak Vietnamese", vi.json["title"] == "Không tìm thấy")
    check("errors speak English where it is preferred", en.json["title"] == "Not found")
    answer = s.ask("DELETE", "/v1/records/qd-15")
    check("a wrong method is told the right ones", answer.status == 405 and answer["Allow"] == "GET, HEAD, PATCH", answer)
    check("OPTIONS grants nothing", s.ask("OPTIONS", "/v1/search").status == 405)
    statuses = [s.get(t, keep=True).status for t in ("/healthz", "/v1/nothing", "/v1/search?limit=x", "/healthz")]
    check("errors keep the connection", statuses == [200, 404, 400, 200], statuses)
    posted = s.ask("POST", "/v1/records", b"x" * 1000, {"Content-Type": "text/plain"}, keep=True)
    check("even one with a refused body", posted.status == 415 and s.get("/healthz", keep=True).status == 200)


def test_pages(s):
    page = s.get("/")
    check("the page is HTML with a policy that allows only its own files", page.status == 200 and page["Content-Type"].startswith("text/html")
          and "script-src 'self'" in page["Content-Security-Policy"] and "unsafe" not in page["Content-Security-Policy"])
    check("records and case files have addresses of their own", s.get("/records/qd-15?q=a").body == page.body and s.get(f"/cases/{CASE}").body == page.body)
    for file in ("app.js", "search.js", "record.js", "case.js", "api.js", "dom.js", "i18n.js", "highlight.js", "app.css", "icon.svg"):
        answer = s.get(f"/pages/{file}")
        check(f"/pages/{file} is there", answer.status == 200 and len(answer.body) > 100)
    check("the page loads nothing from elsewhere", b"http://" not in page.body and b"https://" not in page.body)
    check("there is nothing else below /pages", s.get("/pages/server.c").status == 404)


def test_together(s):
    """Many clients at once: every receipt is one of a kind, every read is whole."""
    def work(i):
        posted = s.post_json("/v1/records", {"id": f"par-{i}", "text": f"song song {i}"})
        read = s.get("/v1/records/big-1/content")
        found = s.get("/v1/search?q=chính quyền")
        return posted.status, posted.json.get("sequence"), read.body == LARGE, found.status
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        done = list(pool.map(work, range(64)))
    check("64 records posted side by side have 64 places", len({d[1] for d in done}) == 64 and all(d[0] == 201 for d in done))
    check("reads beside them are whole", all(d[2] and d[3] == 200 for d in done))


def test_start():
    refused = subprocess.run([BIN, "-a", "/nonexistent/archive", "serve", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    check("serving no archive fails", refused.returncode != 0)


with Service(lines=RECORDS) as service:
    check("the archive becomes searchable", service.wait_searchable())
    for test in (test_service, test_search, test_languages, test_matches, test_record, test_ranges, test_cases, test_pages, test_errors, test_proofs, test_post, test_ingest,
                 test_together, test_case_codes):
        test(service)
    outside = subprocess.run([BIN, "-a", service.archive, "serve", "--listen", "0.0.0.0:0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=20)
    check("an address that is not loopback is refused", outside.returncode not in (0, None) and b"loopback" in outside.stderr, outside)
test_start()
finish()
