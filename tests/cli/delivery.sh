#!/bin/bash
# A delivery with faults of every kind: each of them stands in the report under its name, none is silent, and what a
# dry run says is what happens.
#
#   DELIVERY="--cases 60 --scans 1500 --faults 10"   its size; smaller where nothing is said
. "$(dirname "$0")/../tap.sh"

[ -x "$HOSO_SAMPLE_BIN" ] || skip_all "there is no $HOSO_SAMPLE_BIN"
: "${DELIVERY:=--cases 8 --scans 120 --faults 3}"
# shellcheck disable=SC2086
"$HOSO_SAMPLE_BIN" "$scratch/d" --delivery $DELIVERY || exit 2
cd "$scratch/d" || exit 2
hoso ingest --dry-run giao-nop --report dry.json >table 2>/dev/null
hoso ingest -q giao-nop --report run.json >out 2>/dev/null
hoso ingest -q giao-nop --report again.json >out 2>/dev/null

cat >check.py <<'END'
import json

def check(name, right, detail=""):
    print(f"{'ok' if right else 'not ok'} - {name}" + ("" if right else f"\n#   {detail}"))

faults, dry, run, again = (json.load(open(name)) for name in ("faults.json", "dry.json", "run.json", "again.json"))
for kind, wanted in faults.items():
    found = [item["source"] + " " + item["warning"] for item in run["items"] if item.get("finding") == kind]
    lost = [w for w in wanted if not any(w in f for f in found)]
    check(f"every fault of the kind {kind} is told ({len(wanted)})", wanted and not lost, (lost, found))
    check(f"and nothing else under that name", len(found) == len(wanted) == run["findings"][kind], (len(found), run["findings"], found[:5]))
check("dry run and run tell the same", dry["items"] == run["items"] and dry["findings"] == run["findings"],
      [i for i in dry["items"] if i not in run["items"]][:3] + [i for i in run["items"] if i not in dry["items"]][:3])
check("and count the same", all(dry[k] == run[k] for k in ("seen", "added", "rejected", "registers")), (dry["seen"], run["seen"], dry["added"], run["added"]))
check("nothing is refused", run["rejected"] == 0, run["items"][:3])
check("every column is understood", all(c["field"] for c in run["registers"][0]["columns"]), run["registers"][0]["columns"])
check("the same delivery again adds nothing", again["added"] == 0 and again["versions"] == 0, {k: again[k] for k in ("seen", "added", "versions", "duplicates")})
END
python3 check.py >checked
cat checked
failures=$(grep -c '^not ok' checked)
is "covers and lists are the case file's" "$(hoso search 'type:"Bìa hồ sơ"' --json --limit 100 2>/dev/null | python3 -c 'import json,sys; print(json.load(sys.stdin)["total"] == len(__import__("glob").glob("giao-nop/*/*/*/Bia_*")))')" True

hoso ingest -q kem-theo --report beside.json >out 2>/dev/null
is "documents of Word 97, a message and a mail beside it are read" \
	"$(python3 -c 'import json; r = json.load(open("beside.json")); print(r["rejected"], r["textless"], r["unreadable"], r["warnings"])')" "0 0 0 0"
is "with what is attached to them" "$(hoso search 'kèm văn bản còn thiếu của đợt giao nộp' --json 2>/dev/null | python3 -c 'import json,sys; print(json.load(sys.stdin)["total"] >= 1)')" True
