"""What the HTTP tests share: an archive of known records, the built binary serving it, ways to ask, a count of checks.

A test is a sentence and a truth value: check("a record comes back byte for byte", body == text).
"""
import base64
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

BIN = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("HOSO_BIN", "build/dev/cli/hoso"))
if not os.access(BIN, os.X_OK):
    print(f"skipped: there is no program {BIN}")
    sys.exit(77)

passed = failed = 0


def check(sentence, holds, *shown):
    global passed, failed
    if holds:
        passed += 1
        print(f"ok - {sentence}")
    else:
        failed += 1
        print(f"not ok - {sentence}")
        for value in shown:
            print(f"#   {value!r}"[:600])


def skip(sentence, reason):
    """A check that cannot run here; counted apart from those that passed."""
    print(f"skipped - {sentence}: {reason}")


def finish():
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def __repr__(self):
        return f"{self.status} {dict(self.headers)} {self.body[:300]}"

    def __getitem__(self, name):
        return self.headers.get(name)

    @property
    def json(self):
        return json.loads(self.body)


class Service:
    """The binary on a port of its own, ended at the end of a with block."""

    def __init__(self, *options, lines=()):
        self.dir = tempfile.mkdtemp(prefix="hoso-http-")
        self.archive = os.path.join(self.dir, "archive")
        if lines:
            self.ingest(*lines)
        else:
            subprocess.run([BIN, "-a", self.archive, "init"], check=True, stdout=subprocess.DEVNULL)
        self.log = open(os.path.join(self.dir, "log"), "w+")
        self.process = subprocess.Popen([BIN, "-a", self.archive, "serve", "--listen", "127.0.0.1:0", *options],
                                        stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("listening on http://127.0.0.1:"):
            self.log.seek(0)
            raise SystemExit(f"not ok - the service starts\n#   {line!r} {self.log.read()}")
        self.port = int(line.rsplit(":", 1)[1])
        self.connection = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        code = self.stop()
        check("the service ends cleanly when it is told to", code == 0, code, self.read_log()[-2000:])
        self.log.close()
        shutil.rmtree(self.dir, ignore_errors=True)

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def read_log(self):
        self.log.seek(0)
        return self.log.read()

    def ingest(self, *lines):
        """By the command line, beside the running service."""
        text = "\n".join(json.dumps(line, ensure_ascii=False) if isinstance(line, dict) else line for line in lines)
        return subprocess.run([BIN, "-a", self.archive, "ingest", "--json", "-"], input=text.encode(), stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL)

    def ask(self, method, target, body=None, headers=None, keep=False):
        """One request; `keep` uses the connection of the one before."""
        connection = self.connection if keep and self.connection else http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        quoted = urllib.parse.quote(target, safe="/?&=%:,+*~!'()$;@-._")
        connection.request(method, quoted, body=body, headers=headers or {})
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        if keep:
            self.connection = connection
        else:
            connection.close()
        return answer

    def get(self, target, keep=False, **headers):
        return self.ask("GET", target, headers={k.replace("_", "-"): v for k, v in headers.items()}, keep=keep)

    def post_json(self, target, value):
        text = value if isinstance(value, (str, bytes)) else json.dumps(value, ensure_ascii=False)
        return self.ask("POST", target, text.encode() if isinstance(text, str) else text, {"Content-Type": "application/json"})

    def wait_searchable(self, seconds=30):
        end = time.time() + seconds
        while time.time() < end:
            state = self.get("/readyz").json
            if state["index_position"] >= state["tree_size"]:
                return True
            time.sleep(0.05)
        return False

    def raw(self, data, seconds=3):
        """Bytes as they are; returns what came back and how it ended: 'closed', 'reset' or 'open'."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as s:
            out, end = b"", "open"
            try:
                s.sendall(data)
                while True:
                    piece = s.recv(65536)
                    if not piece:
                        end = "closed"
                        break
                    out += piece
            except (socket.timeout, TimeoutError):
                pass
            except OSError:
                end = "reset"
            return out, end


PDF = (b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
       b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
       b"4 0 obj<</Length 44>>stream\nBT /F 24 Tf 40 100 Td (Quyet dinh 15) Tj ET  \nendstream endobj\n"
       b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
LARGE = bytes(range(256)) * 6000  # 1.5 MB: more than one chunk

DECISION_TEXT = ("ỦY BAN NHÂN DÂN TỈNH NAM ĐỊNH\nSố: 15/2019/QĐ-UBND\nNam Định, ngày 12 tháng 3 năm 2019\n\nQUYẾT ĐỊNH\n"
                 "Về việc ban hành quy chế làm việc của chính quyền địa phương\n\nCăn cứ Nghị định số 30/2020/NĐ-CP;\nĐiều 1. Hòa giải ở cơ sở.\n")

CASE = "H40.15-210521-0012"
RECORDS = [
    {"case": CASE, "title": "Hồ sơ cấp giấy phép xây dựng", "retention": "vĩnh viễn"},
    {"id": "qd-15", "number": "15/2019/QĐ-UBND", "type": "Quyết định", "issued": "2019-03-12", "agency": "UBND tỉnh Nam Định",
     "subject": "Về việc ban hành quy chế làm việc", "signer": {"name": "Nguyễn Văn A", "position": "Chủ tịch"}, "cases": [CASE],
     "fonds": "UBND-ND", "text": DECISION_TEXT,
     "files": [{"name": "Quyết định số 15.pdf", "media": "application/pdf", "base64": base64.b64encode(PDF).decode()}]},
    {"id": "cv-7", "number": "7/STNMT-VP", "type": "Công văn", "issued": "2018-11-02", "agency": "Sở Tài nguyên và Môi trường",
     "subject": "Về việc đề nghị cấp giấy phép", "cases": [CASE], "text": "Kính gửi Ủy ban nhân dân tỉnh. Đề nghị cấp giấy phép."},
    {"id": "tb-x", "type": "Thông báo", "subject": "Không rõ ngày", "cases": [CASE], "text": "Thông báo về chính quyền."},
    {"id": "big-1", "subject": "Bản vẽ", "files": [{"name": "ban ve.bin", "base64": base64.b64encode(LARGE).decode()}]},
    {"id": "html-1", "subject": "Trang web", "text": "trang",
     "files": [{"name": "x.html", "media": "text/html", "base64": base64.b64encode(b"<script>alert(1)</script>").decode()}]},
]
