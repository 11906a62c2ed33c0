#!/bin/sh
# Real official documents: everything comes back byte for byte, every number finds its record, again adds nothing.
# HOSO_CORPUS_RECORDS says how many of the 8,867 (600; script/campaign takes them all).
. "$(dirname "$0")/../tap.sh"

corpus=$HOSO_SHARED/corpus/records.dev.jsonl.zst
[ -f "$corpus" ] || skip_all "there is no $corpus"
command -v zstd >/dev/null || skip_all "there is no zstd"
zstd -dc "$corpus" 2>/dev/null | awk -v want="${HOSO_CORPUS_RECORDS:-600}" -v all=8867 \
	'want >= all || int(NR * want / all) > int((NR - 1) * want / all)' >"$scratch/records.jsonl"
exits "the records are taken in" 0 hoso ingest -q --json "$scratch/records.jsonl"
is "all of them" "$(json "d['added'] + d['duplicates']" <"$scratch/out")" "$(wc -l <"$scratch/records.jsonl")"
root_before=$(json "d['root']" <"$scratch/out")
exits "again adds nothing" 0 hoso ingest -q --json "$scratch/records.jsonl"
is "and changes nothing" "$(json "d['added'], d['versions'], d['root']" <"$scratch/out")" "(0, 0, '$root_before')"

python3 - "$HOSO_BIN" "$scratch/records.jsonl" "${HOSO_CORPUS_CHECKS:-120}" <<'P'
import json, subprocess, sys

binary, path, checks = sys.argv[1], sys.argv[2], int(sys.argv[3])
records = [json.loads(line) for line in open(path, encoding="utf-8")]
step = max(1, len(records) // checks)
texts = numbers = asked = 0
bad = []
for record in records[::step]:
    asked += 1
    text = subprocess.run([binary, "get", record["id"], "--text"], capture_output=True).stdout
    if text == record["text"].encode():
        texts += 1
    else:
        bad.append("text of " + record["id"])
    if not record.get("number"):
        numbers += 1
        continue
    out = subprocess.run([binary, "get", "--json", record["number"]], capture_output=True).stdout
    if ('"id":"%s"' % record["id"]).encode() in out:
        numbers += 1
    else:
        bad.append("number %s of %s" % (record["number"], record["id"]))
for name, count in (("every text comes back byte for byte", texts), ("every number finds its record", numbers)):
    print(("ok - %s" if count == asked else "not ok - %s") % name)
for line in bad[:20]:
    print("#   " + line)
sys.exit(1 if bad else 0)
P
[ $? = 0 ] || failures=$((failures + 1))
exits "verify finds everything intact" 0 hoso verify
