#!/bin/sh
# hoso destroy is killed at any moment. Whatever it leaves, verify finds nothing wrong, the index can be built anew, a backup
# can be restored, and the next command that writes carries the destruction to its end. HOSO_KILLS=30
. "$(dirname "$0")/../tap.sh"

python3 - "$HOSO_BIN" "$scratch" "${HOSO_KILLS:-12}" <<'P'
import json, os, random, shutil, subprocess, sys, time

binary, scratch, kills = sys.argv[1], sys.argv[2], int(sys.argv[3])
full, archive = scratch + "/full", scratch + "/archive"
seed = int(os.environ.get("HOSO_SEED", time.time()))
chance = random.Random(seed)
print("# seed", seed)
failures = 0


def hoso(*arguments, where=None, **more):
    return subprocess.run([binary, "-a", where or archive, *arguments], capture_output=True, text=True, **more)


def report(ok, name, *detail):
    global failures
    print(("ok - " if ok else "not ok - ") + name)
    for line in detail if not ok else ():
        print("#   " + str(line)[:600])
    failures += not ok


words = "thu hồi đất quyết định ủy ban nhân dân huyện xã cấp giấy chứng nhận quyền sử dụng hồ sơ địa chính".split()
with open(scratch + "/records.jsonl", "w") as out:
    for i in range(3000):
        text = " ".join(chance.choice(words) for _ in range(300)) + f" dấu-riêng-{i:05d}"
        out.write(json.dumps({"id": f"r{i}", "subject": f"Về việc số {i}", "text": text}, ensure_ascii=False) + "\n")
assert hoso("ingest", scratch + "/records.jsonl", where=full).returncode == 0
doomed = [f"r{i}" for i in range(100, 160)]
decision = ["destroy", "--decision", "17/QD", "--date", "2026-12-01", "--reason", "hết hạn", "--approved-by", "A",
            "--and-by", "B", "--yes", *doomed]

shutil.copytree(full, archive)
begun = time.monotonic()
assert hoso(*decision).returncode == 0
whole = time.monotonic() - begun


def texts():
    """How many of the doomed texts can be read."""
    return sum(hoso("get", name, "--text").returncode == 0 for name in doomed[::10])


killed = interrupted = 0
faults = {"verify": [], "reindex": [], "backup": [], "restore": [], "next": [], "gone": []}
for round in range(kills):
    shutil.rmtree(archive)
    shutil.copytree(full, archive)
    work = subprocess.Popen([binary, "-a", archive, *decision], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(chance.uniform(0, whole))
    work.kill()
    killed += work.wait() < 0
    pending = os.path.exists(archive + "/destroying")
    interrupted += pending
    got = hoso("verify", "--json")
    if got.returncode or json.loads(got.stdout)["destruction_interrupted"] != pending:
        faults["verify"].append(got.stdout[-300:] + got.stderr[-200:])
    action = chance.choice(["reindex", "backup", "ingest"])
    if action == "reindex":
        got = hoso("reindex")
        said = got.stderr
        if got.returncode:
            faults["reindex"].append(got.stderr[-300:])
    elif action == "backup":
        got = hoso("backup", scratch + "/backup")
        said = got.stderr
        if got.returncode:
            faults["backup"].append(got.stderr[-300:])
        got = hoso("restore", scratch + "/backup", where=scratch + "/restored")
        if got.returncode:
            faults["restore"].append(got.stderr[-300:])
        shutil.rmtree(scratch + "/backup", ignore_errors=True)
        shutil.rmtree(scratch + "/restored", ignore_errors=True)
    else:
        got = hoso("ingest", "-", input='{"subject":"mới","text":"mới"}\n')
        said = got.stderr
        if got.returncode:
            faults["next"].append(got.stderr[-300:])
    if os.path.exists(archive + "/destroying") or hoso("verify").returncode:
        faults["next"].append(action + " did not carry it on")
    if pending and "carried" not in said:
        faults["next"].append(action + " did not say so: " + said)
    if texts() not in (0, 6):
        faults["gone"].append("%d of 6 texts are there" % texts())
for name, list in faults.items():
    report(not list, f"after {killed} kills, {interrupted} of them in the midst: {name}", *list[:3])
report(interrupted > 0, "some kills came in the midst")
sys.exit(1 if failures else 0)
P
