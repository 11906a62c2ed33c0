#!/bin/sh
# How commands read their options, and what they say when they can't.
. "$(dirname "$0")/../tap.sh"

printf '%s\n' '{"id":"a-1","text":"chính quyền đô thị","issued":"2020-01-01"}' '{"id":"a-2","text":"chính quyền xã","issued":"2021-01-01"}' >"$scratch/two.jsonl"
exits "a record list is taken in" 0 hoso ingest -q "$scratch/two.jsonl"

hits() {
	hoso search --json "$@" | json "' '.join(h['id'] for h in d['hits'])"
}
is "a value follows its option" "$(hits --sort issued --limit 1 'chính quyền')" "a-1"
is "or stands behind an equals sign" "$(hits --sort=-issued --limit=1 'chính quyền')" "a-2"
is "a short option takes it with or without a blank" "$(hits -n 1 --sort issued chính)$(hits -n1 --sort issued chính)" "a-1a-1"
is "options may stand behind words" "$(hits chính quyền --sort issued -n 1)" "a-1"
is "behind -- everything is a word" "$(hits -- chính -đô)" "a-2"
is "the archive can be named before and after the command" "$(hoso -a "$HOSO_ARCHIVE" get a-1 --text)" "$(hoso get --text a-1 -a "$HOSO_ARCHIVE")"

# refused NAME WHAT-IT-SAYS COMMAND…
refused() {
	name=$1 says=$2
	shift 2
	exits "$name is a usage error" 2 "$@"
	contains "and says so" "$scratch/err" "$says"
}
refused "an unknown option" "unknown option '--nothing'" hoso search --nothing
refused "an unknown letter" "unknown option '-x'" hoso search -x
refused "a letter that is not ASCII" "unknown option '-đô'" hoso search -đô
refused "a missing value" "--limit needs a value" hoso search a --limit
refused "a missing value of a letter" "-n needs a value" hoso search a -n
refused "a value for a flag" "'--json=yes': this option takes no value" hoso search --json=yes a
refused "a missing word" "ID|NUMBER is missing" hoso get
refused "a word too many" "too many arguments: 'b'" hoso get a b
refused "an unknown command" "no command 'fetch'" hoso fetch
refused "an unknown option before the command" "unknown option '-x'" hoso -x get a
refused "an archive without a name" "'-a' needs a value" hoso -a
refused "no command" "usage: hoso" hoso

for command in $(hoso --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
	exits "$command has a help" 0 hoso "$command" --help
	contains "which begins with its usage" "$scratch/out" "^usage: hoso \[-a DIR\] $command"
done
exits "search explains its query language" 0 hoso search --help
contains "with an example of each field" "$scratch/out" 'năm:2015\.\.2019 .*\(year:\)'
