#!/bin/sh
# Proves from the compiled objects that no files of a room call one another in a circle: includes can hide that behind a
# header which declares for several files, symbols cannot.
#
#   circles.sh BUILD
#
# A unit is one source file. It leads to each unit of its room that defines a symbol which it uses.
set -u
build=${1:?"usage: circles.sh BUILD"}
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$build" || exit 2
status=0

# of_sources FOLDER: its objects, but those that a renamed source left behind
of_sources() {
	for object in "$1"/*.o; do
		source=$(echo "${object%.o}" | sed -E 's#/?CMakeFiles/[^/]*\.dir/#/#')
		[ ! -f "$root/$source" ] || echo "$object"
	done
}

for target in base tokenizer store indexer server cli; do
	[ -d "$target/CMakeFiles" ] || continue
	rooms=$(find "$target/CMakeFiles" -name '*.o' | sed -E 's#/[^/]*$##' | sort -u)
	for room in $rooms; do
		# "FILE SYMBOL defined|used"
		circle=$(nm -A --extern-only $(of_sources "$room") 2>/dev/null | sed -E 's#^.*/([^/:]+)\.(c|cc)\.o:#\1 #' |
			awk '{ print $1, $NF, $(NF - 1) == "U" ? "used" : "defined" }' | awk '
			{ if ($3 == "defined") home[$2] = $1; else use[$1 " " $2] = 1 }
			END {
				for (u in use) {
					split(u, part, " ")
					if ((part[2] in home) && home[part[2]] != part[1]) {
						e = part[1] " -> " home[part[2]]
						edge[e] = edge[e] " " part[2]
					}
				}
				do {
					taken = 0
					split("", has_out); split("", has_in)
					for (e in edge) { split(e, end, " -> "); has_out[end[1]] = has_in[end[2]] = 1 }
					for (e in edge) {
						split(e, end, " -> ")
						if (!(end[2] in has_out) || !(end[1] in has_in)) { delete edge[e]; taken = 1 }
					}
				} while (taken)
				for (e in edge) print e ":" edge[e]
			}')
		name=$(echo "$room" | sed -E 's#^([a-z]+)/CMakeFiles/([^/]*)\.dir#\1 (\2)#')
		if [ -z "$circle" ]; then
			echo "ok - no circle in $name"
		else
			echo "not ok - the files of $name call one another in a circle"
			echo "$circle" | sort | cut -c1-200 | head -40 | sed 's/^/#   /'
			status=1
		fi
	done
done
exit $status
