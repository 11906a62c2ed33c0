#!/usr/bin/env python3
"""tests/browser/pages.py - the pages in headless Chromium, through chromedriver's own HTTP.   pages.py [PATH-OF-hoso]

Set HOSO_SHOTS to a directory to keep a picture of every view.
"""
import os
import sys
import time
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "http"))
from hoso_http import *  # noqa: E402,F403
from hoso_browser import *  # noqa: E402,F403


def test_search(b, s, url):
    b.open(url)
    check("the start page says what it is, in Vietnamese", b.wait("document.querySelector('.start h1')?.textContent") == "Kho hồ sơ")
    check("it counts the records", "5" in b.wait("document.querySelector('.start .lead b')?.textContent"))
    check("the search box has the focus", b.run("return document.activeElement.id") == "q")
    b.shot("start")
    b.keys(*"chinh quyen", ENTER)
    check("typing and Enter search, without accents", b.wait("document.querySelectorAll('.hit').length") == 2)
    check("the address holds the question", b.run("return location.search") == "?q=chinh+quyen", b.run("return location.href"))
    check("hits show their marked words", "chính quyền" in b.run("return [...document.querySelectorAll('.hit mark')].map(m => m.textContent.toLowerCase())"))
    check("hits say why they match", b.text(".hit .why") != "")
    check("facets are shown", b.run("return [...document.querySelectorAll('.facet .name')].map(n => n.textContent)").count("Quyết định") == 1)
    b.shot("results")
    b.run("[...document.querySelectorAll('.facet')].find(n => n.textContent.includes('Quyết định')).click()")
    check("a facet narrows the results", b.wait("document.querySelectorAll('.hit').length == 1 && location.search.includes('type=')"))
    check("the filter is named and can be taken off", b.text(".active .chip").startswith("Loại văn bản"))
    b.click(".active .chip")
    check("taken off, all are back", b.wait("document.querySelectorAll('.hit').length == 2"))
    b.open(f"{url}/?q=zzzqqq")
    check("nothing found is said in words", "Không tìm thấy" in b.wait("document.querySelector('.nothing')?.textContent"))
    b.open(url)
    b.wait("document.querySelector('.start h1')")
    b.run("""const real = fetch;
        window.fetch = async (...request) => {
            const answer = await real(...request);
            if (!String(request[0]).includes('/v1/search')) return answer;
            return new Response(JSON.stringify({ ...await answer.json(), degraded: true }), { headers: answer.headers });
        };""")
    b.keys(*"chinh quyen", ENTER)
    check("an answer that may miss something says so above its hits",
          "có thể thiếu kết quả" in (b.wait("document.querySelector('.notice')?.textContent") or ""))


def test_keys(b, s, url):
    b.open(f"{url}/?q=chính quyền")
    b.wait("document.querySelectorAll('.hit').length == 2")
    b.keys(DOWN)
    check("the arrow goes to the first hit", b.run("return document.activeElement.className") == "title")
    b.keys(DOWN)
    second = b.run("return document.activeElement.closest('.hit').dataset.id")
    b.keys(ENTER)
    check("Enter opens it", b.wait("location.pathname.startsWith('/records/')") and b.run("return location.pathname").endswith(second))
    b.wait("document.querySelector('.text-pane .text')")
    b.keys(ESCAPE)
    check("Esc goes back to the results", b.wait("document.querySelectorAll('.hit').length == 2 && location.pathname == '/'"))
    b.keys("/")
    check("the slash goes to the box", b.run("return document.activeElement.id") == "q")


def test_record(b, s, url):
    b.open(f"{url}/records/qd-15?q=chính quyền")
    check("a record shows its number and subject", b.wait("document.querySelector('.head .number')?.textContent") == "15/2019/QĐ-UBND"
          and b.text(".head h1") == "Về việc ban hành quy chế làm việc")
    check("dates are written as people here do", "12/03/2019" in b.text(".head .sub"))
    check("the text is there, whole", b.run("return document.querySelector('.text-pane .text').textContent") == DECISION_TEXT)
    check("the match is marked and come to", b.text("mark.now") == "chính quyền")
    check("a number it cites is a link", b.text(".text a") == "30/2020/NĐ-CP" and "q=30%2F2020" in b.run("return document.querySelector('.text a').href"))
    check("the original is beside it", b.run("return document.querySelector('iframe').getBoundingClientRect().left > document.querySelector('.text').getBoundingClientRect().right - 20"))
    check("the original is the PDF of this record", "/v1/records/qd-15/content?object=" in b.run("return document.querySelector('iframe').src"))
    b.click(".meta summary")
    check("the metadata can be unfolded", "Nguyễn Văn A, Chủ tịch" in b.text(".meta dl"))
    time.sleep(1)
    b.shot("record")
    b.click(".actions a.button")
    check("its case file is one click away", b.wait(f"document.querySelector('.head .number')?.textContent == '{CASE}'"))
    b.open(f"{url}/records/html-1")
    b.wait("document.querySelector('.text-pane .text')")
    check("a page of somebody's is not shown in place", b.run("return document.querySelector('iframe')") is None)
    b.open(f"{url}/records/nothing-here")
    check("a record that is not there is said in words", "Không tìm thấy" in b.wait("document.querySelector('.notice.bad')?.textContent"))


def test_injection(b, s, url):
    evil = "<img src=x onerror=window.hurt=1><script>window.hurt=1</script>"
    s.post_json("/v1/records", {"id": "evil-1", "number": evil, "type": evil, "agency": evil, "subject": "Độc hại " + evil, "fonds": evil,
                                "keywords": [evil], "text": "độc hại " + evil, "extra": {evil: evil}})
    s.wait_searchable()
    b.open(f"{url}/?q=độc hại")
    b.wait("document.querySelectorAll('.hit').length == 1")
    b.open(f"{url}/records/evil-1?q=độc hại")
    b.wait("document.querySelector('.text-pane .text')")
    b.open(f"{url}/?q=" + urllib.parse.quote(evil))
    time.sleep(0.5)
    check("nothing a record or an address holds is run", b.run("return window.hurt === undefined && document.querySelectorAll('main img').length == 0"))


def test_case(b, s, url, downloads):
    b.open(f"{url}/cases/{CASE}")
    check("a case file shows its title", b.wait("document.querySelector('.head h1')?.textContent") == "Hồ sơ cấp giấy phép xây dựng")
    dates = b.run("return [...document.querySelectorAll('tbody tr td:nth-child(2)')].map(n => n.textContent)")
    check("its records stand in order of time", dates == ["02/11/2018", "12/03/2019", "không rõ ngày"], dates)
    b.shot("case")
    b.click("#package")
    path = os.path.join(downloads, f"hoso-{CASE}.zip")
    for _ in range(100):
        if os.path.exists(path):
            break
        time.sleep(0.1)
    check("one click downloads it as a ZIP", os.path.exists(path) and zipfile.ZipFile(path).testzip() is None, os.listdir(downloads))


def test_language_and_width(b, s, url):
    b.open(f"{url}/?q=chính quyền")
    b.wait("document.querySelectorAll('.hit').length == 2")
    b.click("#language")
    check("the pages speak English too", b.wait("document.querySelector('.count')?.textContent == '2 records'"))
    b.open(url)
    check("and remember it", b.wait("document.querySelector('.start h1')?.textContent") == "Record archive")
    b.click("#language")
    b.size(390, 780)
    for name, address in (("phone-results", "/?q=chính quyền"), ("phone-record", "/records/qd-15?q=chính quyền"), ("phone-case", f"/cases/{CASE}"), ("phone-start", "/")):
        b.open(url + address)
        b.wait("document.querySelector('.hit, .text, tbody tr, .tips')")
        time.sleep(0.3)
        b.shot(name)
        check(f"{address} fits a telephone", b.run("return document.documentElement.scrollWidth <= innerWidth"), b.run("return [document.documentElement.scrollWidth, innerWidth]"))
    b.size(1360, 860)


def test_access(b, s, url):
    for address in ("/", "/?q=chính quyền", "/records/qd-15?q=chính", f"/cases/{CASE}"):
        b.open(url + address)
        b.wait("document.querySelector('.hit, .text, tbody tr, .tips')")
        nameless = b.run("""return [...document.querySelectorAll('a[href], button, input, select, iframe, img')].filter(n =>
            !n.hidden && n.getClientRects().length && !(n.textContent.trim() || n.getAttribute('aria-label') || n.title || n.alt !== undefined && n.hasAttribute('alt')
            || n.closest('label'))).map(n => n.outerHTML)""")
        check(f"everything to be used on {address} has a name", nameless == [], nameless)
        check(f"{address} has one first heading or results, and a language", b.run(
            "return document.documentElement.lang == 'vi' && document.querySelectorAll('h1').length <= 1"))


with Service(lines=RECORDS) as service:
    folder = os.path.join(service.dir, "downloads")
    os.makedirs(folder)
    browser = Browser(folder)
    try:
        service.wait_searchable()
        address = f"http://127.0.0.1:{service.port}"
        for test in (test_search, test_keys, test_record, test_language_and_width, test_access):
            test(browser, service, address)
        test_case(browser, service, address, folder)
        test_injection(browser, service, address)
        severe = [e for e in browser.errors() if " 404 " not in e]
        check("the browser has nothing to complain about", severe == [], severe)
    finally:
        browser.close()
finish()
