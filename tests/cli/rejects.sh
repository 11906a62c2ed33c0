#!/bin/sh
# Input that is not what it should be: a clear reason for each item, everything else taken in, nothing half stored.
. "$(dirname "$0")/../tap.sh"

in=$scratch/in
mkdir "$in"

# reason NAME FILE PATTERN [EXIT]: ingest of FILE alone refuses something for a reason that matches
reason() {
	hoso ingest -q --json --rejects "$scratch/rejects" "$2" >"$scratch/out" 2>"$scratch/err"
	status=$?
	cat "$scratch/rejects" "$scratch/err" >"$scratch/said" 2>/dev/null
	if [ $status = "${4:-1}" ] && grep -qiE -- "$3" "$scratch/said"; then
		pass "$1"
	else
		fail "$1" "exit $status" "$(cat "$scratch/said")" "$(cat "$scratch/out")"
	fi
	: >"$scratch/rejects"
}

printf '%s\n' '{"id":"good-1","number":"01/QĐ-UBND","text":"Quyết định thứ nhất"}' '{"id":"broken' \
	'{"id":"good-2","number":"02/QĐ-UBND","text":"Quyết định thứ hai"}' >"$in/lines.jsonl"
reason "a broken line is refused with its number" "$in/lines.jsonl" 'lines\.jsonl:2'
is "and the lines around it are there" "$(hoso get good-1 --text)$(hoso get good-2 --text)" "Quyết định thứ nhấtQuyết định thứ hai"

printf '{"id":"bad-utf8","text":"a\377b"}\n' >"$in/utf8.jsonl"
reason "JSON that is not UTF-8 is refused" "$in/utf8.jsonl" 'utf-?8'
printf '{"id":"../../etc/passwd","text":"x"}\n' >"$in/id.jsonl"
reason "an id with a slash is refused" "$in/id.jsonl" 'id'
printf '{"id":"climber","files":["../outside.txt"]}\n' >"$in/climb.jsonl"
echo secret >"$scratch/outside.txt"
reason "a file name that climbs out of the input is refused" "$in/climb.jsonl" '\.\.'
printf '{"id":"nobody","direction":"outgoing"}\n' >"$in/empty-record.jsonl"
reason "an entry that says neither number nor subject nor location is refused" "$in/empty-record.jsonl" 'number, subject or location'
printf '{"id":"entry","number":"03/QĐ-UBND"}\n{"id":"shelf","location":{"box":"7"}}\n' >"$in/entries.jsonl"
hoso ingest -q "$in/entries.jsonl"
is "one of them is enough: rows of a register are records" "$?" 0
printf '{"id":"missing-file","files":["khong-co.pdf"]}\n' >"$in/missing.jsonl"
reason "a file that is not there is named" "$in/missing.jsonl" 'khong-co\.pdf'
python3 -c 'print("{\"id\":\"deep\",\"text\":\"x\",\"extra\":" + "[" * 500 + "]" * 500 + "}")' >"$in/deep.jsonl"
reason "JSON that is nested too deep is refused" "$in/deep.jsonl" 'deep|depth|nest'
printf '{"id":"secret","secrecy":"Tối mật","text":"Nội dung không được nhắc lại"}\n' >"$in/secret.jsonl"
reason "a secret record is refused" "$in/secret.jsonl" 'secre|mật'
if grep -q "không được nhắc lại" "$scratch/said"; then
	fail "without repeating its content"
else
	pass "without repeating its content"
fi

# Packages
(cd "$in" && mkdir pack && printf 'Thông báo số 05/TB-UBND\n' >pack/a.txt && head -c 200000 /dev/urandom >pack/b.txt)
(cd "$in" && tar -cf whole.tar pack && head -c 3000 whole.tar >truncated.tar)
reason "a truncated tar is refused and says so" "$in/truncated.tar" 'truncat|tar'
python3 - "$in" <<'P'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1] + "/slip.zip", "w") as z:
    z.writestr("../../escaped.txt", "outside")
    z.writestr("inside.txt", "Báo cáo ở trong gói")
with zipfile.ZipFile(sys.argv[1] + "/bomb.zip", "w", zipfile.ZIP_DEFLATED) as z:
    with z.open("bomb.txt", "w", force_zip64=True) as f:
        for _ in range(400):
            f.write(b"0" * (1 << 20))
P
reason "an entry that climbs out of its package is refused" "$in/slip.zip" '\.\.|climb|name'
[ -e "$scratch/escaped.txt" ] || [ -e /escaped.txt ] && fail "nothing was written outside" || pass "nothing was written outside"
reason "a zip bomb is refused" "$in/bomb.zip" 'ratio|expan|large|bomb|limit'

# Files
mkdir "$in/files"
: >"$in/files/empty.txt"
reason "an empty file is refused" "$in/files/empty.txt" 'empty'
printf '%%PDF-1.4\nthis is no PDF\n' >"$in/broken.pdf"
hoso ingest -q --json "$in/broken.pdf" >"$scratch/out" 2>"$scratch/err"
is "a PDF that can't be read is kept without text" "$(json "d['added']" <"$scratch/out")" 1

before=$(hoso stats --json | json "d")
exits "verify is content with what was stored" 0 hoso verify
exits "a path that is not there is named" 1 hoso ingest "$in/nowhere.jsonl"
contains "by its name" "$scratch/err" 'nowhere\.jsonl'
is "none of this changed the archive" "$(hoso stats --json | json "d")" "$before"
