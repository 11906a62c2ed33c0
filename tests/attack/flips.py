#!/usr/bin/env python3
"""tests/attack/flips.py - damage in every place of index/ and access/: never a crash, never a wrong answer.

    flips.py [PATH-OF-hoso]

HOSO_FLIPS   how many damages (60; the campaign takes 5,000), spread evenly over all files. Most are one bit turned; of
             ten, one cuts a file off, one sets 4 KiB to zero, one removes the file

For each: the program starts, a search either gives the right hits or says that something is missing ("degraded", not
"exact"), or an error names the damage; `reindex` mends it. A record is always readable, since the archive is untouched.
"""
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "http"))
from hoso_http import *  # noqa: E402,F403

FLIPS = int(os.environ.get("HOSO_FLIPS", "60"))
SEED = int(os.environ.get("HOSO_SEED", "20261130"))
print(f"seed {SEED}")
draw = random.Random(SEED)
root = tempfile.mkdtemp(prefix="hoso-flips-")
whole = os.path.join(root, "whole")


def run(archive, *words, **more):
    return subprocess.run([BIN, "-a", archive, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, **more)


def make():
    """Sealed shards and a live one, and an access log of some entries."""
    lines = [{"id": f"f-{i}", "number": f"{i}/2020/QĐ-UBND", "subject": f"Về việc thứ {i}", "text": f"nội dung số {i} về đất đai " * 20}
             for i in range(600)]
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines).encode()
    run(whole, "ingest", "-", input=text, check=True)
    process = subprocess.Popen([BIN, "-a", whole, "serve", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    port = int(process.stdout.readline().rsplit(":", 1)[1])
    for i in range(20):
        c = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        body = json.dumps({"id": f"l-{i}", "subject": f"Mới {i}", "text": "đất đai mới"}).encode()
        c.request("POST", "/v1/records", body, {"Content-Type": "application/json"})
        c.getresponse().read()
        c.request("GET", f"/v1/records/f-{i}")
        c.getresponse().read()
        c.close()
    process.terminate()
    process.wait(20)


QUERIES = [("đất đai", "-n", "100"), ("17/2020/QĐ-UBND",), ("thu 5",), ("mới", "--facets", "year")]


def served(archive):
    """A start of the service over a damaged index: it comes up and says what it is. Returns a fault or None."""
    process = subprocess.Popen([BIN, "-a", archive, "serve", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        if not line.startswith("listening"):
            return process.wait(20), process.stderr.read()[-300:]
        c = http.client.HTTPConnection("127.0.0.1", int(line.rsplit(":", 1)[1]), timeout=30)
        c.request("GET", "/v1/records/f-3")
        record = c.getresponse()
        record.read()
        c.request("GET", "/v1/search?q=%C4%91%E1%BA%A5t&limit=100")
        found = c.getresponse()
        d = json.loads(found.read())
        if record.status != 200:
            return "the record", record.status
        if found.status == 200 and d["total_is"] == "exact" and not d.get("degraded") and d["total"] != 620:
            return "the search says exact", d["total"]
        if found.status not in (200, 503):
            return "the search", found.status
        return None
    except (OSError, http.client.HTTPException, ValueError, KeyError) as e:
        return repr(e), process.poll()
    finally:
        process.terminate()
        try:
            if process.wait(30) not in (0, -15):
                return "its end", process.returncode
        except subprocess.TimeoutExpired:
            process.kill()


def damage(path, n):
    """Does one kind of damage to a file and says which."""
    size = os.path.getsize(path)
    at = draw.randrange(size)
    kind = n // 9 % 10
    if kind == 7:
        os.truncate(path, at)
        return "cut off", at
    if kind == 9:
        os.remove(path)
        return "removed", 0
    with open(path, "r+b") as f:
        f.seek(at)
        if kind == 8:
            f.write(bytes(min(4096, size - at)))
            return "zeros", at
        byte = f.read(1)[0]
        f.seek(at)
        f.write(bytes([byte ^ (1 << draw.randrange(8))]))
    return "bit", at


def meanwhile(archive, damages):
    """Damages while the service answers: no answer says exact and lacks something, and in the end all are right."""
    process = subprocess.Popen([BIN, "-a", archive, "serve", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    port = int(process.stdout.readline().rsplit(":", 1)[1])
    faults = []

    def ask(path):
        c = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        c.request("GET", path)
        r = c.getresponse()
        body = r.read()
        c.close()
        if archive.encode() in body:
            faults.append((path, "names a path of the server", body[:200]))
        return r.status, json.loads(body)

    try:
        ready = time.monotonic() + 20
        while ask("/readyz")[0] != 200 and time.monotonic() < ready:
            time.sleep(0.05)
        for n in range(damages):
            files = [os.path.join(folder, f) for folder, _, names in os.walk(os.path.join(archive, "index")) for f in names]
            files = sorted(f for f in files if os.path.getsize(f) and not f.endswith(".tmp"))
            name = files[n % len(files)]
            try:
                where = (os.path.relpath(name, archive), *damage(name, n * 9 + n))
            except FileNotFoundError:
                continue
            until = time.monotonic() + 20
            while True:
                status, d = ask("/v1/search?q=%C4%91%E1%BA%A5t&limit=3&facets=year")
                if status == 503:
                    pass
                elif status != 200:
                    faults.append((*where, status, d))
                elif not d["degraded"]:
                    if d["total"] != 620:
                        faults.append((*where, "wrong", d["total"]))
                    elif ask("/readyz")[0] == 200:
                        break
                elif d["total_is"] != "estimate":
                    faults.append((*where, "degraded and exact"))
                if time.monotonic() > until:
                    faults.append((*where, "not whole again in 20 s", status, ask("/readyz")))
                    break
                time.sleep(0.02)
            if process.poll() is not None:
                faults.append((*where, "the service ended", process.returncode))
                break
    except (OSError, http.client.HTTPException, ValueError, KeyError) as e:
        faults.append((repr(e), process.poll()))
    finally:
        process.terminate()
        try:
            if process.wait(30) not in (0, -15):
                faults.append(("its end", process.returncode))
        except subprocess.TimeoutExpired:
            process.kill()
            faults.append(("its end", "never"))
    return faults


def answers(archive):
    out = []
    for query in QUERIES:
        done = run(archive, "search", "--json", *query)
        if done.returncode < 0:
            return done.returncode, [done.stderr[-300:]]
        try:
            d = json.loads(done.stdout)
            out.append((d["total"], d["total_is"], [h["id"] for h in d["hits"]], bool(d.get("degraded"))))
        except (ValueError, KeyError):
            out.append(None)
    return 0, out


def main():
    make()
    code, right = answers(whole)
    if code != 0 or None in right:
        check("the whole archive answers", False, code, right)
        return
    files = [os.path.relpath(os.path.join(folder, f), whole) for part in ("index", "access")
             for folder, _, names in os.walk(os.path.join(whole, part)) for f in names]
    sizes = {f: os.path.getsize(os.path.join(whole, f)) for f in files}
    files = [f for f in files if sizes[f]]
    crashed, wrong, unread, unmended, unserved = [], [], [], [], []
    for n in range(FLIPS):
        name = files[n % len(files)]
        copy = os.path.join(root, "copy")
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(whole, copy)
        where = (name, *damage(os.path.join(copy, name), n))
        code, got = answers(copy)
        if code != 0:
            crashed.append((*where, code, got))
        else:
            for g, r in zip(got, right):
                if g is not None and g != r and not g[3] and (g[1] == "exact" or set(g[2]) - set(r[2])):
                    wrong.append((*where, g, r))
        if n % 4 == 0:
            served_copy = os.path.join(root, "served")
            shutil.rmtree(served_copy, ignore_errors=True)
            shutil.copytree(copy, served_copy)
            fault = served(served_copy)
            if fault:
                unserved.append((*where, *fault))
        if run(copy, "get", "f-3").returncode != 0:
            unread.append(where)
        done = run(copy, "reindex")
        if done.returncode < 0:
            crashed.append((*where, "reindex", done.returncode))
        elif done.returncode != 0 or answers(copy)[1] != right:
            unmended.append((*where, done.stderr[-200:], answers(copy)[1]))
    check(f"{FLIPS} damages in {len(files)} files of index/ and access/: none crashes the program", not crashed, len(crashed), *crashed[:4])
    check("no answer is wrong and says that it is whole", not wrong, len(wrong), *wrong[:4])
    check("a record stays readable", not unread, len(unread), *unread[:4])
    check("the service starts over each fourth of them and says what it can't answer", not unserved, len(unserved), *unserved[:4])
    during = meanwhile(whole, max(6, FLIPS // 5))
    check(f"{max(6, FLIPS // 5)} more while the service answers: nothing that lacks goes unsaid, and all is mended", not during, len(during),
          *during[:4])
    check("reindex mends the answers", not unmended, len(unmended), *unmended[:4])


try:
    main()
finally:
    shutil.rmtree(root, ignore_errors=True)
finish()
