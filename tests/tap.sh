# tests/tap.sh - for the shell tests: one line "ok - …", "not ok - …" or "skipped - …" for each check. Sourced, not run.
# A check that cannot run says so with skip; a test of which nothing can run ends with skip_all.
#
#   HOSO_BIN         the program                       HOSO_SAMPLE      what hoso-sample wrote
#   HOSO_SAMPLE_BIN  the generator                     HOSO_SHARED      test data, where there is any
#
# $scratch is a directory of the test's own, removed at the end.

cd "$(dirname "$0")/../.." || exit 2
root=$PWD
: "${HOSO_BIN:=$root/build/dev/cli/hoso}"
: "${HOSO_SAMPLE_BIN:=$root/build/dev/bench/hoso-sample}"
: "${HOSO_SHARED:=$root/../shared}"

# skip_all REASON: ends the whole test as skipped
skip_all() {
	echo "skipped: $1"
	exit 77
}

[ -x "$HOSO_BIN" ] || skip_all "there is no $HOSO_BIN; run script/build dev"
scratch=$(mktemp -d)
failures=0
service=

finish() {
	status=$?
	[ -z "$service" ] || { kill "$service" 2>/dev/null; wait "$service" 2>/dev/null; }
	rm -rf "$scratch"
	[ $status = 0 ] && [ $failures != 0 ] && status=1
	exit $status
}
trap finish EXIT
trap 'exit 1' INT TERM

: "${HOSO_SAMPLE:=$scratch/sample}"
[ -f "$HOSO_SAMPLE/records.jsonl" ] || "$HOSO_SAMPLE_BIN" "$HOSO_SAMPLE" || exit 2

export HOSO_ARCHIVE=$scratch/archive

hoso() {
	"$HOSO_BIN" "$@"
}

pass() {
	echo "ok - $1"
}

# fail NAME [DETAIL…]
fail() {
	echo "not ok - $1"
	shift
	[ $# = 0 ] || printf '%s\n' "$@" | sed 's/^/#   /' | head -20
	failures=$((failures + 1))
}

# skip NAME REASON: this check cannot run here; counted apart from those that passed
skip() {
	echo "skipped - $1: $2"
}

# is NAME ACTUAL EXPECTED
is() {
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1" "is:       $2" "expected: $3"
	fi
}

# exits NAME STATUS COMMAND…: standard output and error go to $scratch/out and $scratch/err
exits() {
	name=$1 expected=$2
	shift 2
	"$@" >"$scratch/out" 2>"$scratch/err"
	status=$?
	if [ $status = "$expected" ]; then
		pass "$name"
	else
		fail "$name" "exit $status, expected $expected" "$(tail -n 5 "$scratch/err")"
	fi
}

# contains NAME FILE PATTERN
contains() {
	if grep -qE -- "$3" "$2"; then
		pass "$1"
	else
		fail "$1" "no line matches $3" "$(head -n 8 "$2")"
	fi
}

# json EXPRESSION: a Python expression over the JSON document d on standard input
json() {
	python3 -c 'import json, sys
d = json.load(sys.stdin)
print(eval(sys.argv[1]))' "$1"
}

# sample_value PATTERN MEMBER, of the first record whose line matches
sample_value() {
	grep -E -m 1 -- "$1" "$HOSO_SAMPLE/records.jsonl" | json "d['$2']"
}
