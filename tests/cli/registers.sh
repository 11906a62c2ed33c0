#!/bin/bash
# A register and its files: what --dry-run shows, what --report writes, and that nothing is written before it is meant.
. "$(dirname "$0")/../tap.sh"

mkdir -p "$scratch/in/hop1"
printf 'Số ký hiệu;Trích yếu;Lạ;Tệp\n1/QĐ-A;Về một;x;a.txt\n1/QĐ-A;Về hai;;b.txt\n' >"$scratch/in/so.csv"
echo "một" >"$scratch/in/hop1/a.txt"
echo "ba" >"$scratch/in/=c.txt"
cd "$scratch" || exit 2

hoso ingest --dry-run in --report dry.json >table.vi 2>/dev/null
hoso ingest --dry-run --lang en in --report dry.csv >table.en 2>/dev/null
is "a dry run makes no archive" "$(ls archive 2>&1 | grep -c format)" 0
is "the table says what each column is taken for" "$(grep -c 'A   Số ký hiệu  *number  *theo tên cột' table.vi)" 1
is "what is not known is said" "$(grep -c 'C   Lạ  *?  *chưa rõ, giữ dưới tên cột' table.vi)" 1
is "the first records are shown" "$(grep -c '{"subject":"Về một"' table.vi)" 1
is "what does not fit is counted" "$(grep -cE '^  (thiếu tệp|tệp không có trong sổ|trùng số ký hiệu): 1$' table.vi)" 3
is "all of it in English too" "$(grep -cE 'by its heading|not known, kept under its title|First records:|^  missing file: 1$' table.en)" 6
is "a language that there is not is refused" "$(hoso ingest --lang fr --dry-run in 2>&1 >/dev/null; echo $?)" "$(hoso search --lang fr x 2>&1 >/dev/null; echo $?)"

is "the report is JSON" "$(python3 -c 'import json; r = json.load(open("dry.json")); print(len(r["items"]), len(r["registers"]), r["findings"]["missing"])')" "3 1 1"
is "or a table with the meaning of each code" "$(grep -c '"thiếu tệp (missing file)"' dry.csv)" 1
is "no cell is a formula" "$(grep -c '^"[=+@-]' dry.csv)" 0

hoso ingest in --report run.json -q >/dev/null 2>&1
is "dry run and run say the same" \
	"$(python3 -c 'import json; a, b = (json.load(open(f)) for f in ("dry.json", "run.json")); print(a["items"] == b["items"], a["registers"] == b["registers"], a["seen"] == b["seen"])')" \
	"True True True"
is "a report that can't be written ends it" "$(hoso ingest in --report /nowhere/report.json 2>&1 >/dev/null | grep -c 'write /nowhere/report.json')" 1
