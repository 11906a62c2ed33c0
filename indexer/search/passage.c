/* indexer/search/passage.c - tokenises a text again and compares its tokens with the query's words.
 *
 * The tokenizer is told which words are asked for (set_text) and passes over the rest, so this costs little more than
 * reading the text. A phrase is followed by sets of states, one for each grade, with a bit for each beginning of it
 * that just matched. For a snippet the matches are listed and a window of PASSAGE_BYTES moves over them; the one with
 * the greatest worth is shown. Where the text has the words byte for byte as they were typed, only the bytes around
 * them are tokenised.
 */
#include "indexer/search/passage.h"

#include "base/utf8.h"
#include "indexer/search/search.h"

enum {
	MATCHES_MAX = 512,
	WORDS_MAX = SEARCH_TERMS_MAX,
	LEAD_BYTES = 60,     /* of text shown before the first match */
	ENOUGH_IN_A_ROW = 6, /* so many of the words side by side: no passage is better */
	AROUND_BYTES = 320,  /* tokenised on each side of the words as typed */
};

bool passage_word_matches(const Token *token, const Word *word)
{
	if (word->fold && token->fold && !word->prefix)
		return word->fold == token->fold;
	if (word->kind > TOKEN_DIGITS || token->kind > TOKEN_DIGITS)
		return word->kind == token->kind && str_eq(word->folded, token->folded);
	return word->prefix ? str_starts(token->folded, word->folded) : str_eq(token->folded, word->folded);
}

bool passage_word_matches_exactly(const Token *token, const Word *word)
{
	return passage_word_matches(token, word) && (!word->marked || word->prefix || str_eq(token->key, word->key));
}

/* Sets the text; of its tokens only these words will come. With a word* all tokens come: any could begin so. */
static void set_text(TokenIter *tokens, Str text, const Word *words, size_t count)
{
	TokenWanted wanted = {0};
	bool has_prefix = false;
	for (size_t i = 0; i < count; i++) {
		has_prefix |= words[i].prefix;
		token_want(&wanted, words[i].fold);
		wanted.digits |= words[i].kind == TOKEN_DIGITS;
		wanted.spans |= words[i].kind > TOKEN_DIGITS;
	}
	token_iter_set(tokens, text);
	if (!has_prefix)
		token_iter_skim(tokens, &wanted);
}

/* ---- phrases and NEAR ------------------------------------------------------------------------------------------ */

/* For each grade the beginnings of the row that end with the last plain token: bit i is set where row[0..i] have just
 * matched at least so well. */
enum { GRADES = PHRASE_LITERAL + 1, BLOCKS_MAX = ROW_WORDS_MAX / 64 };
typedef struct {
	uint64_t ends[GRADES][BLOCKS_MAX];
	bool begun; /* some bit is set */
} PhraseState;

static PhraseGrade grade_word(const Token *token, const Word *word)
{
	if (!passage_word_matches(token, word))
		return PHRASE_NONE;
	bool has_marks = token->flags & TOKEN_MARKED;
	if (word->prefix || (word->marked == has_marks && (!has_marks || str_eq(token->key, word->key))))
		return PHRASE_LITERAL;
	return !word->marked ? PHRASE_TYPED : !has_marks ? PHRASE_UNMARKED : PHRASE_OTHER_MARKS;
}

static bool has_bit(const uint64_t *bits, size_t i)
{
	return bits[i / 64] >> (i & 63) & 1;
}

/* The best grade of the row that ends with this token. */
static PhraseGrade advance_row(PhraseState *state, const Clause *clause, size_t count, bool parted, const Token *token)
{
	bool broken = token->flags & TOKEN_BREAK_BEFORE && !parted;
	size_t blocks = (count + 63) / 64;
	PhraseState next = {0};
	uint64_t carry = 1; /* a row may begin at any token */
	for (size_t block = 0; block < blocks; block++) {
		uint64_t ended = token->left_out ? 0 : state->ends[PHRASE_OTHER_MARKS][block],
			 may_end = ended << 1 | carry;
		carry = ended >> 63;
		for (; may_end; may_end &= may_end - 1) {
			size_t i = block * 64 + (size_t)__builtin_ctzll(may_end);
			if (i >= count)
				break;
			if (i && broken && !clause->row[i].broken)
				continue;
			for (PhraseGrade grade = grade_word(token, &clause->row[i]); grade > PHRASE_NONE; grade--)
				if (i == 0 || has_bit(state->ends[grade], i - 1)) {
					next.ends[grade][block] |= UINT64_C(1) << (i & 63);
					next.begun = true;
				}
		}
	}
	if (next.begun || state->begun)
		*state = next;
	PhraseGrade best = PHRASE_LITERAL;
	while (best > PHRASE_NONE && !has_bit(next.ends[best], count - 1))
		best--;
	return best;
}

static bool near_holds(const uint64_t *seen, size_t count, uint64_t now, unsigned distance)
{
	for (size_t i = 0; i < count; i++)
		if (!seen[i] || now - seen[i] > distance)
			return false;
	return true;
}

static bool is_word_byte(unsigned char c)
{
	return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* The offset at which the text has these very bytes as whole words; -1: nowhere. Mostly texts and queries are typed the
 * same way, so this often saves tokenising. */
static ptrdiff_t find_typed(Str text, Str typed)
{
	size_t from = 0;
	while (typed.len && from + typed.len <= text.len) {
		ptrdiff_t at = str_find(str_slice(text, from, text.len), typed);
		if (at < 0)
			return -1;
		size_t start = from + (size_t)at, end = start + typed.len;
		bool whole = (start == 0 || !is_word_byte((unsigned char)text.ptr[start - 1])) &&
			     (end == text.len || !is_word_byte((unsigned char)text.ptr[end]));
		if (whole)
			return (ptrdiff_t)start;
		from = end;
	}
	return -1;
}

/* Equal bytes prove a row only if it has nothing but single blanks between its words. */
static bool is_plain(const Clause *clause)
{
	for (size_t i = 0; i < clause->row_count; i++)
		if (clause->row[i].kind != TOKEN_SYLLABLE ||
		    (i > 0 && clause->row[i].start != clause->row[i - 1].end + 1))
			return false;
	return clause->row_count > 0;
}

Status passage_grade(Str text, const Clause *clause, PhraseGrade enough, bool parted, TokenIter *tokens,
		     PhraseGrade *out, Err *err)
{
	PhraseState state = {0};
	PhraseGrade best = PHRASE_NONE;
	size_t count = clause->row_count;
	const Token *run;
	size_t run_count;
	Step step = STEP_END;
	*out = PHRASE_NONE;
	if (!count)
		return ST_OK;
	if (is_plain(clause) && find_typed(text, clause->value) >= 0) {
		*out = PHRASE_LITERAL;
		return ST_OK;
	}
	uint16_t first = clause->row[0].prefix ? 0 : clause->row[0].fold;
	set_text(tokens, text, clause->row, count);
	while (best < enough && (step = token_next_run(tokens, &run, &run_count, err)) == STEP_ITEM)
		for (const Token *token = run; token < run + run_count && best < enough; token++) {
			bool is_span = token->kind > TOKEN_DIGITS;
			if (is_span && token->left_out)
				state = (PhraseState){0};
			/* most tokens: the row does not begin with it, and none was begun */
			if (is_span || (!state.begun && first && token->fold && token->fold != first))
				continue;
			PhraseGrade grade = advance_row(&state, clause, count, parted, token);
			best = grade > best ? grade : best;
		}
	if (step == STEP_ERROR)
		return err->code;
	*out = best;
	return ST_OK;
}

Status passage_is_row(Str text, const Clause *clause, TokenIter *tokens, bool *is_row_out, Err *err)
{
	Token token;
	Step step;
	size_t at = 0;
	*is_row_out = false;
	token_iter_set(tokens, text);
	while ((step = token_next(tokens, &token, err)) == STEP_ITEM) {
		if (token.kind > TOKEN_DIGITS)
			continue;
		if (at == clause->row_count || !passage_word_matches(&token, &clause->row[at]))
			return ST_OK;
		at++;
	}
	*is_row_out = at == clause->row_count;
	return step == STEP_END ? ST_OK : err->code;
}

Status passage_near(Str text, const Clause *clause, TokenIter *tokens, bool *holds_out, Err *err)
{
	uint64_t seen[WORDS_MAX] = {0}, position = 0;
	size_t count = clause->word_count < WORDS_MAX ? clause->word_count : WORDS_MAX;
	const Token *run;
	size_t run_count;
	Step step;
	*holds_out = false;
	set_text(tokens, text, clause->words, clause->word_count);
	while ((step = token_next_run(tokens, &run, &run_count, err)) == STEP_ITEM)
		for (const Token *token = run; token < run + run_count; token++) {
			bool is_span = token->kind > TOKEN_DIGITS, any = false;
			uint64_t now = position + token->left_out + !is_span;
			position = is_span ? position : now;
			for (size_t i = 0; i < count; i++)
				if (passage_word_matches_exactly(token, &clause->words[i])) {
					seen[i] = now;
					any = true;
				}
			*holds_out = any && near_holds(seen, count, now, clause->distance);
			if (*holds_out)
				return ST_OK;
		}
	return step == STEP_END ? ST_OK : err->code;
}

/* ---- snippets -------------------------------------------------------------------------------------------------- */

typedef struct {
	uint32_t start, end;
	uint8_t word;
	bool exact, follows; /* follows: right behind the match before, words in order */
} Match;

typedef struct {
	Match list[MATCHES_MAX];
	size_t count;
	bool are_enough;       /* the best passage is among them */
	uint8_t first_of[256]; /* by the low byte of a syllable's number: the first word it can be; word_count: none */
} Matches;

static void init_matches(Matches *m, const Word *words, size_t word_count)
{
	size_t prefix = 0;
	m->count = 0;
	m->are_enough = false;
	while (prefix < word_count && !words[prefix].prefix)
		prefix++;
	memset(m->first_of, (int)prefix, sizeof m->first_of);
	for (size_t i = prefix; i-- > 0;)
		m->first_of[words[i].fold & 255] = (uint8_t)i;
}

static bool add_match(Matches *m, const Token *token, const Word *words, size_t word_count, uint32_t previous_end)
{
	for (size_t i = token->fold ? m->first_of[token->fold & 255] : 0; i < word_count; i++) {
		if (!passage_word_matches(token, &words[i]))
			continue;
		if (m->count == MATCHES_MAX)
			return false;
		const Match *before = m->count ? &m->list[m->count - 1] : NULL;
		bool follows = before && before->end == previous_end && before->word + 1u == i && !token->left_out &&
			       !(token->flags & TOKEN_BREAK_BEFORE);
		m->list[m->count++] = (Match){token->start, token->end, (uint8_t)i,
					      passage_word_matches_exactly(token, &words[i]), follows};
		return true;
	}
	return true;
}

static Status find_matches(Str text, const Word *words, size_t word_count, TokenIter *tokens, Matches *m, Err *err)
{
	const Token *run;
	size_t run_count, row = 0, seen = 0;
	Step step;
	uint32_t previous_end = 0;
	set_text(tokens, text, words, word_count);
	while ((step = token_next_run(tokens, &run, &run_count, err)) == STEP_ITEM) {
		for (const Token *token = run; token < run + run_count && !m->are_enough; token++) {
			m->are_enough = !add_match(m, token, words, word_count, previous_end);
			if (token->kind <= TOKEN_DIGITS)
				previous_end = token->end;
			if (m->count > seen) {
				row = m->list[seen].follows && m->list[seen].exact ? row + 1 : 1;
				seen = m->count;
			}
			m->are_enough |= m->count && (row == ENOUGH_IN_A_ROW || (row == word_count && row > 1) ||
						      token->start > PASSAGE_ENOUGH_BYTES);
		}
		if (m->are_enough)
			return ST_OK;
	}
	m->are_enough = m->count && text.len > PASSAGE_ENOUGH_BYTES;
	return step == STEP_END ? ST_OK : err->code;
}

/* Matches around the words as typed, or in the whole text. Words typed without marks stand so in few texts: they are
 * not looked for as typed. */
static Status find_around_typed(Str text, Str typed, const Word *words, size_t word_count, TokenIter *tokens,
				Matches *m, Err *err)
{
	ptrdiff_t at = word_count > 1 && query_any_marked(words, word_count) ? find_typed(text, typed) : -1;
	if (at < 0)
		return find_matches(text, words, word_count, tokens, m, err);
	m->are_enough = true;
	size_t start = (size_t)at > AROUND_BYTES ? (size_t)at - AROUND_BYTES : 0,
	       end = utf8_cut(text, (size_t)at + typed.len + AROUND_BYTES);
	while (start > 0 && start < (size_t)at && text.ptr[start - 1] != ' ' && text.ptr[start - 1] != '\n')
		start++;
	const Token *run;
	size_t run_count;
	Step step;
	uint32_t previous_end = 0;
	token_iter_set(tokens, str_slice(text, start, end));
	while ((step = token_next_run(tokens, &run, &run_count, err)) == STEP_ITEM)
		for (const Token *token = run;
		     token < run + run_count && add_match(m, token, words, word_count, previous_end); token++)
			if (token->kind <= TOKEN_DIGITS)
				previous_end = token->end;
	for (size_t i = 0; i < m->count; i++) {
		m->list[i].start += (uint32_t)start;
		m->list[i].end += (uint32_t)start;
	}
	return step == STEP_ERROR ? err->code : ST_OK;
}

/* Text as HTML; control characters become blanks. Bytes between two escapes are copied in one piece. */
static void escape(Buf *out, Str text)
{
	static const char *const escaped[256] = {
		[0 ... ' ' - 1] = " ", [0x7F] = " ",     ['&'] = "&amp;", ['<'] = "&lt;",
		['>'] = "&gt;",        ['"'] = "&quot;", ['\''] = "&#39;"};
	size_t from = 0;
	for (size_t i = 0; i < text.len; i++) {
		const char *as = escaped[(uint8_t)text.ptr[i]];
		if (!as)
			continue;
		buf_add_str(out, str_slice(text, from, i));
		buf_add_zero_terminated(out, as);
		from = i + 1;
	}
	buf_add_str(out, str_slice(text, from, text.len));
}

/* The start of a word at most LEAD_BYTES before `at`: so the match has some text in front of it. */
static size_t window_start(Str text, size_t at)
{
	size_t least = at > LEAD_BYTES ? at - LEAD_BYTES : 0, i = at, start = at;
	for (; i > least; i--) {
		char before = text.ptr[i - 1];
		if (before == '\n')
			return i;
		if (before == ' ')
			start = i;
	}
	return least == 0 ? 0 : start;
}

static size_t window_end(Str text, size_t start)
{
	size_t end = utf8_cut(text, start + PASSAGE_BYTES);
	if (end == text.len)
		return end;
	for (size_t i = end; i > start + PASSAGE_BYTES / 2; i--)
		if (text.ptr[i - 1] == ' ' || text.ptr[i - 1] == '\n')
			return i - 1;
	return end;
}

static void mark_matches(Str text, const Matches *m, size_t start, size_t end, Buf *html)
{
	size_t from = start;
	for (size_t i = 0; i < m->count; i++) {
		if (m->list[i].start < from || m->list[i].end > end)
			continue;
		escape(html, str_slice(text, from, m->list[i].start));
		buf_add_zero_terminated(html, "<mark>");
		escape(html, str_slice(text, m->list[i].start, m->list[i].end));
		buf_add_zero_terminated(html, "</mark>");
		from = m->list[i].end;
	}
	escape(html, str_slice(text, from, end));
}

/* Different words count most, then words in a row, then exact ones. */
enum { WORTH_NEW = 19, WORTH_ANY = 1, WORTH_FOLLOWS = 12, WORTH_EXACT = 4 };

static int worth_alone(const Match *match)
{
	return WORTH_ANY + (match->follows ? WORTH_FOLLOWS : 0) + (match->exact ? WORTH_EXACT : 0);
}

/* The match that the best window begins with. The window moves over the matches; each enters it once and leaves it
 * once.
 */
static size_t choose_match(const Matches *m)
{
	uint16_t held[WORDS_MAX] = {0};
	size_t best = 0, behind = 0;
	int worth = 0, best_worth = -1;
	for (size_t first = 0; first < m->count; first++) {
		const Match *match = &m->list[first];
		uint32_t limit = match->start + PASSAGE_BYTES - LEAD_BYTES;
		for (; behind < m->count && (behind == first || m->list[behind].end <= limit); behind++)
			worth += worth_alone(&m->list[behind]) + (held[m->list[behind].word]++ ? 0 : WORTH_NEW);
		int value = worth - (match->follows ? WORTH_FOLLOWS : 0); /* nothing is before the first one */
		if (value > best_worth) {
			best_worth = value;
			best = first;
		}
		worth -= worth_alone(match) + (--held[match->word] ? 0 : WORTH_NEW);
	}
	return best;
}

Status passage_snippet(Str text, bool is_all, const PassageQuery *query, TokenIter *tokens, Arena *arena, Str *out,
		       Err *err)
{
	Matches m;
	Buf html = {0};
	Status st = ST_OK;
	size_t word_count = query->word_count < WORDS_MAX ? query->word_count : WORDS_MAX;
	*out = (Str){0};
	text = str_slice(text, 0, utf8_cut(text, PASSAGE_TEXT_MAX));
	init_matches(&m, query->words, word_count);
	if (word_count)
		st = find_around_typed(text, query->typed, query->words, word_count, tokens, &m, err);
	if (st != ST_OK)
		return st;
	size_t start = m.count ? window_start(text, m.list[choose_match(&m)].start) : 0, end = window_end(text, start);
	if (!is_all && (!m.are_enough || end + LEAD_BYTES > text.len))
		return ST_OK;
	if (start > 0)
		buf_add_zero_terminated(&html, "… ");
	mark_matches(text, &m, start, end, &html);
	if (end < text.len)
		buf_add_zero_terminated(&html, " …");
	*out = arena_copy(arena, buf_str(&html));
	bool ok = buf_ok(&html) && out->ptr;
	buf_done(&html);
	return ok ? ST_OK : err_no_memory(err);
}
