#!/bin/sh
# Ctrl-C and SIGTERM: the command says that it was interrupted and ends with 130 or 143; an ingest reports what was done.
. "$(dirname "$0")/../tap.sh"

record() {
	printf '{"id":"n%s","number":"%s/QĐ-UBND","text":"Quyết định về kinh phí số %s"}\n' "$1" "$1" "$1"
}

# interrupt SIGNAL: an ingest whose input does not end is stopped; $code, $scratch/out, $scratch/err
interrupt() {
	mkfifo "$scratch/pipe"
	{
		record "$1-1"
		record "$1-2"
		exec sleep 30
	} >"$scratch/pipe" &
	writer=$!
	"$HOSO_BIN" ingest -q --json - <"$scratch/pipe" >"$scratch/out" 2>"$scratch/err" &
	sleep 1
	kill -"$1" $!
	wait $!
	code=$?
	kill $writer || code="$code, but only at the end of its input"
	wait $writer 2>/dev/null
	rm "$scratch/pipe"
}

# sh starts what runs in the background with SIGINT ignored; the program catches it all the same
interrupt INT
is "Ctrl-C ends an ingest with 130" "$code" 130
contains "which says so in Vietnamese" "$scratch/err" 'đã bị ngắt'
contains "and in English" "$scratch/err" 'interrupted'
is "the report has what was done" "$(json "(d['added'], d['interrupted'], d['tree_size'])" <"$scratch/out")" "(2, True, 2)"
is "which is there" "$(hoso get nINT-2 --text)" "Quyết định về kinh phí số INT-2"

interrupt TERM
is "SIGTERM ends it with 143" "$code" 143
is "the report has what was done" "$(json "(d['added'], d['interrupted'], d['tree_size'])" <"$scratch/out")" "(2, True, 4)"

record again >"$scratch/more.jsonl"
exits "afterwards the archive takes more" 0 hoso ingest -q "$scratch/more.jsonl"
exits "and is whole" 0 hoso verify

# a command that does not look for the signal
mkfifo "$scratch/pipe"
"$HOSO_BIN" analyse - <"$scratch/pipe" >"$scratch/out" 2>"$scratch/err" &
program=$!
exec 9>"$scratch/pipe"
sleep 0.5
kill -TERM $program
wait $program
is "any command ends with 143" $? 143
contains "and says so" "$scratch/err" 'interrupted'
