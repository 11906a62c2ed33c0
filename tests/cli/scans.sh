#!/bin/sh
# Real scans: each is found by a phrase that a person reads on its first page (scans.tsv). First pages only;
# HOSO_SCANS=whole recognises all pages of them.
. "$(dirname "$0")/../tap.sh"

scans=$HOSO_SHARED/scans
[ -d "$scans/scan_pdf" ] || skip_all "there are no scans in $scans"
command -v pdfseparate >/dev/null || skip_all "pdfseparate is missing (poppler-utils)"
in=$scratch/in
mkdir "$in"
sed '/^#/d' "$root/tests/cli/scans.tsv" >"$scratch/list"
number=0
while IFS='	' read -r file phrase; do
	number=$((number + 1))
	copy=$number.${file##*.}
	case $file in
	*.pdf | *.PDF)
		if [ "${HOSO_SCANS:-first}" = whole ]; then cp "$scans/$file" "$in/$copy"
		else pdfseparate -f 1 -l 1 "$scans/$file" "$in/$copy"; fi ;;
	*) cp "$scans/$file" "$in/$copy" ;;
	esac
	echo "{\"id\":\"scan-$number\",\"files\":[\"$copy\"]}" >>"$in/list.jsonl"
done <"$scratch/list"
hoso ingest -q --json "$in/list.jsonl" >"$scratch/taken"
is "all wait, none is refused" "$(sed 's/.*"rejected":\([0-9]*\).*"waiting":\([0-9]*\).*/\1 \2/' "$scratch/taken")" "0 $number"
hoso ocr -q --json >"$scratch/done" 2>"$scratch/said" || {
	grep -qE 'install|built without' "$scratch/said" && skip_all "$(cat "$scratch/said")"
	fail "they are recognised" "$(cat "$scratch/said")"
}
is "none waits any longer, none is taken for a secret" \
	"$(sed 's/.*"sealed_off":\([0-9]*\),"waiting":\([0-9]*\).*/\1 \2/' "$scratch/done")" "0 0"
number=0
while IFS='	' read -r file phrase; do
	number=$((number + 1))
	if [ "$phrase" = - ]; then
		is "$file has no text, and says so" \
			"$(hoso get "scan-$number" --json | grep -o '"text_state":"[a-z]*"')" '"text_state":"unreadable"'
		continue
	fi
	found=$(hoso search "$phrase" --json -n 1 | grep -o '"id":"scan-[0-9]*"' | head -1)
	is "$file is found by \"$phrase\"" "$found" "\"id\":\"scan-$number\""
done <"$scratch/list"
