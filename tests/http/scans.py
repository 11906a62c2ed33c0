#!/usr/bin/env python3
"""Scans over HTTP: archived at once, recognised by the service in the background, shown page by page with the words
that a question finds on them."""
import base64
import os
import shutil
import subprocess
import sys
import tempfile
import time

from hoso_http import BIN, Service, check, finish, skip

if not shutil.which("pdftoppm"):
    print("skipped: pdftoppm is missing (poppler-utils)")
    sys.exit(77)
scratch = tempfile.mkdtemp(prefix="hoso-scans-")


def pdf_of(objects):
    """objects: bytes of each, from number 1; the first is the catalog."""
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    body += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return body + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)


def stream_of(head, data):
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (head, len(data), data)


def page_of(resources, contents):
    return [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 300] /Contents 4 0 R /Resources << %s >> >>" % resources,
            stream_of(b"", contents)]


def written(lines):
    shown = b" ".join(b"(%s) Tj 0 -24 Td" % line.encode() for line in lines)
    font = b"/Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >> >>"
    return pdf_of(page_of(font, b"BT /F 15 Tf 40 250 Td %s ET" % shown))


def scanned(lines):
    """The same page as an image in a PDF."""
    path = os.path.join(scratch, "page")
    with open(path + ".pdf", "wb") as out:
        out.write(written(lines))
    subprocess.run(["pdftoppm", "-r", "200", "-gray", "-jpeg", "-singlefile", path + ".pdf", path], check=True)
    with open(path + ".jpg", "rb") as jpeg:
        image = jpeg.read()
    at = image.index(b"\xff\xc0") if b"\xff\xc0" in image else image.index(b"\xff\xc2")
    height, width = int.from_bytes(image[at + 5:at + 7], "big"), int.from_bytes(image[at + 7:at + 9], "big")
    colours = b"/DeviceGray" if image[at + 9] == 1 else b"/DeviceRGB"
    head = (b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace %s /BitsPerComponent 8 "
            b"/Filter /DCTDecode" % (width, height, colours))
    return pdf_of(page_of(b"/XObject << /I 5 0 R >>", b"420 0 0 300 0 0 cm /I Do") + [stream_of(head, image)])


LINES = ["BIEN BAN BAN GIAO TAI LIEU", "So: 4711/BB-VP", "Can cu ke hoach cong tac nam 2021",
         "Ho so duoc ban giao cho kho luu tru", "Hai ben cung ky vao bien ban nay"]


def post(s, name, content):
    record = {"id": name, "files": [{"name": name + ".pdf", "base64": base64.b64encode(content).decode()}]}
    return s.post_json("/v1/records", record)


def wait_for_version(s, record, version, seconds=90):
    for _ in range(seconds * 5):
        answer = s.get("/v1/records/" + record)
        if answer.status == 200 and answer.json["version"] >= version:
            return answer.json
        time.sleep(0.2)
    return answer.json


with Service(lines=[{"id": "a", "text": "một"}]) as service:
    answer = post(service, "born", written(LINES))
    check("a PDF with text is complete at once", "text_state" not in service.get("/v1/records/born").json, answer)
    words = service.get("/v1/records/born/pages/1/words?q=" + "ban giao")
    hits = [w["text"] for w in words.json["words"] if w["hit"]]
    check("its words stand in boxes, those of a question marked", words.status == 200 and "giao" in hits, words)
    check("boxes are parts of the page", all(0 <= w["x"] and w["x"] + w["w"] <= 1.0001 and w["y"] + w["h"] <= 1.0001
                                             for w in words.json["words"]), words)
    for width in 100, 700:
        page = service.get("/v1/records/born/pages/1?width=%d" % width)
        check("a page is an image %d pixels wide" % width,
              page.status == 200 and page["Content-Type"] == "image/jpeg" and page.body[:2] == b"\xff\xd8", page.status)
    check("there is no page 2", service.get("/v1/records/born/pages/2").status == 404)
    check("nor a page 0", service.get("/v1/records/born/pages/0").status == 404)
    check("nor a page of a record without files", service.get("/v1/records/a/pages/1").status == 404)
    check("a width that is too large is refused", service.get("/v1/records/born/pages/1?width=99999").status == 400)
    tag = service.get("/v1/records/born/pages/1")["ETag"]
    check("a page that did not change is not sent again",
          service.get("/v1/records/born/pages/1", If_None_Match=tag).status == 304)

    answer = post(service, "scan", scanned(LINES))
    first = service.get("/v1/records/scan?version=1").json
    check("a scan is archived at once and waits", answer.status == 201 and first["text_state"] == "waiting", answer, first)
    check("its page can be looked at before it is recognised", service.get("/v1/records/scan/pages/1").status == 200)
    if subprocess.run(["sh", "-c", "command -v tesseract && tesseract --list-langs 2>&1 | grep -qx vie"],
                      capture_output=True).returncode != 0:
        skip("the service recognises it", "tesseract-ocr-vie is missing")
        finish()
    newest = wait_for_version(service, "scan", 2)
    check("the service recognises it by itself", newest["version"] == 2 and newest.get("reason") == "recognised", newest)
    check("the original is the same bytes",
          [o["sha256"] for o in newest["objects"] if o["role"] == "original"] ==
          [o["sha256"] for o in first["objects"] if o["role"] == "original"], newest["objects"])
    words = service.get("/v1/records/scan/pages/1/words?q=4711/BB-VP").json["words"]
    hits = [w for w in words if w["hit"]]
    check("a hit stands where it is on the page",
          any("4711" in w["text"] and 0.05 < w["x"] < 0.5 and 0.15 < w["y"] < 0.35 for w in hits), words[:12])
    for _ in range(100):
        found = service.get("/v1/search?q=" + "ban giao cho kho luu tru").json
        if any(h["id"] == "scan" for h in found["hits"]):
            break
        time.sleep(0.1)
    check("it is found by what stands on it", any(h["id"] == "scan" for h in found["hits"]), found)

    post(service, "mat", scanned(["UY BAN NHAN DAN TINH", "So: 16/BC-UBND", "TOI MAT", "BAO CAO", "Ve viec bo tri luc luong"]))
    for _ in range(300):
        gone = service.get("/v1/records/mat")
        if gone.status == 404:
            break
        time.sleep(0.2)
    check("a scan that turns out to bear a stamp of secrecy is sealed off", gone.status == 404, gone)
    for path in "/text", "/content", "?version=1", "/content?version=1", "/proof", "/proof?version=1", "/pages/1", "/pages/1/words", "/matches?q=a":
        check("nothing of it is read: " + path, service.get("/v1/records/mat" + path).status == 404)
    check("it can't be replaced", service.post_json("/v1/records", {"id": "mat", "text": "khác"}).status == 403)
    check("nor added to", service.ask("PUT", "/v1/records/mat/content?name=a.txt", b"abc", {"Content-Type": "text/plain"}).status == 404)
    service.wait_searchable()
    found = service.get("/v1/search?q=16/BC-UBND").json
    check("nor found", not any(h["id"] == "mat" for h in found["hits"]), found)
    listed = subprocess.run([BIN, "-a", service.archive, "sealed", "--json"], capture_output=True).stdout
    check("and an administrator has it in a list", b'"id":"mat"' in listed, listed)
shutil.rmtree(scratch, ignore_errors=True)
finish()
