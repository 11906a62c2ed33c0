/* indexer/schema.c - see schema.h.
 *
 * Codes carry ranks, not the tokenizer's numbers: syllables ranked by the bytes of their terms, folded syllables by
 * their own bytes, both worked out once. A code is kind << 32 | first rank << 16 | second rank; bigrams ("B…") sort
 * before unigrams (lower case), and pairs of ranks sort like "first second" because a blank sorts before any letter.
 */
#include "indexer/schema.h"

#include "tokenizer/fold.h"
#include "tokenizer/syllable.h"

#include <pthread.h>
#include <stdlib.h>

const SchemaField schema_fields[] = {
	{"number", "so", "K", ASK_NUMBER, RF_NUMBER, "the record's number", "số:15/2019/QĐ-UBND"},
	{"subject", "trich_yeu", "S", ASK_WORDS, RF_SUBJECT, "words of the subject", "trích_yếu:\"giao đất\""},
	{"type", "loai", "XT", ASK_WHOLE, RF_TYPE, "type of document", "loại:\"quyết định\""},
	{"agency", "co_quan", "A", ASK_WORDS, RF_AGENCY, "issuing agency", "cơ_quan:\"Sở Nội vụ\""},
	{"signer", "nguoi_ky", "G", ASK_WORDS, RF_SIGNER, "who signed", "người_ký:Nguyễn"},
	{"keyword", "tu_khoa", "W", ASK_WORDS, RF_KEYWORDS, "keywords", "từ_khóa:\"đất đai\""},
	{"fonds", "phong", "XF", ASK_WHOLE, RF_FONDS, "fonds", "phông:UBND-ND"},
	{"case", "ho_so", "XC", ASK_EXACT, RF_CASES, "case file", "hồ_sơ:H40.15-210521-0012"},
	{"year", "nam", "XY", ASK_YEAR, RF_ISSUED, "year of issue", "năm:2015..2019"},
	{"from", "tu_ngay", "", ASK_DATE, RF_ISSUED, "issued on or after", "từ_ngày:2019-03"},
	{"to", "den_ngay", "", ASK_DATE, RF_ISSUED, "issued on or before", "đến_ngày:2019-12-31"},
	{"id", "ma", "XI", ASK_EXACT, RF_COUNT, "the record's id", "id:000.00.00.H40-2019-15"},
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

/* ---- codes ----------------------------------------------------------------------------------------------------- */

enum { CODE_BIGRAM = 1, CODE_UNIGRAM = 2 };

/* By number, which is 16 bits: pages that are not used are never there. */
enum { NUMBERS = 1 << 16 };

static struct {
	uint16_t rank_of_syllable[NUMBERS], syllable_of_rank[NUMBERS];
	uint16_t rank_of_fold[NUMBERS], fold_of_rank[NUMBERS];
} ranks;

/* A canonical key shows its marks: a tone digit at the end, or a letter beyond ASCII. */
static bool key_is_marked(Str key)
{
	for (size_t i = 0; i < key.len; i++)
		if ((unsigned char)key.ptr[i] >= 0x80)
			return true;
	return key.len && key.ptr[key.len - 1] <= '9';
}

static int spell_syllable(uint16_t syllable, char *out)
{
	Str folded = syllable_folded(syllable_fold(syllable)), key = syllable_key(syllable);
	size_t len = folded.len;
	memcpy(out, folded.ptr, folded.len);
	if (key_is_marked(key)) {
		out[len++] = '=';
		memcpy(out + len, key.ptr, key.len);
		len += key.len;
	}
	return (int)len;
}

static int order_of_syllables(const void *a, const void *b)
{
	char first[SCHEMA_TERM_MAX], second[SCHEMA_TERM_MAX];
	Str x = {first, 0}, y = {second, 0};
	x.len = (size_t)spell_syllable(*(const uint16_t *)a, first);
	y.len = (size_t)spell_syllable(*(const uint16_t *)b, second);
	return str_cmp(x, y);
}

static int order_of_folds(const void *a, const void *b)
{
	return str_cmp(syllable_folded(*(const uint16_t *)a), syllable_folded(*(const uint16_t *)b));
}

static void rank(uint32_t count, int (*order)(const void *, const void *), uint16_t *rank_of, uint16_t *of_rank)
{
	for (uint32_t i = 1; i <= count; i++)
		of_rank[i] = (uint16_t)i;
	qsort(of_rank + 1, count, sizeof *of_rank, order);
	uint32_t shared = 0; /* syllables with the same term ("ky" and "ki" without marks) have one rank */
	for (uint32_t i = 1; i <= count; i++) {
		if (i == 1 || order(&of_rank[i - 1], &of_rank[i]) != 0)
			shared = i;
		rank_of[of_rank[i]] = (uint16_t)shared;
	}
}

static void rank_all(void)
{
	rank(syllable_count(), order_of_syllables, ranks.rank_of_syllable, ranks.syllable_of_rank);
	rank(syllable_fold_count(), order_of_folds, ranks.rank_of_fold, ranks.fold_of_rank);
}

void schema_init(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, rank_all);
}

uint64_t schema_code_unigram(uint16_t syllable)
{
	return (uint64_t)CODE_UNIGRAM << 32 | ranks.rank_of_syllable[syllable];
}

uint64_t schema_code_bigram(uint16_t fold_first, uint16_t fold_second)
{
	return (uint64_t)CODE_BIGRAM << 32 | (uint64_t)ranks.rank_of_fold[fold_first] << 16 | ranks.rank_of_fold[fold_second];
}

size_t schema_spell(void *unused, uint64_t code, char *out)
{
	(void)unused;
	if (code >> 32 == CODE_UNIGRAM)
		return (size_t)spell_syllable(ranks.syllable_of_rank[code & 0xFFFF], out);
	Str first = syllable_folded(ranks.fold_of_rank[code >> 16 & 0xFFFF]);
	Str second = syllable_folded(ranks.fold_of_rank[code & 0xFFFF]);
	size_t len = 0;
	out[len++] = 'B';
	memcpy(out + len, first.ptr, first.len);
	len += first.len;
	out[len++] = ' ';
	memcpy(out + len, second.ptr, second.len);
	return len + second.len;
}
