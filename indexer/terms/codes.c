/* indexer/terms/codes.c - the tables of codes, how they are made, and how a code is spelled.
 *
 * Codes must ascend as the bytes of their terms do: the inverter sorts by them (invert.h, codes_in_order). So kinds
 * stand in the order of their first bytes, and symbols ascend as their texts do. Numbers come first, in the order of
 * their digits ("1", "10", "100", "11"); then syllables in the tokenizer's order, which is that of the folded form and
 * then of the marked one, with the words in their places between. "an" < "an=án1" < "anh": a blank and '=' sort before
 * any letter, so pairs and marked forms keep the order of their parts.
 */
#include "indexer/terms/codes.h"

#include "tokenizer/syllable.h"

#include <pthread.h>
#include <string.h>

enum { NUMBERS = 10000, SYMBOLS_MAX = 1 << 16, WORD_MAX = 8, WORD_SLOTS = 512 };

/* Abbreviations and foreign words that texts are full of; sorted, none of them a syllable. */
static const char *const words[] = {
	"aids",    "asean",   "attp",    "b",    "bca",     "bct",   "bctc", "bgddt",   "bgtvt",  "bhtn",     "bhxh",
	"bhyt",    "bkhcn",   "bkhdt",   "bnn",  "bnnptnt", "bnv",   "bqp",  "btbtttt", "btc",    "btnmt",    "btp",
	"btttt",   "bvhttdl", "bxd",     "byt",  "c",       "cbcc",  "cdnt", "cm",      "cn",     "cntt",     "cp",
	"cv",      "d",       "dn",      "dnnn", "dvc",     "email", "f",    "fax",     "fdi",    "g",        "gcn",
	"gcnqsdd", "gd",      "gdp",     "gmp",  "gplx",    "gt",    "gtgt", "gtvt",    "h",      "hcm",      "hd",
	"hdnd",    "hdtv",    "hdxx",    "hiv",  "hs",      "hsdt",  "hsmt", "ii",      "iii",    "internet", "iso",
	"iv",      "ix",      "j",       "k",    "kbnn",    "kcb",   "kg",   "kh",      "khdt",   "khz",      "km",
	"kt",      "ktxh",    "kv",      "l",    "ldtbxh",  "lng",   "lpg",  "lt",      "m",      "mhz",      "mm",
	"mst",     "n",       "nd",      "ndcp", "ng",      "nghd",  "nhnn", "nk",      "nn",     "nq",       "nsnn",
	"ntm",     "nv",      "oda",     "p",    "pccc",    "pdf",   "pl",   "q",       "qcvn",   "qd",       "qh",
	"qlnn",    "qppl",    "qsdd",    "r",    "s",       "scic",  "sn",   "spqg",    "stt",    "sxd",      "t",
	"tand",    "tb",      "tc",      "tcvn", "tdtt",    "th",    "thc",  "thcs",    "thpt",   "tk",       "tkbtc",
	"tl",      "tm",      "tncn",    "tndn", "tndnn",   "tnhh",  "tnmt", "tp",      "tphcm",  "tr",       "ts",
	"tscd",    "tt",      "ttg",     "tthc", "ttlt",    "ttr",   "tttt", "tw",      "ubmttq", "ubnd",     "ubtvqh",
	"usd",     "v",       "vb",      "vii",  "viii",    "vksnd", "vn",   "vnd",     "vp",     "vpcp",     "vpubnd",
	"vt",      "w",       "website", "x",    "xd",      "xhcn",  "xii",  "xiii",    "xk",     "xnk",      "z",
};
enum { WORDS = sizeof words / sizeof words[0] };

/* Kinds of codes in the order of their terms' first bytes: digits, capitals, small letters. Kind 0 is not used. */
static const struct {
	TermPrefix prefix;
	bool is_pair;
} kinds[] = {
	{0},
	{PREFIX_BODY, false}, /* numbers */
	{PREFIX_AGENCY, true},
	{PREFIX_AGENCY, false},
	{PREFIX_BODY, true},
	{PREFIX_SIGNER, true},
	{PREFIX_SIGNER, false},
	{PREFIX_SUBJECT, true},
	{PREFIX_SUBJECT, false},
	{PREFIX_KEYWORD, true},
	{PREFIX_KEYWORD, false},
	{PREFIX_BODY, false}, /* words */
};
enum { KIND_NUMBER = 1, KIND_COUNT = sizeof kinds / sizeof kinds[0] };

typedef struct {
	uint16_t number;
	uint8_t what;
} Meaning;
enum { IS_NUMBER, IS_SYLLABLE, IS_WORD };

static struct {
	uint16_t of_number[NUMBERS];
	uint16_t of_fold[SYMBOLS_MAX];
	uint16_t exact_of_word[WORDS], folded_of_word[WORDS];
	Meaning exact[SYMBOLS_MAX], folded[SYMBOLS_MAX];
	struct {
		uint64_t bytes;
		uint16_t word;
	} slots[WORD_SLOTS]; /* word + 1 */
	TokenSymbols last;
} t;
CodeTables code_tables;

/* ---- tables ---------------------------------------------------------------------------------------------------- */

static uint64_t bytes_of_word(Str word)
{
	uint64_t bytes = 0;
	memcpy(&bytes, word.ptr, word.len);
	return bytes;
}

static uint32_t slot_of(uint64_t bytes)
{
	return (uint32_t)(bytes * UINT64_C(0x9E3779B97F4A7C15) >> 32) % WORD_SLOTS;
}

static void number_words(void)
{
	for (uint16_t i = 0; i < WORDS; i++) {
		uint64_t bytes = bytes_of_word(str_from(words[i]));
		uint32_t slot = slot_of(bytes);
		while (t.slots[slot].word)
			slot = (slot + 1) % WORD_SLOTS;
		t.slots[slot].bytes = bytes;
		t.slots[slot].word = (uint16_t)(i + 1);
	}
}

/* A number and all that begin with its digits. */
static void number_numbers(uint32_t number, uint16_t *next)
{
	t.of_number[number] = *next;
	t.exact[*next] = t.folded[*next] = (Meaning){(uint16_t)number, IS_NUMBER};
	++*next;
	for (uint32_t digit = 0; number && digit < 10 && number * 10 + digit < NUMBERS; digit++)
		number_numbers(number * 10 + digit, next);
}

/* A canonical key shows its marks: a tone digit at the end, or a letter beyond ASCII. */
static bool key_is_marked(Str key)
{
	for (size_t i = 0; i < key.len; i++)
		if ((unsigned char)key.ptr[i] >= 0x80)
			return true;
	return key.len && key.ptr[key.len - 1] <= '9';
}

static void number_letters(uint16_t next)
{
	uint16_t exact = next, folded = next, word = 0, fold = 0, unmarked = 0;
	code_tables.first_letter = next;
	for (uint32_t s = 1; s <= syllable_count(); s++) {
		if (syllable_fold((uint16_t)s) != fold) {
			fold = syllable_fold((uint16_t)s);
			unmarked = 0;
			for (; word < WORDS && str_cmp(str_from(words[word]), syllable_folded(fold)) < 0; word++) {
				t.exact[exact] = t.folded[folded] = (Meaning){word, IS_WORD};
				t.exact_of_word[word] = exact++;
				t.folded_of_word[word] = folded++;
			}
			t.folded[folded] = (Meaning){fold, IS_SYLLABLE};
			t.of_fold[fold] = folded++;
		}
		bool marked = key_is_marked(syllable_key((uint16_t)s));
		if (!marked && unmarked) { /* "ky" and "ki" without marks are one term */
			code_tables.of_syllable[s] = (TokenSymbols){unmarked, t.of_fold[fold]};
			continue;
		}
		if (!marked)
			unmarked = exact;
		t.exact[exact] = (Meaning){(uint16_t)s, IS_SYLLABLE};
		code_tables.of_syllable[s] = (TokenSymbols){exact++, t.of_fold[fold]};
	}
	for (; word < WORDS; word++) {
		t.exact[exact] = t.folded[folded] = (Meaning){word, IS_WORD};
		t.exact_of_word[word] = exact++;
		t.folded_of_word[word] = folded++;
	}
	t.last = (TokenSymbols){(uint16_t)(exact - 1), (uint16_t)(folded - 1)};
}

static void make_tables(void)
{
	uint16_t next = 1;
	for (uint32_t digit = 0; digit < 10; digit++)
		number_numbers(digit, &next);
	number_words();
	number_letters(next);
	code_tables.number = (uint64_t)KIND_NUMBER << 32;
	for (uint64_t kind = KIND_NUMBER + 1; kind < KIND_COUNT; kind++) {
		uint64_t *of = kinds[kind].is_pair ? code_tables.bigram : code_tables.unigram;
		of[kinds[kind].prefix] = kind << 32;
	}
}

void codes_init(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, make_tables);
}

TokenSymbols codes_last(void)
{
	return t.last;
}

/* ---- from tokens ----------------------------------------------------------------------------------------------- */

static uint16_t symbol_of_digits(Str digits)
{
	uint32_t number = 0;
	if (digits.len > 4 || digits.len == 0)
		return 0;
	for (size_t i = 0; i < digits.len; i++) {
		if (digits.ptr[i] < '0' || digits.ptr[i] > '9')
			return 0;
		number = number * 10 + (uint32_t)(digits.ptr[i] - '0');
	}
	return digits.ptr[0] == '0' && digits.len > 1 ? 0 : t.of_number[number];
}

/* The word's index + 1; 0: it is none of them. */
static uint16_t find_word(Str folded)
{
	if (folded.len > WORD_MAX)
		return 0;
	uint64_t bytes = bytes_of_word(folded);
	uint32_t slot = slot_of(bytes);
	while (t.slots[slot].word && t.slots[slot].bytes != bytes)
		slot = (slot + 1) % WORD_SLOTS;
	return t.slots[slot].word;
}

TokenSymbols codes_of_other_token(const Token *token)
{
	if (token->kind == TOKEN_DIGITS) {
		uint16_t symbol = symbol_of_digits(token->folded);
		return (TokenSymbols){symbol, symbol};
	}
	if (token->fold)
		return (TokenSymbols){0, t.of_fold[token->fold]};
	uint16_t word = find_word(token->folded);
	if (!word)
		return (TokenSymbols){0, 0};
	return (TokenSymbols){token->flags & TOKEN_MARKED ? 0 : t.exact_of_word[word - 1], t.folded_of_word[word - 1]};
}

/* ---- codes ----------------------------------------------------------------------------------------------------- */

static size_t add(char *out, size_t at, Str s)
{
	memcpy(out + at, s.ptr, s.len);
	return at + s.len;
}

static size_t add_number(char *out, size_t at, uint32_t number)
{
	char digits[8];
	size_t len = 0;
	do
		digits[len++] = (char)('0' + number % 10);
	while (number /= 10);
	while (len)
		out[at++] = digits[--len];
	return at;
}

static size_t add_folded(char *out, size_t at, Meaning m)
{
	if (m.what == IS_NUMBER)
		return add_number(out, at, m.number);
	return add(out, at, m.what == IS_WORD ? str_from(words[m.number]) : syllable_folded(m.number));
}

static size_t add_exact(char *out, size_t at, Meaning m)
{
	if (m.what != IS_SYLLABLE)
		return add_folded(out, at, m);
	Str key = syllable_key(m.number);
	at = add(out, at, syllable_folded(syllable_fold(m.number)));
	if (!key_is_marked(key))
		return at;
	out[at++] = SCHEMA_MARKED;
	return add(out, at, key);
}

size_t code_spell(void *unused, uint64_t code, char *out)
{
	(void)unused;
	size_t kind = (size_t)(code >> 32), at = add(out, 0, schema_prefix(kinds[kind].prefix));
	if (!kinds[kind].is_pair)
		return add_exact(out, at, t.exact[code & 0xFFFF]);
	out[at++] = SCHEMA_PAIR;
	at = add_folded(out, at, t.folded[code >> 16 & 0xFFFF]);
	out[at++] = ' ';
	return add_folded(out, at, t.folded[code & 0xFFFF]);
}
