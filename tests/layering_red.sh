#!/bin/sh
# The test of tests/layering.sh: with one include turned round, past a door or in a circle it must be red.
set -u
cd "$(dirname "$0")/.." || exit 2
failed=0
# red NAME RULE FILE HEADER
red() {
	if LAYERING_EXTRA="$3 $4" sh tests/layering.sh | grep -A 40 "^not ok - $2" | grep -q "$3\|${3%.*}"; then
		echo "ok - $1 is seen"
	else
		echo "not ok - $1 is not seen: $3 includes $4"
		failed=1
	fi
}
red "an include that is turned round" "every include" store/format/frame.c store/log/store.h
red "an include into a folder further right" "every include" tokenizer/fold.c store/format/hash.h
red "an include past a door of store/" "what lies outside" cli/get.c store/log/table.h
red "an include past a door of indexer/" "what lies outside" server/routes/search_routes.c indexer/search/parse.h
red "a circle in a room" "the files of a room" base/str.h base/buf.h
exit $failed
