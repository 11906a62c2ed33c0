#!/bin/sh
# How things end: an export that is stopped leaves the good file of that name, SIGHUP leaves the service, SIGTERM lets a
# download come to its end, a second one does not wait.
. "$(dirname "$0")/../tap.sh"

head -c 60000000 /dev/urandom >"$scratch/big.bin"
mkdir "$scratch/in"
cp "$scratch/big.bin" "$scratch/in/scan.bin"
printf '{"id":"big","subject":"Bản quét lớn","cases":["H-1"],"files":["in/scan.bin"]}\n' >"$scratch/big.jsonl"
exits "a case file of 60 MB" 0 hoso ingest "$scratch/big.jsonl"

# ---- results get their name when they are whole
exits "export" 0 hoso export --case H-1 -o "$scratch/case.zip"
good=$(sha256sum <"$scratch/case.zip")
stopped=0
for pause in 0.01 0.02 0.04 0.06 0.08 0.1; do
	"$HOSO_BIN" export --case H-1 -o "$scratch/case.zip" >/dev/null 2>&1 &
	sleep $pause
	kill -INT $! 2>/dev/null && stopped=$((stopped + 1))
	wait $! 2>/dev/null
	unzip -tq "$scratch/case.zip" >/dev/null 2>&1 || fail "after $pause s the export is whole"
done
[ $stopped -gt 0 ] && pass "exports were stopped: $stopped"
is "nothing else is left behind" "$(ls "$scratch" | grep -c part)" 0
[ -n "$good" ] && exits "get writes over a file" 0 hoso get big --content -o "$scratch/case.zip"
cmp -s "$scratch/case.zip" "$scratch/big.bin" && pass "it is the new one" || fail "it is the new one"
exits "a device is written to as it is" 0 hoso export --case H-1 -o /dev/null
[ -c /dev/null ] && pass "and stays one" || fail "and stays one"

# ---- the service
start() {
	"$HOSO_BIN" serve --listen 127.0.0.1:0 "$@" >"$scratch/serve.out" 2>"$scratch/serve.err" &
	service=$!
	for i in $(seq 50); do
		url=$(sed -n 's/^listening on //p' "$scratch/serve.out") && [ -n "$url" ] && break
		sleep 0.1
	done
}
start
kill -HUP $service
sleep 0.3
is "SIGHUP leaves the service" "$(curl -s -o /dev/null -w '%{http_code}' "$url/healthz")" 200
curl -s --limit-rate 10M -o "$scratch/download" "$url/v1/records/big/content" &
download=$!
sleep 1
kill $service
wait $download
is "a download of six seconds ends whole at SIGTERM" "$?" 0
cmp -s "$scratch/download" "$scratch/big.bin" && pass "it is right" || fail "it is right"
wait $service
is "then the service ends" "$?" 0
start --grace 1
curl -s --limit-rate 5M -o "$scratch/download" "$url/v1/records/big/content" &
download=$!
sleep 1
begun=$(date +%s)
kill $service
wait $service
is "with a grace of one second" "$(($(date +%s) - begun < 5))" 1
kill $download 2>/dev/null
wait $download 2>/dev/null
service=
exit 0
