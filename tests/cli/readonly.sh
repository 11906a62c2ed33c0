#!/bin/sh
# An archive on a disk that takes no writes, and one that belongs to somebody else: everything that only reads works, and
# what writes says which path, what was wanted, and what to do. In a mount namespace of its own.
if [ -z "${HOSO_OWN_MOUNTS-}" ]; then
	why=$(unshare -m sh -c 'mount -t tmpfs -o size=1m none /mnt' 2>&1) || {
		echo "skipped: no file system can be mounted here ($why)"
		exit 77
	}
	HOSO_OWN_MOUNTS=1 exec unshare -m "$0" "$@"
fi
. "$(dirname "$0")/../tap.sh"

printf '{"id":"a-1","number":"1/QĐ","subject":"Về việc thu hồi đất","cases":["H-1"],"text":"Quyết định thu hồi đất"}\n' \
	>"$scratch/one.jsonl"
printf '{"id":"b-1","subject":"Khác","text":"khác"}\n' >"$scratch/two.jsonl"
exits "a record" 0 hoso ingest "$scratch/one.jsonl"
exits "a checkpoint" 0 hoso checkpoint
mount --bind "$HOSO_ARCHIVE" "$HOSO_ARCHIVE" && mount -o remount,bind,ro "$HOSO_ARCHIVE" || exit 2

# reads HOW: what only reads
reads() {
	exits "$1: search" 0 hoso search 'thu hoi dat'
	contains "$1: it is found" "$scratch/out" 'a-1'
	exits "$1: get" 0 hoso get a-1 --text
	exits "$1: verify" 0 hoso verify
	exits "$1: stats" 0 hoso stats
	exits "$1: the checkpoint that is there" 0 hoso checkpoint
	exits "$1: prove" 0 hoso prove a-1
	exits "$1: export" 0 hoso export --case H-1 -o "$scratch/case-$1.zip"
	exits "$1: backup" 0 hoso backup "$scratch/backup-$1"
	exits "$1: restore of it" 0 hoso -a "$scratch/restored-$1" restore --without-key "$scratch/backup-$1"
}

reads readonly
exits "ingest says what is wrong" 3 hoso ingest "$scratch/two.jsonl"
contains "it names the path, the reason and a remedy" "$scratch/err" "$HOSO_ARCHIVE.*[Rr]ead-only.*mount"
exits "destroy says so too" 3 hoso destroy --decision 1 --date 2026-12-01 --reason x --approved-by A --and-by B --yes a-1
contains "destroy: path, reason, remedy" "$scratch/err" "$HOSO_ARCHIVE.*[Rr]ead-only.*mount"
exits "serve says how to serve without a trace" 3 timeout 10 "$HOSO_BIN" serve --listen 127.0.0.1:0
contains "serve: path, reason, remedy" "$scratch/err" "$HOSO_ARCHIVE.*[Rr]ead-only.*--no-access-log"
"$HOSO_BIN" serve --listen 127.0.0.1:0 --no-access-log >"$scratch/serve.out" 2>"$scratch/serve.err" &
service=$!
for i in $(seq 50); do
	url=$(sed -n 's/^listening on //p' "$scratch/serve.out") && [ -n "$url" ] && break
	sleep 0.1
done
is "serve: a record" "$(curl -s -o /dev/null -w '%{http_code}' "$url/v1/records/a-1/text")" 200
is "serve: a search" "$(curl -s "$url/v1/search?q=thu+hoi+dat" | json "len(d['hits'])")" 1
is "serve: a package" "$(curl -s -o /dev/null -w '%{http_code}' "$url/v1/cases/H-1/package")" 200
is "serve: ready to read" "$(curl -s -o /dev/null -w '%{http_code}' "$url/readyz")" 200
is "serve: no record is taken" "$(curl -s -o /dev/null -w '%{http_code}' -H 'Content-Type: application/json' \
	-d '{"subject":"x","text":"y"}' "$url/v1/records")" 503
kill "$service"
wait "$service" 2>/dev/null
service=
umount "$HOSO_ARCHIVE"

# somebody else's: without rights on it, which root always has
if su -s /bin/sh nobody -c true 2>/dev/null; then
	chmod -R a+rX "$scratch"
	cp "$HOSO_BIN" "$scratch/hoso"
	exits "another's archive: get" 0 su -s /bin/sh nobody -c "$scratch/hoso -a $HOSO_ARCHIVE get a-1 --text"
	exits "another's archive: search" 0 su -s /bin/sh nobody -c "$scratch/hoso -a $HOSO_ARCHIVE search 'thu hoi dat'"
	exits "another's archive: ingest" 3 su -s /bin/sh nobody -c "$scratch/hoso -a $HOSO_ARCHIVE ingest $scratch/two.jsonl"
	contains "it names the path, the reason and a remedy" "$scratch/err" "$HOSO_ARCHIVE.*denied.*owner"
else
	skip "another's archive" "no other user can be taken on here"
fi
