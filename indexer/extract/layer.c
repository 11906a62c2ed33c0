/* indexer/extract/layer.c - judged by syllables. Measured: on pages of born-digital documents and of good recognition
 * at least 70 in a hundred words are syllables of Vietnamese and at least half bear marks; on letters that were
 * recognised as English at most 59 are, and none bears a mark. English text has words of its own that no such page
 * has. */
#include "indexer/extract/layer.h"

#include "tokenizer/fold.h"
#include "tokenizer/token.h"

enum {
	JUDGED_BYTES = 8 << 10, /* of a page: enough to judge */
	JUDGED_WORDS = 20,      /* fewer can't be judged */
	STAMP_BYTES = 1000,     /* a page with more is no stamp */
	STAMP_LINES = 14,
};

typedef struct {
	unsigned marked, plain, other, english;
} Words;

static bool is_english(Str word)
{
	static const char *const common[] = {"the", "of", "and", "for", "with", "shall", "that", "this", "by", "which"};
	for (size_t i = 0; i < sizeof common / sizeof common[0]; i++)
		if (str_eq_nocase(word, str_from(common[i])))
			return true;
	return false;
}

static Status count_words(Str text, Words *out, Err *err)
{
	Token token;
	Step step;
	TokenIter *it = token_iter_new(err);
	if (!it)
		return ST_NO_MEMORY;
	*out = (Words){0};
	token_iter_set(it, text);
	while ((step = token_next(it, &token, err)) == STEP_ITEM) {
		if (token.kind != TOKEN_SYLLABLE && token.kind != TOKEN_WORD)
			continue;
		out->english += is_english(str_slice(text, token.start, token.end));
		if (token.kind == TOKEN_WORD)
			out->other++;
		else if (token.flags & TOKEN_MARKED)
			out->marked++;
		else
			out->plain++;
	}
	token_iter_free(it);
	return step == STEP_END ? ST_OK : err->code;
}

/* Lines of a signature's appearance: who, when, with which certificate; and of programs that scan. */
static bool is_stamp_line(Str line)
{
	static const char *const begins[] = {
		"nguoi ky",     "ky boi",     "ky so boi",    "duoc ky boi", "thoi gian ky", "ngay ky",   "email",
		"e-mail",       "co quan",    "to chuc",      "chuc vu",     "don vi",       "ly do",     "signed by",
		"signature",    "digitally",  "date",         "reason",      "location",     "dia diem",  "serial",
		"so serial",    "signer",     "signing time", "chu ky so",   "ngay gio",     "thoi gian", "cong ty",
		"scanned with", "scanned by", "cn=",          "o=",          "ou=",          "foxit",     "camscanner"};
	Buf folded = {0};
	bool found = false;
	fold_text(str_trim(line), &folded);
	for (size_t i = 0; i < sizeof begins / sizeof begins[0] && !found; i++)
		found = str_starts(buf_str(&folded), str_from(begins[i]));
	buf_done(&folded);
	return found;
}

/* More than half of its lines are those of a stamp, and one says that somebody signed. */
static bool is_stamp(Str page)
{
	static const char *const signs[] = {"nguoi ky",  "ky boi",     "signed by",   "thoi gian ky",
					    "ngay ky",   "chu ky so",  "ky so",       "signature",
					    "digitally", "camscanner", "signing time"};
	unsigned lines = 0, of_stamp = 0;
	bool is_signed = false;
	Str line, rest = page;
	Buf folded = {0};
	if (page.len > STAMP_BYTES)
		return false;
	while (rest.len && str_split(&rest, '\n', &line)) {
		if (!str_trim(line).len)
			continue;
		lines++;
		of_stamp += is_stamp_line(line);
	}
	fold_text(page, &folded);
	for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
		is_signed = is_signed || str_find(buf_str(&folded), str_from(signs[i])) >= 0;
	buf_done(&folded);
	return is_signed && lines <= STAMP_LINES && of_stamp * 2 > lines;
}

static bool is_poor(const Words *words)
{
	unsigned all = words->marked + words->plain + words->other;
	if (all < JUDGED_WORDS || words->english * 20 > all)
		return false;
	double valid = (double)(words->marked + words->plain) / all, marked = (double)words->marked / all;
	return valid < 0.63 || (marked < 0.2 && valid < 0.8);
}

Status layer_judge(Str page, Layer *out, Err *err)
{
	Words words;
	*out = (Layer){.kind = LAYER_EMPTY};
	if (!str_trim(page).len)
		return ST_OK;
	Status st = count_words(str_slice(page, 0, JUDGED_BYTES), &words, err);
	if (st != ST_OK)
		return st;
	out->kind = is_stamp(page) ? LAYER_STAMP : is_poor(&words) ? LAYER_POOR : LAYER_GOOD;
	out->worth = words.marked + 0.4 * words.plain + 0.2 * words.english - 0.3 * words.other;
	return ST_OK;
}

Status layer_judge_pages(Str text, LayerPages *out, Err *err)
{
	Str page;
	Layer layer;
	Status st = ST_OK;
	bool is_first = true;
	*out = (LayerPages){0};
	while (st == ST_OK && text.len && str_split(&text, '\f', &page)) {
		st = layer_judge(page, &layer, err);
		if (st != ST_OK)
			break;
		out->pages[layer.kind]++;
		if (is_first)
			out->first = layer.kind;
		is_first = false;
	}
	return st;
}
