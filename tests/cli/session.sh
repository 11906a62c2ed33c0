#!/bin/sh
# A newcomer's first session by command line: take in, search, open, look up, package, check, build anew.
. "$(dirname "$0")/../tap.sh"

exits "ingest of the sample ends with nothing refused" 0 hoso ingest --json "$HOSO_SAMPLE/cases.jsonl" "$HOSO_SAMPLE/records.jsonl"
records=$(wc -l <"$HOSO_SAMPLE/records.jsonl")
cases=$(wc -l <"$HOSO_SAMPLE/cases.jsonl")
is "every record and case file is counted" "$(json "d['added'], d['rejected'], d['tree_size']" <"$scratch/out")" \
	"($((records + cases)), 0, $((records + cases)))"
root_before=$(json "d['root']" <"$scratch/out")

exits "the same ingest again succeeds" 0 hoso ingest --json "$HOSO_SAMPLE/cases.jsonl" "$HOSO_SAMPLE/records.jsonl"
is "and adds nothing" "$(json "d['added'], d['versions'], d['root']" <"$scratch/out")" "(0, 0, '$root_before')"

total() {
	hoso search --json -n 1 "$@" | json "d['total']"
}
is "case does not matter" "$(total 'THU HỒI ĐẤT')" "$(total 'thu hồi đất')"
is "decomposed words find the same" "$(total "$(printf 'thu ho\314\202\314\200i \304\221a\314\202\314\201t')")" "$(total 'thu hồi đất')"
is "either tone placement finds the same" "$(total 'số hoá')" "$(total 'số hóa')"
exact=$(total 'thu hồi đất') folded=$(total 'thu hoi dat')
if [ "$exact" -gt 0 ] && [ "$folded" -ge "$exact" ]; then
	pass "words without accents find all of those with accents"
else
	fail "words without accents find all of those with accents" "with: $exact" "without: $folded"
fi
is "a word that is nowhere finds nothing" "$(hoso search --json 'xyzzyq' | json "d['total']")" 0
hoso search 'xyzzyq' >/dev/null 2>&1
is "and says so by its exit" "$?" 1

id=$(sample_value '"type":"Quyết định".*"text":' id)
number=$(sample_value '"type":"Quyết định".*"text":' number)
hoso get "$id" --text >"$scratch/text"
grep -F "\"id\":\"$id\"" "$HOSO_SAMPLE/records.jsonl" | python3 -c 'import json, sys; sys.stdout.write(json.load(sys.stdin)["text"])' >"$scratch/expected"
if cmp -s "$scratch/text" "$scratch/expected"; then
	pass "the text comes back byte for byte"
else
	fail "the text comes back byte for byte"
fi
hoso get "$number" --json >"$scratch/by-number"
contains "its number finds it" "$scratch/by-number" "\"$id\""
lower=$(printf '%s' "$number" | sed 's/QĐ/qd/; s/UBND/ubnd/; s/^0*//')
hoso get "$lower" --json >"$scratch/by-number"
contains "its number without accents, small, without leading zeros finds it too" "$scratch/by-number" "\"$id\""
exits "a number that does not exist is not found" 1 hoso get '99999/QĐ-UBND'

for name in $(cd "$HOSO_SAMPLE" && ls files); do
	id=$(sample_value "files/$name" id)
	hoso get "$id" --content >"$scratch/content"
	if cmp -s "$scratch/content" "$HOSO_SAMPLE/files/$name"; then
		pass "the original $name comes back byte for byte"
	else
		fail "the original $name comes back byte for byte"
	fi
	hoso get "$id" --text >"$scratch/text"
	python3 -c 'import sys, unicodedata; print(unicodedata.normalize("NFC", sys.stdin.read()))' <"$scratch/text" >"$scratch/composed"
	contains "its text is read" "$scratch/composed" 'Độc lập - Tự do - Hạnh phúc'
done

case=$(head -n 1 "$HOSO_SAMPLE/cases.jsonl" | json "d['case']")
exits "a case file is packed" 0 hoso export --case "$case" -o "$scratch/case.zip"
(cd "$scratch" && python3 -m zipfile -e case.zip bag) && bag=$(echo "$scratch"/bag/*)
(cd "$bag" && sha256sum -c --quiet manifest-sha256.txt) >"$scratch/sums" 2>&1
is "and every file in it has the hash of its manifest" "$?" 0
expected=$(grep -cF "\"cases\":[\"$case\"]" "$HOSO_SAMPLE/records.jsonl")
is "and every record of the case is in it" "$(find "$bag/data" -name van-ban.json | wc -l)" "$expected"
exits "by its code in small letters too" 0 hoso export --case "$(echo "$case" | tr 'A-Z' 'a-z')" -o "$scratch/small.zip"
is "and it is the same package" "$(cmp "$scratch/case.zip" "$scratch/small.zip" 2>&1)" ""
exits "a case file that does not exist is not found" 1 hoso export --case KHONG-CO -o "$scratch/none.zip"

exits "verify finds everything intact" 0 hoso verify --json
is "and computes the same root" "$(json "d['intact'], d['root']" <"$scratch/out")" "(True, '$root_before')"
exits "stats reports" 0 hoso stats --json
before=$(hoso search --json -n 20 'kế hoạch năm 2021' | json "[h['id'] for h in d['hits']]")
exits "the index is built anew" 0 hoso reindex
is "and answers the same" "$(hoso search --json -n 20 'kế hoạch năm 2021' | json "[h['id'] for h in d['hits']]")" "$before"
rm -rf "$HOSO_ARCHIVE/index"
exits "without its index directory too" 0 hoso reindex
is "and answers the same again" "$(hoso search --json -n 20 'kế hoạch năm 2021' | json "[h['id'] for h in d['hits']]")" "$before"

exits "a command that does not exist is a matter of usage" 2 hoso frobnicate
exits "so is an option that does not exist" 2 hoso search --frobnicate x
exits "help is help" 0 hoso search --help
HOSO_ARCHIVE=$scratch/nowhere exits "an archive that is not there is named" 3 hoso search x
contains "by its path" "$scratch/err" nowhere

# One changed byte, anywhere in the middle of a segment.
segment=$(ls "$HOSO_ARCHIVE"/segments/*.seg | head -n 1)
size=$(stat -c %s "$segment")
chmod u+w "$segment"
printf 'X' | dd of="$segment" bs=1 seek=$((size / 2)) conv=notrunc 2>/dev/null
exits "a changed byte is found" 1 hoso verify
contains "and its place is named" "$scratch/out" '[0-9]+\.seg'
