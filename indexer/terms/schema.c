/* indexer/terms/schema.c - see schema.h. */
#include "indexer/terms/schema.h"

#include "tokenizer/fold.h"

#include <stdlib.h>

const SchemaField schema_fields[] = {
	{"number", "so", "K", ASK_NUMBER, RF_NUMBER, "số ký hiệu của văn bản", "the record's number",
	 "số:15/2019/QĐ-UBND"},
	{"subject", "trich_yeu", "S", ASK_WORDS, RF_SUBJECT, "từ trong trích yếu", "words of the subject",
	 "trích_yếu:\"giao đất\""},
	{"type", "loai", "XT", ASK_WHOLE, RF_TYPE, "loại văn bản", "type of document", "loại:\"quyết định\""},
	{"agency", "co_quan", "A", ASK_WORDS, RF_AGENCY, "cơ quan ban hành", "issuing agency", "cơ_quan:\"Sở Nội vụ\""},
	{"signer", "nguoi_ky", "G", ASK_WORDS, RF_SIGNER, "người ký", "who signed", "người_ký:Nguyễn"},
	{"keyword", "tu_khoa", "W", ASK_WORDS, RF_KEYWORDS, "từ khóa", "keywords", "từ_khóa:\"đất đai\""},
	{"fonds", "phong", "XF", ASK_WHOLE, RF_FONDS, "phông", "fonds", "phông:UBND-ND"},
	{"case", "ho_so", "XC", ASK_EXACT, RF_CASES, "mã hồ sơ", "case file", "hồ_sơ:H40.15-210521-0012"},
	{"year", "nam", "XY", ASK_YEAR, RF_ISSUED, "năm ban hành", "year of issue", "năm:2015..2019"},
	{"from", "tu_ngay", "", ASK_DATE, RF_ISSUED, "ban hành từ ngày", "issued on or after", "từ_ngày:2019-03"},
	{"to", "den_ngay", "", ASK_DATE, RF_ISSUED, "ban hành đến hết ngày", "issued on or before",
	 "đến_ngày:2019-12-31"},
	{"id", "ma", "XI", ASK_EXACT, RF_COUNT, "mã định danh của văn bản", "the record's id",
	 "id:000.00.00.H40-2019-15"},
};
const size_t schema_field_count = sizeof schema_fields / sizeof schema_fields[0];

const SchemaField *schema_field_by_name(Str name)
{
	const SchemaField *found = NULL;
	Buf folded = {0};
	fold_text(name, &folded);
	for (size_t i = 0; buf_ok(&folded) && !found && i < schema_field_count; i++)
		if (str_eq(buf_str(&folded), str_from(schema_fields[i].name)) ||
		    str_eq(buf_str(&folded), str_from(schema_fields[i].name_vi)))
			found = &schema_fields[i];
	buf_done(&folded);
	return found;
}

static void cut(Buf *out)
{
	if (out->len > SCHEMA_TERM_MAX)
		out->len = SCHEMA_TERM_MAX;
}

void schema_unigram(Buf *out, const char *prefix, Str folded, Str key, bool marked)
{
	buf_clear(out);
	buf_add_zero_terminated(out, prefix);
	buf_add_str(out, folded);
	if (marked) {
		buf_add_char(out, '=');
		buf_add_str(out, key);
	}
	cut(out);
}

void schema_bigram(Buf *out, const char *prefix, Str folded_first, Str folded_second)
{
	buf_clear(out);
	buf_add_zero_terminated(out, prefix);
	buf_add_char(out, 'B');
	buf_add_str(out, folded_first);
	buf_add_char(out, ' ');
	buf_add_str(out, folded_second);
	cut(out);
}

void schema_whole(Buf *out, const char *prefix, Str value)
{
	buf_clear(out);
	buf_add_zero_terminated(out, prefix);
	fold_text(str_trim(value), out);
	cut(out);
}

void schema_exact(Buf *out, const char *prefix, Str value)
{
	buf_clear(out);
	buf_add_zero_terminated(out, prefix);
	buf_add_str(out, value);
	cut(out);
}

static int order_of_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void add_groups(Buf *out, const RecordNumber *number, bool sorted)
{
	const char *groups[RECORD_NUMBER_GROUPS_MAX];
	size_t count = 0;
	for (size_t i = 0; i < number->group_count; i++)
		if (number->group_count == 1 || strcmp(number->groups[i], "CV") != 0)
			groups[count++] = number->groups[i];
	if (sorted)
		qsort(groups, count, sizeof groups[0], order_of_names);
	for (size_t i = 0; i < count; i++) {
		buf_add_char(out, i ? '-' : '/');
		buf_add_zero_terminated(out, groups[i]);
	}
}

/* 1: without year, in order, no CV. 2: first group. 3: groups sorted. 4: number and year. */
void schema_number_form(Buf *out, const RecordNumber *number, unsigned form)
{
	buf_clear(out);
	if (form == 3 && !(number->year ? number->year : number->date.year))
		return;
	buf_printf(out, "K%u", form + 1);
	buf_add_zero_terminated(out, number->num);
	buf_add_zero_terminated(out, number->suffix);
	if (form == 0)
		add_groups(out, number, false);
	else if (form == 1 && number->group_count)
		buf_printf(out, "/%s", number->groups[0]);
	else if (form == 2)
		add_groups(out, number, true);
	else if (form == 3)
		buf_printf(out, "/%d", number->year ? number->year : number->date.year);
	cut(out);
}

size_t schema_date_value(CivilDate date, char out[static 9])
{
	char iso[11];
	size_t len = 0;
	civil_date_format(date, iso);
	for (const char *c = iso; *c; c++)
		if (*c != '-')
			out[len++] = *c;
	out[len] = 0;
	return len;
}
