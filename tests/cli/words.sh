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
{"id":"dat-1","type":"Công văn","text":"Về việc thu hồi đất, giao đất. Điều 1. Thu hồi đất (đợt 2); theo Thông tư 01/2011/TT-BNV, mã SXS:BBH:0002, ngày 12/3/2019."}
{"id":"dat-2","text":"Thu hồi đất; không giao. Đất giao sau."}
{"id":"cu-1","text":"huyện Cư M’gar"}
{"id":"cu-2","text":"xã Cư Mgar"}
{"id":"cu-3","text":"huyện Đắk R'lấp, làng K'Brơi"}
J
printf '{"id":"zwsp","text":"Phòng\342\200\213Tài\342\200\213chính, Sở\342\200\213Nội\302\255vụ"}\n' >>"$scratch/words.jsonl"
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
is "a phrase copied with its comma is found" "$(found '"thu hồi đất, giao đất"')" "dat-1"
is "and one with a full stop" "$(found '"Điều 1. Thu hồi đất"')" "dat-1"
is "and one with brackets and a semicolon" "$(found '"đất (đợt 2); theo"')" "dat-1"
is "and one with a record number" "$(found '"theo thông tư 01/2011/TT-BNV"')" "dat-1"
is "and one with a date" "$(found '"0002, ngày 12/3/2019"')" "dat-1"
is "and a code with colons" "$(found '"SXS:BBH:0002"')" "dat-1"
is "a phrase without a comma does not reach over one" "$(found --mode all '"đất giao"')" "dat-2"
is "words in another order between the commas are another phrase" "$(found --mode all '"giao đất, thu hồi đất"')" ""
is "a label with a blank behind it is the field" "$(found 'Số: 15/2019/QĐ-UBND')" "so-2"
is "also where more follows on the line" "$(found 'Số: 15/2019/QĐ-UBND ngày 12 tháng 3 năm 2019' | tr ' ' '\n' | grep -c so-2)" 1
is "a type so labelled is found" "$(found 'Loại: Công văn')" "dat-1"
is "and a year" "$(found --mode all 'năm: 2022')" "tu-1 tu-2"
is "what fits no such field is read as words" "$(found 'số: hóa')" "hoa-1 hoa-2"
is "an apostrophe inside a name may be left out" "$(found --mode all 'cu mgar')" "cu-1 cu-2"
is "or be typed as another sign" "$(found --mode all "Cư M'gar")" "cu-1 cu-2"
is "with marks or without" "$(found --mode all 'dak rlap')$(found --mode all 'KBrơi')" "cu-3cu-3"
is "a zero width space parts words" "$(found --mode all 'tài chính')" "zwsp"
is "a soft hyphen does not" "$(found --mode all 'sở nộivụ')" "zwsp"
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
