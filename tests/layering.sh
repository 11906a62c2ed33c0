#!/bin/sh
# Proves which room may include which, through which doors, and that each third-party name stays in its one place.
#
#   layering.sh [ROOT]            every rule, one line "ok" or "not ok" each
#   layering.sh --matrix [ROOT]   the includes between rooms, counted
#
# A room is a folder of the table below; a source file belongs to the longest room its path begins with. It may include
# its own room and what stands behind the colon: a room, or one header. A room of another top folder is entered by its
# doors only. LAYERING_EXTRA="FILE HEADER" adds an include that no file has: the test of this test.
set -u
matrix=no
[ "${1:-}" = --matrix ] && { matrix=yes; shift; }
cd "${1:-$(dirname "$0")/..}" || exit 2
failed=0

rooms='
base:
tokenizer:          base

store/format:       base
store/log:          base store/format
store/proof:        base store/format store/log
store/record:       base store/format store/log
store/care:         base store/format store/log store/proof store/access
store/package:      base store/format store/log store/proof store/record
store/access:       base store/format

indexer/source:     base tokenizer store
indexer/extract:    base tokenizer store indexer/source
indexer/terms:      base tokenizer store
indexer/glass:      base store/format/hash.h
indexer/invert:     base indexer/glass
indexer/match:      base indexer/glass
indexer/shards:     base store indexer/terms indexer/glass indexer/invert indexer/match
indexer/correct:    base tokenizer indexer/terms indexer/match
indexer/search:     base tokenizer store indexer/terms indexer/match indexer/correct indexer/shards
indexer/report:     base store indexer/search indexer/shards
indexer/ingest:     base tokenizer store indexer/source indexer/extract indexer/shards/index.h indexer/search/holders.h
indexer/recognise:  base tokenizer store indexer/source indexer/extract indexer/ingest indexer/shards/index.h

server/http:        base store indexer
server/jobs:        base store indexer
server/pages:       base server/http
server/routes:      base store indexer server/http server/jobs server/pages
server:             base store indexer server/http server/jobs server/pages server/routes

cli/verifier:
cli:                base tokenizer store indexer server
'

# What those outside a top folder may include of it; base and tokenizer have no rooms: all their headers are doors.
doors='
store/log/store.h store/log/options.h store/format/hash.h store/format/limits.h store/format/entry.h
store/record/record.h store/record/fields.h store/record/text_state.h store/record/sealed.h store/record/entry_json.h store/record/case_file.h
store/proof/checkpoint.h store/proof/proof.h store/proof/proof_json.h store/care/verify.h store/care/scrub.h store/care/hold.h store/care/destroy.h
store/care/recompress.h store/care/backup.h store/care/restore.h store/care/repair.h store/proof/new_key.h store/package/package.h store/access/access_log.h
indexer/shards/index.h indexer/search/search.h indexer/search/related.h indexer/search/holders.h indexer/ingest/ingest.h indexer/ingest/seal.h indexer/recognise/recognise.h indexer/recognise/layout.h indexer/recognise/pages.h indexer/extract/extract.h
indexer/report/
server/server.h
'

product="base tokenizer store indexer server cli"
sources() {
	find "$@" \( -name '*.c' -o -name '*.h' -o -name '*.cc' -o -name '*.hh' \) 2>/dev/null | sort
}

# "FILE HEADER" for every quoted include of the product
includes() {
	sources $product | xargs grep -E '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' /dev/null |
		sed -E 's/^([^:]*):[^"]*"([^"]*)".*/\1 \2/' | grep -vE '(\.inc|_data\.c)$'
	[ -z "${LAYERING_EXTRA:-}" ] || echo "$LAYERING_EXTRA"
}

# graph WHAT: "rooms" includes against the table, "doors" includes past a door, "circles" files of a room that lead back
# to themselves, "matrix" the counts
graph() {
	includes | awk -v what="$1" -v table="$rooms" -v open="$doors" '
	function room_of(path,   i, best) {
		for (i = 1; i <= room_count; i++)
			if (index(path, room[i] "/") == 1 && length(room[i]) > length(best))
				best = room[i]
		return best
	}
	function top_of(path) { return substr(path, 1, index(path "/", "/") - 1) }
	function unit_of(path) { sub(/\.(c|h|cc|hh)$/, "", path); return path }
	function is_allowed(from, to, header,   i, n, word) {
		if (from == to)
			return 1
		n = split(may[from], word, " ")
		for (i = 1; i <= n; i++)
			if (word[i] == to || word[i] == header || word[i] == top_of(to))
				return 1
		return 0
	}
	function is_door(header,   i, n, word) {
		n = split(open, word, /[ \n]+/)
		for (i = 1; i <= n; i++)
			if (word[i] != "" && (word[i] == header || (word[i] ~ /\/$/ && index(header, word[i]) == 1)))
				return 1
		return 0
	}
	BEGIN {
		n = split(table, line, "\n")
		for (i = 1; i <= n; i++)
			if (split(line[i], half, ":") > 1) {
				room[++room_count] = half[1]
				may[half[1]] = half[2]
			}
	}
	{
		from = room_of($1); to = room_of($2)
		if (what == "rooms" && (to == "" || !is_allowed(from, to, $2)))
			print $1 " includes " $2 ": " from " may not include " (to == "" ? "that" : to)
		if (what == "doors" && top_of($1) != top_of($2) && $2 ~ /^(store|indexer|server)\// && !is_door($2))
			print $1 " includes " $2 ", which is no door"
		if (what == "circles" && from == to && unit_of($1) != unit_of($2))
			edge[unit_of($1) " " unit_of($2)] = 1
		if (what == "matrix" && from != to) {
			count[from, to]++
			is_from[from] = is_to[to] = 1
		}
	}
	END {
		if (what == "circles") {
			# take away what includes nothing that is left; what stays is a circle, or leads to one
			do {
				taken = 0
				split("", has_out)
				for (e in edge) { split(e, end, " "); has_out[end[1]] = 1 }
				for (e in edge) {
					split(e, end, " ")
					if (!(end[2] in has_out)) { delete edge[e]; taken = 1 }
				}
			} while (taken)
			# and what nothing leads to is no part of it
			do {
				taken = 0
				split("", has_in)
				for (e in edge) { split(e, end, " "); has_in[end[2]] = 1 }
				for (e in edge) {
					split(e, end, " ")
					if (!(end[1] in has_in)) { delete edge[e]; taken = 1 }
				}
			} while (taken)
			for (e in edge) print e
		}
		if (what == "matrix") {
			printf "%-16s", "from \\ to"
			for (i = 1; i <= room_count; i++)
				if (room[i] in is_to) { name = room[i]; sub(/.*\//, "", name); printf " %4.4s", name }
			printf "\n"
			for (i = 1; i <= room_count; i++) {
				if (!(room[i] in is_from)) continue
				printf "%-16s", room[i]
				for (j = 1; j <= room_count; j++)
					if (room[j] in is_to)
						printf " %4s", ((room[i], room[j]) in count) ? count[room[i], room[j]] : "."
				printf "\n"
			}
		}
	}' | sort_unless_matrix "$1"
}
sort_unless_matrix() {
	if [ "$1" = matrix ]; then cat; else sort; fi
}

if [ $matrix = yes ]; then
	graph matrix
	exit 0
fi

# report NAME LINES: a rule holds when nothing was found against it
report() {
	if [ -z "$2" ]; then
		echo "ok - $1"
	else
		echo "not ok - $1"
		printf '%s\n' "$2" | head -40 | sed 's/^/#   /'
		failed=1
	fi
}

report "every include is one that the table of rooms allows" "$(graph rooms)"
report "what lies outside a folder comes in by its doors" "$(graph doors)"
report "the files of a room do not include one another in a circle" "$(graph circles)"
report "no include climbs with .." "$(sources $product | xargs grep -nE '#[[:space:]]*include[[:space:]]*"[^"]*\.\.')"

# stays NAME PATTERN ALLOWED-FILES (extended expressions: of the header, of paths)
stays() {
	report "$1 is used only in $3" "$(sources $product | grep -vE "^($3)" | xargs grep -nE "#[[:space:]]*include[[:space:]]*<($2)")"
}
stays "ICU" "unicode/" "tokenizer/"
stays "LZ4" "lz4" "store/"
stays "Zstandard" "zstd" "store/"
stays "OpenSSL" "openssl/" "store/|cli/verifier/|indexer/source/cms_in\.c" # cms_in.c opens signed containers; hoso-verify checks proofs offline and must not trust our own code
stays "libsodium" "sodium" "store/|cli/verifier/"
stays "Xapian" "xapian" "indexer/match/xapian[a-z_]*\.(cc|hh)$"
stays "libmicrohttpd" "microhttpd" "server/"
stays "libarchive" "archive" "indexer/source/package_in\.c"
stays "GMime" "gmime/|glib" "indexer/source/mail\.c"
stays "Tesseract" "tesseract/" "indexer/extract/tesseract\.c"
stays "Leptonica" "leptonica/" "indexer/extract/leptonica\.c"
stays "libxml2" "libxml/" "indexer/extract/|indexer/source/"

# No library prints or ends the process: that is for the commands. base/event.c is the log. The extractor is a program.
report "libraries neither print nor exit" "$(sources base tokenizer store indexer | grep -vE '^(base/event\.c|tokenizer/gen/|indexer/extract/)' |
	xargs grep -nE '(^|[^a-z_])(printf|puts|exit|abort|perror)[[:space:]]*\(' | grep -vE ':[[:space:]]*(/?\*|//)')"

# The time of day may be set back: whoever waits by it waits for as long. base/clock.c alone reads it, for stamps.
report "nobody waits by the time of day" "$(sources $product | grep -v '^base/clock\.c$' |
	xargs grep -nE 'CLOCK_REALTIME|gettimeofday\(' | grep -vE ':[[:space:]]*(/?\*|//)')"

exit $failed
