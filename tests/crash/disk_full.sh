#!/bin/sh
# The disk fills up while records come in, and has room again later: reading and searching go on, writing is refused with
# 507 and a sentence, nothing that was acknowledged is lost, and writing goes on without a restart. On a small file system
# in memory, in a mount namespace of its own.
if [ -z "${HOSO_OWN_MOUNTS-}" ]; then
	why=$(unshare -m sh -c 'mount -t tmpfs -o size=1m none /mnt' 2>&1) || {
		echo "skipped: no file system can be mounted here ($why)"
		exit 77
	}
	HOSO_OWN_MOUNTS=1 exec unshare -m "$0" "$@"
fi
. "$(dirname "$0")/../tap.sh"

mkdir "$scratch/small"
mount -t tmpfs -o size=64m none "$scratch/small" || exit 2
python3 - "$HOSO_BIN" "$scratch/small" <<'P'
import base64, json, os, random, subprocess, sys, time, urllib.error, urllib.parse, urllib.request

binary, disk = sys.argv[1:]
archive, ballast = disk + "/archive", disk + "/ballast"
chance = random.Random(20261122)
failures = 0
acknowledged = {}


def report(ok, name, *detail):
    global failures
    print(("ok - " if ok else "not ok - ") + name)
    for line in detail if not ok else ():
        print("#   " + str(line)[:400])
    failures += not ok


def run(*arguments):
    return subprocess.run([binary, "-a", archive, *arguments], capture_output=True, text=True)


def ask(method, path, body=None):
    request = urllib.request.Request(base + path, data=body, method=method, headers={"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def record(number):
    """A scan of half a MB that does not shrink, and a word of its own to find it by."""
    scan = {"name": "scan.bin", "media": "image/x-scan", "base64": base64.b64encode(chance.randbytes(500000)).decode()}
    return {"id": "r%d" % number, "subject": "Công văn thứ %d" % number, "text": "Từ khóa riêng%dx." % number, "files": [scan]}


def post(number):
    value = record(number)
    status, body = ask("POST", "/v1/records", json.dumps(value).encode())
    if status in (200, 201):
        acknowledged[value["id"]] = base64.b64decode(value["files"][0]["base64"])
    return status, body


def lost():
    return [i for i in acknowledged if ask("GET", "/v1/records/%s/content" % i) != (200, acknowledged[i])]


def found(number, seconds):
    end = time.time() + seconds
    while True:
        status, body = ask("GET", "/v1/search?q=" + urllib.parse.quote("riêng%dx" % number))
        if status != 200 or json.loads(body)["total"] == 1 or time.time() > end:
            return status, json.loads(body).get("total")
        time.sleep(0.2)


def fill(first):
    """Posts until it is refused; the last answer."""
    for number in range(first, first + 400):
        status, body = post(number)
        if status not in (200, 201):
            return number, status, body
    return number, 0, b"never full"


with open(ballast, "wb") as f:
    f.write(bytes(16 << 20))
assert run("init").returncode == 0
service = subprocess.Popen([binary, "-a", archive, "serve", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
base = service.stdout.readline().split()[-1]
try:
    for number in range(8):
        post(number)
    report(found(7, 20) == (200, 1), "before the disk is full a record is found", found(7, 0))
    number, status, body = fill(8)
    report(status == 507, "a full disk is answered with 507", status, body)
    problem = json.loads(body) if body[:1] == b"{" else {}
    report("detail" in problem and problem.get("status") == 507, "and with a sentence", problem)
    report(len(acknowledged) > 30, "most of the disk was used before (%d records)" % len(acknowledged))
    again = [post(number + 1 + i)[0] for i in range(5)]
    report(again == [507] * 5, "it stays so while it is full", again)
    report(lost() == [], "every acknowledged record is read while it is full", lost()[:5])
    report(found(3, 0) == (200, 1), "and searching goes on", found(3, 0))
    checked = run("verify")
    report(checked.returncode == 0, "the archive is whole while it is full", checked.stdout[-300:], checked.stderr[-300:])
    second = os.open(ballast + "2", os.O_WRONLY | os.O_CREAT)  # the reserve too, down to the last byte
    try:
        while os.write(second, bytes(4096)):
            pass
    except OSError:
        os.close(second)
    ready = 0
    for _ in range(300):
        ask("GET", "/v1/records?number=" + "x" * 900)
        ready, body = ask("GET", "/readyz")
        if ready != 200:
            break
        time.sleep(0.02)
    report(ready == 503 and b"noted" in body, "when accesses cannot be noted it is not ready", ready, body)
    os.remove(ballast + "2")
    os.remove(ballast)
    for _ in range(100):  # the next access that is noted shows that there is room
        ask("GET", "/v1/records?number=1")
        ready, body = ask("GET", "/readyz")
        if ready == 200:
            break
        time.sleep(0.05)
    report(ready == 200, "with room again it is", ready, body)
    status, body = post(1000)
    report(status == 201, "with room again the next record is taken, without a restart", status, body)
    for extra in range(1001, 1011):
        post(extra)
    report(found(1010, 30) == (200, 1), "it is found", found(1010, 0))
    last = max(int(i[1:]) for i in acknowledged if int(i[1:]) < 1000)
    report(found(last, 30) == (200, 1), "so is the last one before the disk was full", found(last, 0))
    report(lost() == [], "nothing acknowledged is lost", lost()[:5])
    second, status, body = fill(2000)
    report(status == 507, "it fills up once more", status, body)
finally:
    service.terminate()
    service.wait()

lines = disk + "/../more.jsonl"
with open(lines, "w") as f:
    for number in range(3000, 3040):
        f.write(json.dumps(record(number)) + "\n")
def size():
    return json.loads(run("verify", "--json").stdout)["tree_size"]


before = size()
refused = run("ingest", "-q", "--json", "--no-wait", lines)
told = json.loads(refused.stdout or "{}")
report(told.get("added") == size() - before and told["not_archived"] + told["added"] + told["rejected"] == told["seen"],
       "what it counts as new is there, the rest is counted as not archived", told, size() - before)
report(refused.returncode == 3 and "disk" in refused.stderr, "by command line it is refused with a sentence", refused.returncode, refused.stderr)
subprocess.run(["mount", "-o", "remount,size=128m", disk], check=True)
taken = run("ingest", "-q", "--json", lines)
report(taken.returncode == 0, "with a larger disk the same ingest goes through", taken.stderr)
checked = run("verify", "--json")
report(checked.returncode == 0, "every stored byte is what was stored", checked.stdout[-300:])
bad = [i for i in chance.sample(sorted(acknowledged), 30) if subprocess.run([binary, "-a", archive, "get", i, "--content"], capture_output=True).stdout != acknowledged[i]]
report(bad == [], "every acknowledged record comes back byte for byte", bad)
total = json.loads(run("search", "--json", "-n", "1", "").stdout)["total"]
tree = json.loads(checked.stdout)["tree_size"]
report(total == tree and tree >= len(acknowledged) + 40, "everything is searchable", total, tree, len(acknowledged))
sys.exit(1 if failures else 0)
P
[ $? = 0 ] || failures=$((failures + 1))
umount "$scratch/small"
