#!/bin/sh
# An archive that lost its log, or the end of it: it takes no writes, keeps what still tells what was there, and every answer
# says that something may be missing.
. "$(dirname "$0")/../tap.sh"

printf '{"id":"a-%d","subject":"Về việc thu hồi đất","text":"Quyết định thu hồi đất tại xã"}\n' 1 2 3 4 5 >"$scratch/five.jsonl"
printf '{"id":"later","subject":"Về việc khác","text":"đến sau"}\n' >"$scratch/later.jsonl"

# told NAME: what a person is told of $HOSO_ARCHIVE, whose end is missing
told() {
	exits "$1: ingest fails" 3 hoso ingest "$scratch/later.jsonl"
	contains "$1: it says what is missing" "$scratch/err" 'end of the log is missing.* and [0-9]+ are there'
	exits "$1: verify finds it" 1 hoso verify
	exits "$1: checkpoint signs nothing new" 3 hoso checkpoint
	exits "$1: a search does not answer with nothing" 3 hoso search --json 'thu hoi dat'
	contains "$1: it says why" "$scratch/err" 'damaged or missing.*hoso verify'
	"$HOSO_BIN" serve --listen 127.0.0.1:0 >"$scratch/serve.out" 2>"$scratch/serve.err" &
	service=$!
	for i in $(seq 50); do
		url=$(sed -n 's/^listening on //p' "$scratch/serve.out") && [ -n "$url" ] && break
		sleep 0.1
	done
	is "$1: it is not ready" "$(curl -s -o /dev/null -w '%{http_code}' "$url/readyz")" 503
	is "$1: a record is refused" "$(curl -s -o /dev/null -w '%{http_code}' -H 'Content-Type: application/json' \
		-d '{"subject":"x","text":"y"}' "$url/v1/records")" 503
	kill "$service"
	wait "$service" 2>/dev/null
	service=
}

exits "five records" 0 hoso ingest "$scratch/five.jsonl"
cp -r "$HOSO_ARCHIVE" "$scratch/kept"
rm "$HOSO_ARCHIVE"/segments/*
told "emptied"
is "emptied: no new segment" "$(ls "$HOSO_ARCHIVE/segments")" ""
is "emptied: the index is kept" "$(ls -d "$HOSO_ARCHIVE"/index/MANIFEST)" "$HOSO_ARCHIVE/index/MANIFEST"

# written by an older hoso, which knew of no mark: the index is all that tells
rm -rf "$HOSO_ARCHIVE"
cp -r "$scratch/kept" "$HOSO_ARCHIVE"
hoso reindex >/dev/null
rm -r "$HOSO_ARCHIVE"/segments "$HOSO_ARCHIVE/durable"
exits "without a mark: a search does not answer with nothing" 3 hoso search x
exits "without a mark: ingest fails, for the index tells" 3 hoso ingest "$scratch/later.jsonl"
contains "without a mark: it says who knows" "$scratch/err" 'the index knows 5 records, and 0 are there'
is "without a mark: the index is kept" "$(ls -d "$HOSO_ARCHIVE"/index/MANIFEST)" "$HOSO_ARCHIVE/index/MANIFEST"

rm -rf "$HOSO_ARCHIVE"
cp -r "$scratch/kept" "$HOSO_ARCHIVE"
size=$(wc -c <"$HOSO_ARCHIVE/segments/00000001.seg")
truncate -s $((size / 2)) "$HOSO_ARCHIVE/segments/00000001.seg"
told "cut to half"
