#!/usr/bin/env python3
"""tests/browser/verify.py - the page that checks packages and proofs: served, and as a file without any server.

  verify.py [PATH-OF-hoso]
"""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "http"))
from hoso_http import *  # noqa: E402,F403
from hoso_browser import *  # noqa: E402,F403

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
FORGE = os.path.join(ROOT, "tests/unit/store_package_forge.py")


def verdict(b):
    """The class of the verdict, once it is there: good, bad or doubt."""
    return b.wait("document.querySelector('#verdict').className", 20)


def put_key(b, key):
    b.run("const k = document.querySelector('#key'); k.value = arguments[0]; k.dispatchEvent(new Event('input'))", key)


def test_arithmetic(b):
    digest = "return hex(sha256(encoder.encode(arguments[0])))"
    check("SHA-256 of 'abc' is what FIPS 180-4 says", b.run(digest, "abc") ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", b.run(digest, "abc"))
    check("and of a million letters", b.run("return hex(sha256(new Uint8Array(1000000).fill(97)))") ==
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    check("and of every length about a block", b.run("""
        const s = Uint8Array.from({length: 300}, (_, i) => i * 7), out = [];
        return (async () => { for (let n = 0; n < 300; n++) if (hex(sha256(s.subarray(0, n))) !==
            hex(new Uint8Array(await crypto.subtle.digest('SHA-256', s.subarray(0, n))))) out.push(n); return out; })()""") == [])
    check("SHA-512 agrees with the browser's", b.run("""
        const s = Uint8Array.from({length: 300}, (_, i) => i * 7), out = [];
        return (async () => { for (let n = 0; n < 300; n++) if (hex(sha512(s.subarray(0, n))) !==
            hex(new Uint8Array(await crypto.subtle.digest('SHA-512', s.subarray(0, n))))) out.push(n); return out; })()""") == [])
    # RFC 8032 7.1, test 3
    key, message = "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82"
    signature = ("6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                 "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")
    holds = "return signatureHolds(unhex(arguments[0]), unhex(arguments[1]), unhex(arguments[2]))"
    check("a signature of RFC 8032 holds", b.run(holds, signature, message, key) is True)
    changed = []
    for bit in range(0, 512, 7):
        flipped = bytearray.fromhex(signature)
        flipped[bit // 8] ^= 1 << bit % 8
        if b.run(holds, flipped.hex(), message, key) is not False:
            changed.append(bit)
    check("none of its mutations does", changed == [] and b.run(holds, signature, "af83", key) is False, changed)


def test_package(b, package, key, name):
    b.choose("#files", package)
    put_key(b, "")
    check(f"{name}: without a key a package is checked, and the page says what is missing", verdict(b) == "doubt", b.text("#lines"))
    put_key(b, key)
    check(f"{name}: with the key it is verified", verdict(b) == "good" and CASE in b.text("#lines"), b.text("#lines"))
    put_key(b, "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    check(f"{name}: with another key it is not", verdict(b) == "bad", b.text("#lines"))
    put_key(b, key)


def test_forged(b, package, folder):
    import zipfile
    names = [n.split("/", 1)[1] for n in zipfile.ZipFile(package).namelist()]
    record, text = [n for n in names if n.endswith("van-ban.json")][-1], [n for n in names if n.endswith("noi-dung.txt")]
    wrong = os.path.join(folder, "wrong.zip")
    accepted = []
    changes = [("remove", text[0]), ("add", "data/more.txt"), ("add", text[0] + ".txt"), ("swap", "proofs/001.json", "proofs/002.json"),
               ("swap", text[0], text[1]), ("remove", "proofs/001.json"), ("edit", record, '"version":1', '"version":2'),
               ("edit", "data/ho-so.json", "vĩnh viễn", "5 năm"), ("edit", "data/muc-luc-van-ban.csv", "15/2019", "16/2019"),
               ("edit", "bag-info.txt", CASE, "H-1"), ("remove", text[0], "stale"), ("rename", text[0], text[0] + "x")]
    for change in changes:
        subprocess.run([sys.executable, FORGE, package, wrong, *change], check=True)
        b.choose("#files", wrong)
        if verdict(b) != "bad":
            accepted.append(change)
    check(f"{len(changes)} packages that were made to fit are refused", accepted == [], accepted)
    whole = open(package, "rb").read()
    accepted = []
    for at in range(11, len(whole), len(whole) // 60):
        with open(wrong, "wb") as f:
            f.write(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
        b.choose("#files", wrong)
        if verdict(b) == "good":
            accepted.append(at)
    check("nor is a package accepted with a byte changed in a file", [a for a in accepted if in_file(package, a)] == [], accepted)


def in_file(package, at):
    """Whether the byte is one of a file's; names of the directory and checksums of the ZIP are hoso-verify's to check."""
    import zipfile
    for entry in zipfile.ZipFile(package).infolist():
        start = entry.header_offset + 30 + len(entry.filename.encode()) + len(entry.extra)
        if start <= at < start + entry.file_size:
            return True
    return False


def test_record(b, s, folder, key):
    paths = {name: os.path.join(folder, name) for name in ("proof.json", "text.txt", "other.txt", "checkpoint.txt", "bad.json")}
    proof = s.get("/v1/records/qd-15/proof").body
    for name, data in (("proof.json", proof), ("text.txt", s.get("/v1/records/qd-15/text").body), ("other.txt", b"khac"),
                       ("checkpoint.txt", json.loads(proof)["checkpoint"].encode()),
                       ("bad.json", proof.replace(b'"sequence":', b'"sequence":1'))):
        with open(paths[name], "wb") as f:
            f.write(data)
    put_key(b, key)
    b.choose("#files", paths["proof.json"], paths["text.txt"], paths["checkpoint.txt"])
    check("a record's text, proof and checkpoint are verified", verdict(b) == "good" and "qd-15" in b.text("#lines"), b.text("#lines"))
    b.choose("#files", paths["proof.json"], paths["other.txt"])
    check("another file is not", verdict(b) == "bad", b.text("#lines"))
    b.choose("#files", paths["bad.json"])
    check("a changed proof is not", verdict(b) == "bad", b.text("#lines"))
    b.choose("#files", paths["text.txt"])
    check("a text without a proof is not", verdict(b) == "bad", b.text("#lines"))


def test_words(b, url):
    b.open(url)
    check("the page speaks Vietnamese", b.text("h1") == "Kiểm chứng hồ sơ, văn bản" and b.run("return document.documentElement.lang") == "vi")
    b.shot("verify")
    b.click("#language")
    check("and English", b.text("h1") == "Verify a case file or a record" and b.run("return document.documentElement.lang") == "en")
    nameless = b.run("return [...document.querySelectorAll('input, textarea, button')].filter(n => !n.textContent.trim() && !n.labels?.length).length")
    check("everything to be used has a name", nameless == 0)
    b.size(390, 780)
    check("it fits a telephone", b.run("return document.documentElement.scrollWidth <= innerWidth"))
    b.size(1360, 860)


with Service(lines=RECORDS) as service:
    folder = os.path.join(service.dir, "verify")
    os.makedirs(folder)
    browser = Browser(folder)
    try:
        service.wait_searchable()
        package, page = os.path.join(folder, "p.zip"), os.path.join(folder, "verify.html")
        answer = service.get("/verify")
        check("it is served, and may load nothing", answer.status == 200 and "default-src 'none'" in answer["Content-Security-Policy"], answer)
        for path, data in ((package, service.get(f"/v1/cases/{CASE}/package").body), (page, answer.body)):
            with open(path, "wb") as f:
                f.write(data)
        with open(os.path.join(service.archive, "keys/verifier.txt"), encoding="utf-8") as f:
            key = f.read().strip()
        address = f"http://127.0.0.1:{service.port}/verify"
        test_words(browser, address)
        browser.open(address)
        test_arithmetic(browser)
        test_package(browser, package, key, "served")
        browser.shot("verify-package")
        test_forged(browser, package, folder)
        test_record(browser, service, folder, key)
        severe = browser.errors()
        check("the browser has nothing to complain about", severe == [], severe)
    finally:
        browser.close()
    browser = Browser(folder)
    try:
        browser.open("file://" + page)
        test_package(browser, package, key, "as a file")
    finally:
        browser.close()
finish()
