#!/bin/sh
# What searching promises about accents, forms and odd input.
. "$(dirname "$0")/../tap.sh"

cat >"$scratch/words.jsonl" <<'J'
{"id":"quyen-1","subject":"Về chính quyền địa phương","text":"Chính quyền địa phương hai cấp","issued":"2020-01-01"}
{"id":"quyen-2","subject":"Về chính quyển","text":"chính quyển sách này là của kho lưu trữ","issued":"2020-01-02"}
{"id":"quyen-3","subject":"CHÍNH QUYỀN ĐÔ THỊ","text":"CHÍNH QUYỀN ĐÔ THỊ","issued":"2020-01-03"}
{"id":"hoa-1","text":"số hóa hồ sơ của tỉnh Hòa Bình","issued":"2020-02-01"}
{"id":"hoa-2","text":"số hoá hồ sơ của tỉnh Hoà Bình","issued":"2021-02-01"}
{"id":"tu-1","text":"Nguyễn Văn Tú ký thay Chủ tịch","issued":"2022"}
{"id":"tu-2","text":"Nguyễn Văn Từ ký thay Giám đốc","issued":"2022-05"}
{"id":"so-1","number":"36a/NQ-CP","text":"Nghị quyết số 36a/NQ-CP ngày 14-10-2015","issued":"2015-10-14"}
{"id":"so-2","number":"15/2019/QĐ-UBND","text":"Căn cứ Nghị quyết 36a/NQ-CP","issued":"2019-03-12"}
{"id":"so-3","number":"66.15/2026/NQ-CP","text":"Nghị quyết của Chính phủ","issued":"2026-01-02"}
{"id":"so-4","number":"15/2026/NQ-CP","text":"Nghị quyết khác của Chính phủ","issued":"2026-01-03"}
J
printf '{"id":"quyen-4","text":"chi\314\201nh quye\314\202\314\200n co\314\231 so\314\233\314\211"}\n' | sed 's/co\xcc\x99/cơ/' >>"$scratch/words.jsonl"
exits "the words are taken in" 0 hoso ingest -q "$scratch/words.jsonl"

found() {
	hoso search --json -n 50 "$@" | json "' '.join(sorted(h['id'] for h in d['hits']))"
}
ranked() {
	hoso search --json -n 50 "$@" | json "' '.join(h['id'] for h in d['hits'])"
}
is "accents count when they are typed" "$(found 'chính quyền')" "quyen-1 quyen-3 quyen-4"
is "capitals do not" "$(found 'CHÍNH QUYỀN')" "quyen-1 quyen-3 quyen-4"
is "nor does the form of the letters" "$(found "$(printf 'chi\314\201nh quye\314\202\314\200n')")" "quyen-1 quyen-3 quyen-4"
is "another accentuation comes first when it is typed" "$(ranked 'chính quyển' | cut -d' ' -f1)" "quyen-2"
is "without accents every accentuation is found" "$(found 'chinh quyen')" "quyen-1 quyen-2 quyen-3 quyen-4"
is "both tone placements are one word" "$(found 'hóa')" "$(found 'hoá')"
is "and both records are found" "$(found 'số hóa')" "hoa-1 hoa-2"
is "a phrase is its words in that order" "$(found '"quyền địa phương"')" "quyen-1"
is "a phrase in the wrong order is not found as a phrase" "$(found --mode all '"phương địa quyền"')" ""
is "a word can be left out" "$(found 'chính quyền -đô')" "quyen-1 quyen-4"
is "OR means or" "$(found 'Tú OR Từ')" "tu-1 tu-2"
is "a field narrows" "$(found 'số:15/2019/QĐ-UBND')" "so-2"
is "years narrow" "$(found 'hồ sơ năm:2021')" "hoa-2"
is "a range of years narrows" "$(found 'hồ sơ năm:2020..2021')" "hoa-1 hoa-2"
is "--from and --to narrow" "$(found --from 2020-01-02 --to 2020-01-31 'chinh quyen')" "quyen-2 quyen-3"
is "newest first on request" "$(ranked --sort -issued 'hồ sơ')" "hoa-2 hoa-1"
is "oldest first on request" "$(ranked --sort issued 'hồ sơ')" "hoa-1 hoa-2"

first=$(ranked 'chinh quyen' | cut -d' ' -f1)
[ "$first" != quyen-2 ] && pass "an unaccented question does not put the odd accentuation first" ||
	fail "an unaccented question does not put the odd accentuation first" "$first"
is "a number cited in a text is found" "$(found '36a/NQ-CP' | tr ' ' '\n' | grep -c so-)" 2
is "a dotted number is not another one" "$(hoso get --json '15/2026/NQ-CP' | json "[r['id'] for r in d['exact']]" 2>/dev/null || hoso get --json '15/2026/NQ-CP' | json "d['id']")" "['so-4']"

for odd in '"' '((' 'AND OR NOT' '-' '*' ':::' 'số:' '"chưa đóng' 'a AND (b OR' '\' '%' 'năm:abc'; do
	hoso search --json "$odd" >"$scratch/out" 2>"$scratch/err"
	status=$?
	if [ $status -le 1 ] && json "d['query']" <"$scratch/out" >/dev/null 2>&1; then
		pass "odd input is read as words: $odd"
	else
		fail "odd input is read as words: $odd" "exit $status" "$(cat "$scratch/err")"
	fi
done

# Pages of results: each hit once, in order, to the end.
hoso search --json -n 50 --sort issued 'chinh quyen' | json "[h['id'] for h in d['hits']]" >"$scratch/all"
cursor='' collected='['
while :; do
	hoso search --json -n 1 --sort issued --cursor "$cursor" 'chinh quyen' >"$scratch/page"
	id=$(json "d['hits'][0]['id'] if d['hits'] else ''" <"$scratch/page")
	[ -n "$id" ] || break
	[ "$collected" = '[' ] || collected="$collected, "
	collected="$collected'$id'"
	cursor=$(json "d['next'] or ''" <"$scratch/page")
	[ -n "$cursor" ] || break
done
is "a cursor walks through all hits" "$collected]" "$(cat "$scratch/all")"
