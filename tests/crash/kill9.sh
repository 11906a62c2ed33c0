#!/bin/sh
# kill -9 at any moment of an ingest: whatever was acknowledged is there after it, whole; nothing is half there; the
# next start continues by itself and the index catches up.
#
#   HOSO_KILLS  how many times (30; script/campaign takes 200 and more)
. "$(dirname "$0")/../tap.sh"

kills=${HOSO_KILLS:-30}
"$HOSO_SAMPLE_BIN" "$scratch/big" --records 6000 --seed 9 || exit 2
python3 - "$HOSO_BIN" "$scratch" "$kills" <<'P'
import json, os, random, signal, subprocess, sys, time

binary, scratch, kills = sys.argv[1], sys.argv[2], int(sys.argv[3])
seed = int(os.environ.get("HOSO_SEED", "20240229"))
print("#   seed %d, %d kills" % (seed, kills))
chance = random.Random(seed)
lines = open(scratch + "/big/records.jsonl", encoding="utf-8").read().splitlines()
records = [json.loads(line) for line in lines if '"text":' in line]
by_id = {r["id"]: r for r in records}
archive = scratch + "/archive"
env = dict(os.environ, HOSO_ARCHIVE=archive)
failures = []
tree_before, root_before, killed, continued = 0, None, 0, 0


def run(*arguments):
    return subprocess.run([binary, *arguments], env=env, capture_output=True)


def report(ok, name, detail=""):
    print(("ok - " if ok else "not ok - ") + name)
    if not ok:
        failures.append(name)
        if detail:
            print("#   " + detail)


def part(number):
    """The records of one round: a slice of its own, so that there is always something new to write."""
    size = max(1, len(records) // kills)
    path = "%s/part-%d.jsonl" % (scratch, number)
    with open(path, "w", encoding="utf-8") as out:
        for record in records[number * size:(number + 1) * size]:
            out.write(json.dumps(record, ensure_ascii=False) + "\n")
    return path


slowest = 0.35
for number in range(kills):
    path = part(number)
    process = subprocess.Popen([binary, "ingest", "-q", path], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    started = time.monotonic()
    try:
        process.wait(chance.uniform(0.005, slowest))
        slowest = max(0.05, (time.monotonic() - started) * 1.1)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        killed += 1
    if not os.path.exists(archive + "/FORMAT"):
        continue
    verify = run("verify", "--json", "--quick")
    if verify.returncode != 0:
        report(False, "round %d: the archive is intact after kill -9" % number, (verify.stdout + verify.stderr).decode()[:300])
        continue
    tree = json.loads(verify.stdout)["tree_size"]
    if tree < tree_before:
        report(False, "round %d: nothing acknowledged is lost" % number, "%d leaves, there were %d" % (tree, tree_before))
    again = run("ingest", "-q", "--json", path)
    if again.returncode != 0:
        report(False, "round %d: the ingest is repeated" % number, again.stderr.decode()[:300])
        continue
    continued += 1
    tree_before = json.loads(again.stdout)["tree_size"]

report(killed >= kills // 3, "at least a third of the rounds were really killed (%d of %d)" % (killed, kills))
report(continued > 0 and not failures, "after every kill the archive opens and the ingest goes on (%d rounds)" % continued)
full = run("verify", "--json")
report(full.returncode == 0, "every stored byte is what was stored", full.stdout.decode()[:300])
bad = []
done = records[:max(1, len(records) // kills) * kills]
for record in chance.sample(done, min(len(done), 60)):
    text = run("get", record["id"], "--text")
    if text.stdout != by_id[record["id"]]["text"].encode():
        bad.append(record["id"])
report(not bad, "every record comes back byte for byte", " ".join(bad[:5]))
stats = json.loads(run("stats", "--json").stdout)
search = json.loads(run("search", "--json", "-n", "1", "").stdout or b"{}")
report(search.get("total") == len(done), "everything is searchable", "%s of %d" % (search.get("total"), len(done)))
rebuilt = run("reindex")
report(rebuilt.returncode == 0, "the index can be built anew", rebuilt.stderr.decode()[:300])
again = json.loads(run("search", "--json", "-n", "1", "").stdout or b"{}")
report(again.get("total") == len(done), "and holds the same records")
sys.exit(1 if failures else 0)
P
[ $? = 0 ] || failures=$((failures + 1))
