#!/bin/bash
# What the README tells a newcomer to type works as it stands there.
. "$(dirname "$0")/../tap.sh"

source=${HOSO_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
mkdir "$scratch/clone"
cd "$scratch/clone" || exit 1
unset HOSO_ARCHIVE
unset -f hoso
PATH="$(dirname "$HOSO_BIN"):$PATH"
"$HOSO_SAMPLE_BIN" sample >/dev/null
hoso -a archive ingest -q sample/cases.jsonl sample/records.jsonl 2>"$scratch/said" || fail "the sample is taken in" "$(cat "$scratch/said")"

# the first block of commands that begins with the program
sed -n '/^```sh/,/^```/p' "$source/README.md" | grep '^hoso ' | sed 's/  *#.*//' >"$scratch/lines"
[ -s "$scratch/lines" ] && pass "the README has commands" || fail "the README has commands"
while read -r line; do
	timeout 60 bash -c "$line" >"$scratch/out" 2>"$scratch/said"
	status=$?
	if [ $status = 0 ] && [ -s "$scratch/out" -o -s "$scratch/said" ]; then
		pass "$line"
	else
		fail "$line" "exit $status" "$(head -c 300 "$scratch/said")" "$(head -c 300 "$scratch/out")"
	fi
done <"$scratch/lines"
