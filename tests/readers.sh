#!/bin/sh
# readers.sh [ROOT] - every reader of foreign bytes has a fuzz target, every target has inputs (tests/fuzz/readers.txt).
cd "${1:-$(dirname "$0")/..}" || exit 3
failures=0

# check NAME FOUND: nothing may be found
check() {
	if [ -z "$2" ]; then
		echo "ok - $1"
	else
		echo "not ok - $1"
		echo "$2" | sed 's/^/#   /'
		failures=$((failures + 1))
	fi
}

list=tests/fuzz/readers.txt
rows=$(sed 's/#.*//' $list | awk 'NF >= 2 { print $1, $2 }')

missing=$(grep -ohE '\b[a-z][a-z_0-9]*_(parse|parse_[a-z]+|decode|scan)\(' -r base tokenizer store indexer server --include='*.h' |
	tr -d '(' | sort -u | while read -r name; do
	echo "$rows" | grep -q "^$name " || echo "$name"
done)
check "every function that parses, decodes or scans has a row in $list" "$missing"

gone=$(echo "$rows" | while read -r name _; do
	grep -qrE "\b$name\(" base tokenizer store indexer server --include='*.h' || echo "$name"
done)
check "every row is of a function that there is" "$gone"

untargeted=$(echo "$rows" | while read -r name target; do
	[ "$target" = - ] || [ -f "tests/fuzz/$target.c" ] || echo "$name $target"
done)
check "every target of the list is there" "$untargeted"

empty=$(for target in tests/fuzz/*_*.c; do
	name=$(basename "$target" .c)
	[ -n "$(ls "tests/corpus/$name" 2>/dev/null)" ] || echo "$name"
done)
check "every target has inputs that are replayed" "$empty"
[ $failures = 0 ]
