#!/usr/bin/env python3
"""tests/attack/sandbox.py - a program of ours stands where pdftotext stands and tries everything a subverted one would.

    sandbox.py [PATH-OF-hoso]      HOSO_SUBVERTED: the program (tests/attack/subverted.c)

It is put there by a bind mount in a mount namespace of the test's own, so that nothing on the machine changes; where that
is not allowed the test is skipped, and says so. As root it is asked three times: as root, as an ordinary user, and as one
without privileges where user namespaces are forbidden.
"""
import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "http"))
from hoso_http import *  # noqa: E402,F403

PROGRAM = os.environ.get("HOSO_SUBVERTED", os.path.join(os.path.dirname(BIN), "..", "tests", "subverted"))
WANTED = {"key", "list", "write", "create", "temporary", "passwd", "rename", "unlink", "environment", "parent", "ptrace", "socket", "unix",
          "io_uring", "bpf", "memfd", "namespace", "fork"}
place = shutil.which("pdftotext")
if not os.access(PROGRAM, os.X_OK) or not place:
    print(f"skipped: there is no {PROGRAM}" if place else "skipped: there is no pdftotext")
    sys.exit(77)


def run_inside(folder, wrap, order, chown=None, stop_after=None):
    """hoso ingests a paper that holds the order, while the program stands in the place of pdftotext. Returns how that ended."""
    archive, paper, fake = (os.path.join(folder, n) for n in ("archive", "paper.pdf", "pdftotext"))
    shutil.copy(PROGRAM, fake)
    with open(paper, "w") as f:
        f.write(f"%PDF-1.4\n{order}\n%%EOF\n")
    with open(os.path.join(folder, "papers.jsonl"), "w") as f:
        f.write(json.dumps({"id": "p", "subject": "tài liệu", "files": ["paper.pdf"]}) + "\n")
    with open(os.path.join(folder, "steps.sh"), "w") as f:
        f.write(f"'{BIN}' -a '{archive}' init && '{BIN}' -a '{archive}' checkpoint >/dev/null; "
                f"exec '{BIN}' -a '{archive}' ingest --json '{folder}/papers.jsonl'\n")
    with open(os.path.join(folder, "no-users.sh"), "w") as f:
        f.write("echo 0 >/proc/sys/user/max_user_namespaces && "
                f"exec setpriv --bounding-set=-all --inh-caps=-all --no-new-privs sh '{folder}/steps.sh'\n")
    if chown:
        for root, folders, files in os.walk(folder):
            for each in [root] + [os.path.join(root, name) for name in files]:
                os.chown(each, chown, chown)
    script = f"mount --bind '{fake}' '{place}' && exec {wrap} '{folder}/{'no-users.sh' if '-U' in wrap else 'steps.sh'}'"
    unshare = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-Urm"]
    with open(os.path.join(folder, "out"), "w+b") as out, open(os.path.join(folder, "err"), "w+b") as errors:
        # files, no pipes: a child that outlives its parent would hold a pipe open
        process = subprocess.Popen([*unshare, "sh", "-c", script], stdout=out, stderr=errors)
        started = time.monotonic()
        if stop_after:
            time.sleep(stop_after)
            process.terminate()
        process.wait(timeout=150)
        took = time.monotonic() - started
        out.seek(0)
        errors.seek(0)
        return process.returncode, out.read(), errors.read(), took


def in_folder(name, wrap, order, look, chown=None, stop_after=None):
    folder = tempfile.mkdtemp(prefix="hoso-sandbox-")
    try:
        order = order.replace("ARCHIVE", os.path.join(folder, "archive"))
        code, said, complained, took = run_inside(folder, wrap, order, chown, stop_after)
        if stop_after is None and (code not in (0, 1) or b'"seen"' not in said):
            print(f"skipped - {name}: {complained[-200:].decode(errors='replace').strip()}")
            return
        look(os.path.join(folder, "archive"), took)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def got(archive, *options):
    return subprocess.run([BIN, "-a", archive, "get", *options, "p"], stdout=subprocess.PIPE, timeout=60).stdout.decode()


def left_over(mark):
    left = subprocess.run(["pgrep", "-f", mark], stdout=subprocess.PIPE).stdout.split()
    for pid in left:
        os.kill(int(pid), 9)
    return len(left)


def attempt(name, wrap, chown=None):
    """Everything that a subverted program might reach for."""
    def look(archive, _took):
        text = got(archive, "--text")
        tried = dict(line.split() for line in text.splitlines() if len(line.split()) == 2)
        check(f"{name}: the subverted program ran to its end", WANTED <= set(tried), text, got(archive))
        worked = sorted(n for n, how in tried.items() if how == "done")
        check(f"{name}: nothing that it tried worked", not worked and tried, worked)
        time.sleep(0.3)
        check(f"{name}: no child of it outlives the document", left_over("hoso-outlives") == 0)
        check(f"{name}: nothing of the archive changed", os.path.exists(archive + "/FORMAT") and not os.path.exists(archive + "/planted"))
        check(f"{name}: nothing was written elsewhere", not os.path.exists("/tmp/hoso-planted"))
    if os.path.exists("/tmp/hoso-planted"):
        os.unlink("/tmp/hoso-planted")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        in_folder(name, wrap, f"ATTACK ARCHIVE {listener.getsockname()[1]} {os.getpid()} ", look, chown)


def failure(name, wrap, word, reason):
    """A program that fails is never taken for one that found no text, and its document is kept."""
    def look(archive, _took):
        about = got(archive)
        check(f"{name}: the reason is told", reason in about and "no text layer" not in about, about)
        check(f"{name}: no text is stored", got(archive, "--text") == "", got(archive, "--text"))
        check(f"{name}: the original is kept", got(archive, "--content").startswith("%PDF-1.4"))
    in_folder(name, wrap, f"ATTACK ARCHIVE 1 {os.getpid()} {word}", look)


def interrupted(name, wrap):
    """SIGTERM ends an ingest although its document never ends, and nothing of it is left."""
    def look(archive, took):
        check(f"{name}: the ingest ends at once", took < 4, took)
        check(f"{name}: nothing is left of it", left_over("^pdftotext .*/proc/self/fd/0") == 0)
        check(f"{name}: the document is not archived half", got(archive) == "", got(archive))
    in_folder(name, wrap, f"ATTACK ARCHIVE 1 {os.getpid()} endless", look, stop_after=2)


as_we_are = "sh"
if os.geteuid() == 0:
    attempt("as root", as_we_are)
    attempt("as an ordinary user", "setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs sh", 65534)
    attempt("without user namespaces and privileges", "unshare -U --map-root-user sh")
else:
    attempt("as an ordinary user", as_we_are)
failure("a program that says nothing", as_we_are, "silent", "not even an empty page")
failure("a program that dies half way", as_we_are, "half", "died of signal")
failure("a program that fails and does not say why", as_we_are, "wordless", "did not say why")
failure("a program that writes verdicts of its own", as_we_are, "forge", "did not say why")
interrupted("a document without an end", as_we_are)
finish()
