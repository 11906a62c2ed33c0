#!/bin/sh
# hoso watch: what appears is taken in once it is finished, moved, and refused with a reason; kills lose nothing.
. "$(dirname "$0")/../tap.sh"

in=$scratch/in
mkdir "$in"
printf 'Quyết định thứ nhất\n' >"$in/mot.txt"
printf '\211PNG\r\n scan' >"$in/15.png"
printf '{"id":"qd15","number":"15/2019/QĐ-UBND"}' >"$in/15.json"
: >"$in/trong.txt"
mkdir "$in/hop"
printf 'Văn bản trong hộp\n' >"$in/hop/a.txt"
: >"$in/hop/b.txt"
printf 'x' >"$in/~\$15.docx"
printf 'khoá\n' >"$in/.an.txt"

exits "everything that is there is taken in or refused" 1 hoso watch --once --settle 1 "$in"
is "what was taken lies in done" "$(ls "$in/done" | tr '\n' ' ')" "15.json 15.png mot.txt "
is "what was refused lies in refused, with the reason" "$(ls "$in/refused" | tr '\n' ' ')" "hop hop.reason.txt trong.txt trong.txt.reason.txt "
contains "in Vietnamese" "$in/refused/trong.txt.reason.txt" 'tệp hỏng, trống'
contains "and in English" "$in/refused/trong.txt.reason.txt" 'invalid: an empty file'
contains "which names what is wrong in a folder" "$in/refused/hop.reason.txt" 'in/hop/b\.txt'
is "lock files and hidden files are left alone" "$(ls -A "$in" | tr '\n' ' ')" ".an.txt done refused ~\$15.docx "
is "files of one stem are one record" "$(hoso get qd15 --json | json "len([o for o in d['objects'] if o['role'] == 'original'])")" 1

# what is still being written waits
(for i in 1 2 3 4 5 6 7 8; do
	printf 'dòng %s\n' $i
	sleep 0.4
done) >"$in/dai.txt" &
writer=$!
hoso watch --once --settle 1 "$in" >"$scratch/out" 2>&1
wait $writer
is "a file is taken in when it is finished" "$(wc -l <"$in/done/dai.txt" | tr -d ' ')" 8
is "once" "$(hoso search --json 'dòng 8' | json "len(d['hits'])")" 1

# the same name again
printf 'Quyết định khác\n' >"$in/mot.txt"
exits "a name that was there before" 0 hoso watch --once --settle 0 "$in"
is "gets a number in done" "$(cat "$in/done/mot (2).txt")" "Quyết định khác"

# kills
before=$(hoso stats --json | json "d['tree_size']")
for i in $(seq 60); do printf '<p>Trang số %s của tập lớn\n' "$i" >"$in/t$i.html"; done
for pause in 0.05 0.15 0.3 0.5 0.8 1.2; do
	"$HOSO_BIN" watch --settle 0 "$in" >/dev/null 2>&1 &
	program=$!
	sleep $pause
	kill -KILL $program
	wait $program 2>/dev/null
done
exits "after kills the rest is taken in" 0 hoso watch --once --settle 0 "$in"
is "nothing is taken twice, nothing is lost" "$(hoso stats --json | json "d['tree_size'] - $before")" 60
is "everything has been moved" "$(ls "$in" | grep -c 't[0-9]*\.html')" 0
is "to done" "$(ls "$in/done" | grep -c '^t[0-9]*\.html$')" 60

"$HOSO_BIN" watch "$in" >"$scratch/out" 2>"$scratch/err" &
program=$!
sleep 1
kill -TERM $program
wait $program
is "SIGTERM is its ordinary end" $? 0
exits "the archive is whole" 0 hoso verify
