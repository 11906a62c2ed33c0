#!/usr/bin/env python3
"""tests/attack/sandbox.py - a program of ours stands where pdftotext stands and tries everything a subverted one would.

    sandbox.py [PATH-OF-hoso]      HOSO_SUBVERTED: the program (tests/attack/subverted.c)

It is put there by a bind mount in a mount namespace of the test's own, so that nothing on the machine changes; where that
is not allowed the test is skipped. As root it is asked twice: as root, and as an ordinary user.
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


def attempt(name, wrap, chown=None):
    folder = tempfile.mkdtemp(prefix="hoso-sandbox-")
    try:
        archive = os.path.join(folder, "archive")
        paper = os.path.join(folder, "paper.pdf")
        fake = os.path.join(folder, "pdftotext")
        shutil.copy(PROGRAM, fake)
        listener = socket.create_server(("127.0.0.1", 0))
        with open(paper, "w") as f:
            f.write(f"%PDF-1.4\nATTACK {archive} {listener.getsockname()[1]} {os.getpid()} \n%%EOF\n")
        if chown:
            os.chmod(folder, 0o755)
            for root, folders, files in os.walk(folder):
                for each in folders + files:
                    os.chown(os.path.join(root, each), chown, chown)
            os.chown(folder, chown, chown)
        script = f"mount --bind '{fake}' '{place}' && {wrap} sh -c \"'{BIN}' -a '{archive}' init && '{BIN}' -a '{archive}' checkpoint >/dev/null; " \
                 f"exec '{BIN}' -a '{archive}' ingest --json '{paper}'\""
        unshare = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-Urm"]
        with open(os.path.join(folder, "out"), "w+b") as out, open(os.path.join(folder, "err"), "w+b") as errors:
            # files, no pipes: a child that outlives its parent would hold a pipe open
            done = subprocess.run([*unshare, "sh", "-c", script], stdout=out, stderr=errors, timeout=150)
            out.seek(0)
            errors.seek(0)
            said, complained = out.read(), errors.read()
        if done.returncode not in (0, 1) or b'"seen"' not in said:
            print(f"skipped - {name}: {complained[-200:].decode(errors='replace').strip()}")
            return
        found = subprocess.run([BIN, "-a", archive, "search", "--json", "key", "refused"], stdout=subprocess.PIPE).stdout
        hits = json.loads(found or b"{}").get("hits") or []
        text = subprocess.run([BIN, "-a", archive, "get", hits[0]["id"], "--text"], stdout=subprocess.PIPE).stdout.decode() if hits else ""
        tried = dict(line.split() for line in text.splitlines() if len(line.split()) == 2)
        check(f"{name}: the subverted program ran to its end", WANTED <= set(tried), text, said[-300:], complained[-300:])
        worked = sorted(n for n, how in tried.items() if how == "done")
        check(f"{name}: nothing that it tried worked", not worked and tried, worked)
        time.sleep(0.3)
        left = subprocess.run(["pgrep", "-f", "hoso-outlives"], stdout=subprocess.PIPE).stdout.split()
        check(f"{name}: no child of it outlives the document", not left, len(left))
        for pid in left:
            os.kill(int(pid), 9)
        check(f"{name}: nothing of the archive changed", os.path.exists(archive + "/FORMAT") and not os.path.exists(archive + "/planted"))
        check(f"{name}: nothing was written elsewhere", not os.path.exists("/tmp/hoso-planted"))
        if os.path.exists("/tmp/hoso-planted"):
            os.unlink("/tmp/hoso-planted")
        listener.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if os.geteuid() == 0:
    attempt("as root", "")
    attempt("as an ordinary user", "setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs", 65534)
    limits = "/proc/sys/user/max_user_namespaces"
    attempt("as an ordinary user without user namespaces",
            f"unshare -U --map-root-user sh -c 'echo 0 > {limits}; exec \"$0\" \"$@\"' setpriv --no-new-privs", 65534)
else:
    attempt("as an ordinary user", "")
finish()
