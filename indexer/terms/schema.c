/* indexer/terms/schema.c - the tables of prefixes and of fields, and the functions that put terms together.
 *
 * A term is its prefix, then its value in the form that the kind asks for: folded, folded with the marked form behind
 * it, or as it is. All of them are cut at the same length, when they are indexed and when they are asked for, so a long
 * value is still found. */
#include "indexer/terms/schema.h"

#include "tokenizer/fold.h"

#include <stdlib.h>

static const char *const prefixes[PREFIX_COUNT] = {
	[PREFIX_BODY] = "",         [PREFIX_AGENCY] = "A",      [PREFIX_SIGNER] = "G",
	[PREFIX_SUBJECT] = "S",     [PREFIX_KEYWORD] = "W",     [PREFIX_NUMBER] = "K",
	[PREFIX_SAID_NUMBER] = "M", [PREFIX_CASE_NUMBER] = "C", [PREFIX_SAID_CASE_NUMBER] = "CM",
	[PREFIX_SAID_DATE] = "D",   [PREFIX_TYPE] = "XT",       [PREFIX_WHOLE_AGENCY] = "XA",
	[PREFIX_FONDS] = "XF",      [PREFIX_CASE] = "XC",       [PREFIX_YEAR] = "XY",
	[PREFIX_ID] = "XI",         [PREFIX_RECORD] = "XR",     [PREFIX_TEXT_STATE] = "XS",
	[PREFIX_RELATED] = "XP",    [PREFIX_FILE] = "XH",
};

/* clang-format off */
const SchemaField schema_fields[] = {
	{"number", "so", ASK_NUMBER, PREFIX_NUMBER, "số ký hiệu của văn bản", "the record's number", "số:15/2019/QĐ-UBND"},
	{"subject", "trich_yeu", ASK_WORDS, PREFIX_SUBJECT, "từ trong trích yếu", "words of the subject", "trích_yếu:\"giao đất\""},
	{"type", "loai", ASK_WHOLE, PREFIX_TYPE, "loại văn bản", "type of document", "loại:\"quyết định\""},
	{"agency", "co_quan", ASK_WORDS, PREFIX_AGENCY, "cơ quan ban hành", "issuing agency", "cơ_quan:\"Sở Nội vụ\""},
	{"signer", "nguoi_ky", ASK_WORDS, PREFIX_SIGNER, "người ký", "who signed", "người_ký:Nguyễn"},
	{"keyword", "tu_khoa", ASK_WORDS, PREFIX_KEYWORD, "từ khóa", "keywords", "từ_khóa:\"đất đai\""},
	{"fonds", "phong", ASK_WHOLE, PREFIX_FONDS, "phông", "fonds", "phông:UBND-ND"},
	{"case", "ho_so", ASK_EXACT, PREFIX_CASE, "mã hồ sơ", "case file", "hồ_sơ:H40.15-210521-0012"},
	{"year", "nam", ASK_YEAR, PREFIX_YEAR, "năm ban hành", "year of issue", "năm:2015..2019"},
	{"from", "tu_ngay", ASK_DATE, PREFIX_COUNT, "ban hành từ ngày", "issued on or after", "từ_ngày:2019-03"},
	{"to", "den_ngay", ASK_DATE, PREFIX_COUNT, "ban hành đến hết ngày", "issued on or before", "đến_ngày:2019-12-31"},
	{"state", "tinh_trang", ASK_EXACT, PREFIX_TEXT_STATE, "tình trạng văn bản (khi chưa đủ)", "state of the text, where it is not complete", "tình_trạng:waiting"},
	{"related", "lien_quan", ASK_RELATED, PREFIX_RELATED, "văn bản thay thế, sửa đổi, trả lời … văn bản này", "records that replace, update, answer … this one", "liên_quan:15/2019/QĐ-UBND"},
	{"id", "ma", ASK_EXACT, PREFIX_ID, "mã định danh của văn bản", "the record's id", "id:000.00.00.H40-2019-15"},
};
/* clang-format on */
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

Str schema_prefix(TermPrefix prefix)
{
	return str_from(prefixes[prefix]);
}

static void cut(Buf *out)
{
	if (out->len > SCHEMA_TERM_MAX)
		out->len = SCHEMA_TERM_MAX;
}

void schema_unigram(Buf *out, TermPrefix prefix, Str folded, Str key, bool marked)
{
	buf_clear(out);
	buf_add_zero_terminated(out, prefixes[prefix]);
	buf_add_str(out, folded);
	if (marked) {
		buf_add_char(out, SCHEMA_MARKED);
		buf_add_str(out, key);
	}
	cut(out);
}

void schema_bigram(Buf *out, TermPrefix prefix, Str folded_first, Str folded_second)
{
	buf_clear(out);
	buf_add_zero_terminated(out, prefixes[prefix]);
	buf_add_char(out, SCHEMA_PAIR);
	buf_add_str(out, folded_first);
	buf_add_char(out, ' ');
	buf_add_str(out, folded_second);
	cut(out);
}

void schema_whole(Buf *out, TermPrefix prefix, Str value)
{
	buf_clear(out);
	buf_add_zero_terminated(out, prefixes[prefix]);
	fold_text(str_trim(value), out);
	cut(out);
}

void schema_exact(Buf *out, TermPrefix prefix, Str value)
{
	buf_clear(out);
	buf_add_zero_terminated(out, prefixes[prefix]);
	buf_add_str(out, value);
	cut(out);
}

void schema_related(Buf *out, Str named)
{
	RecordNumber number;
	bool is_number = record_number_parse(named, &number);
	schema_exact(out, PREFIX_RELATED, is_number ? str_from(number.key) : str_trim(named));
}

void schema_file(Buf *out, const Hash *sha256)
{
	buf_clear(out);
	buf_add_zero_terminated(out, prefixes[PREFIX_FILE]);
	buf_add_hex(out, sha256->bytes, sizeof sha256->bytes);
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

/* K1: the groups in order, without CV and year. K2: the first group. K3: the groups sorted. K4: the year. The number
 * itself stands in each of them. */
void schema_number_form(Buf *out, const RecordNumber *number, unsigned form)
{
	buf_clear(out);
	if (form == 3 && !(number->year ? number->year : number->date.year))
		return;
	buf_printf(out, "%s%u", prefixes[PREFIX_NUMBER], form + 1);
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
