/* tokenizer/gen/make_syllables.c - turns data/letters.tsv and data/rhymes.tsv into the tables of letter.c and
 * syllable.c.
 *
 *   make_syllables letters.tsv rhymes.tsv letters.inc syllables.inc
 *
 * Runs at build time, before the library. A syllable's letters are packed into 64 bits, six bits a letter (letter.h);
 * the packed letters without tone are found in one open hash table whose entry holds the numbers of its six tones.
 * The unaccented spelling of every syllable ("quyen") is in the table too, so that a query without accents meets
 * the same folded number.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS_LOG2 = 13, SLOTS = 1 << SLOTS_LOG2, SHAPES_MAX = 6000, FOLDS_MAX = 4000, LETTER_COUNT = 34 };

/* Numbers of letters: a..z are 1..26, then these. Ends of the table in letter.h. */
static const char *const extra_letters[] = {"ă", "â", "đ", "ê", "ô", "ơ", "ư"};
static const char extra_bases[] = "aadeoou";

typedef struct {
	uint64_t code; /* letters without tone */
	char folded[16];
	unsigned tones;   /* bit t: numbered */
	unsigned genuine; /* bit t: a syllable of Vietnamese, not only an unaccented spelling */
	unsigned first, fold;
} Shape;

static Shape shapes[SHAPES_MAX];
static unsigned shape_count;
static char folds[FOLDS_MAX][16];
static unsigned fold_count;

static void fail(const char *what, const char *detail)
{
	fprintf(stderr, "make_syllables: %s: %s\n", what, detail);
	exit(1);
}

static FILE *open_or_fail(const char *path, const char *mode)
{
	FILE *file = fopen(path, mode);
	if (!file)
		fail("cannot open", path);
	return file;
}

static unsigned decode(const char **p)
{
	const uint8_t *b = (const uint8_t *)*p;
	if (b[0] < 0x80) {
		*p += 1;
		return b[0];
	}
	if (b[0] < 0xE0) {
		*p += 2;
		return (b[0] & 31u) << 6 | (b[1] & 63u);
	}
	*p += 3;
	return (b[0] & 15u) << 12 | (b[1] & 63u) << 6 | (b[2] & 63u);
}

/* The number of the small letter that stands at *p. */
static unsigned letter_number(const char **p)
{
	for (unsigned i = 0; i < 7; i++) {
		size_t len = strlen(extra_letters[i]);
		if (strncmp(*p, extra_letters[i], len) == 0) {
			*p += len;
			return 27 + i;
		}
	}
	if (**p < 'a' || **p > 'z')
		fail("not a letter", *p);
	return (unsigned)(*(*p)++ - 'a') + 1;
}

static uint64_t pack(const char *text)
{
	uint64_t code = 0;
	while (*text)
		code = code << 6 | letter_number(&text);
	return code;
}

static void fold(const char *text, char out[16])
{
	size_t n = 0;
	while (*text && n < 15) {
		unsigned letter = letter_number(&text);
		out[n++] = letter <= 26 ? (char)('a' + letter - 1) : extra_bases[letter - 27];
	}
	out[n] = 0;
}

static Shape *shape_of(const char *text, const char *folded)
{
	uint64_t code = pack(text);
	for (unsigned i = 0; i < shape_count; i++)
		if (shapes[i].code == code)
			return &shapes[i];
	if (shape_count == SHAPES_MAX)
		fail("too many syllables", text);
	Shape *shape = &shapes[shape_count++];
	*shape = (Shape){.code = code};
	snprintf(shape->folded, sizeof shape->folded, "%s", folded);
	return shape;
}

static void add_syllable(const char *onset, const char *rhyme, bool stop)
{
	char text[32], folded[16];
	bool one_i = strcmp(onset, "gi") == 0 && rhyme[0] == 'i';
	snprintf(text, sizeof text, "%s%s", strcmp(onset, "-") == 0 ? "" : one_i ? "g" : onset, rhyme);
	fold(text, folded);
	char plain[16];
	memcpy(plain, folded, sizeof plain);
	/* i/y: one folded form where the whole rhyme is y behind an onset (kỹ = kĩ, quý = quí). */
	if (strcmp(rhyme, "y") == 0 && strcmp(onset, "-") != 0)
		folded[strlen(folded) - 1] = 'i';
	Shape *shape = shape_of(text, folded);
	shape->tones |= stop ? 1u << 2 | 1u << 5 : 63;
	shape->genuine |= stop ? 1u << 2 | 1u << 5 : 63;
	shape_of(plain, folded)->tones |= 1;
}

static void read_rhymes(const char *path)
{
	FILE *in = open_or_fail(path, "r");
	char line[512];
	while (fgets(line, sizeof line, in)) {
		char *save, *rhyme = strtok_r(line, "\t\n", &save), *tones = strtok_r(NULL, "\t\n", &save);
		char *onsets = strtok_r(NULL, "\t\n", &save);
		if (!rhyme || rhyme[0] == '#' || strcmp(rhyme, "rhyme") == 0)
			continue;
		if (!onsets || (strcmp(tones, "all") != 0 && strcmp(tones, "stop") != 0))
			fail("bad row", rhyme);
		for (char *onset = strtok_r(onsets, " ", &save); onset; onset = strtok_r(NULL, " ", &save))
			add_syllable(onset, rhyme, strcmp(tones, "stop") == 0);
	}
	fclose(in);
}

static size_t unpack_key(uint64_t code, unsigned tone, char out[40])
{
	size_t n = 0;
	for (int shift = 54; shift >= 0; shift -= 6) {
		unsigned letter = code >> shift & 63;
		if (letter > 26)
			n += (size_t)sprintf(out + n, "%s", extra_letters[letter - 27]);
		else if (letter)
			out[n++] = (char)('a' + letter - 1);
	}
	if (tone)
		out[n++] = (char)('0' + tone);
	out[n] = 0;
	return n;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Numbers ascend with the folded form, then with the key. */
static int by_folded_and_key(const void *a, const void *b)
{
	const Shape *x = a, *y = b;
	char first[40], second[40];
	int order = strcmp(x->folded, y->folded);
	unpack_key(x->code, 0, first);
	unpack_key(y->code, 0, second);
	return order ? order : strcmp(first, second);
}

static void number_all(unsigned *syllables_out)
{
	unsigned next = 1;
	qsort(shapes, shape_count, sizeof shapes[0], by_folded_and_key);
	for (unsigned i = 0; i < shape_count; i++) {
		shapes[i].first = next;
		next += (unsigned)__builtin_popcount(shapes[i].tones);
		unsigned f = 0;
		while (f < fold_count && strcmp(folds[f], shapes[i].folded) != 0)
			f++;
		if (f == fold_count) {
			if (fold_count == FOLDS_MAX)
				fail("too many folded forms", shapes[i].folded);
			memcpy(folds[fold_count++], shapes[i].folded, sizeof folds[0]);
		}
	}
	qsort(folds, fold_count, sizeof folds[0], by_text);
	for (unsigned i = 0; i < shape_count; i++) {
		char *hit = bsearch(shapes[i].folded, folds, fold_count, sizeof folds[0], by_text);
		shapes[i].fold = (unsigned)((hit - folds[0]) / (ptrdiff_t)sizeof folds[0]) + 1;
	}
	*syllables_out = next - 1;
}

/* The multiplier that finds all shapes with the fewest steps. */
static uint64_t choose_multiplier(int slots[SLOTS])
{
	uint64_t best = 0, seed = 0x9e3779b97f4a7c15u;
	unsigned best_steps = ~0u;
	for (int attempt = 0; attempt < 300; attempt++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		uint64_t multiplier = seed | 1;
		static int used[SLOTS];
		memset(used, 0xFF, sizeof used);
		unsigned steps = 0;
		for (unsigned i = 0; i < shape_count; i++) {
			unsigned at = (unsigned)(shapes[i].code * multiplier >> (64 - SLOTS_LOG2));
			while (used[at] >= 0) {
				at = (at + 1) % SLOTS;
				steps++;
			}
			used[at] = (int)i;
		}
		if (steps < best_steps) {
			best_steps = steps;
			best = multiplier;
			memcpy(slots, used, sizeof used);
		}
	}
	return best;
}

static void write_keys(FILE *out, unsigned syllables)
{
	uint32_t at = 0;
	char key[40];
	fprintf(out, "const char syllable_key_pool[] =");
	for (unsigned i = 0; i < shape_count; i++)
		for (unsigned t = 0; t < 6; t++)
			if (shapes[i].tones >> t & 1) {
				unpack_key(shapes[i].code, t, key);
				fprintf(out, "\n\t\"%s\"", key);
			}
	fprintf(out,
		";\n/* offset in the pool, length in the top 8 bits */\nconst uint32_t syllable_key_at[%u] = {\n\t0,",
		syllables + 1);
	for (unsigned i = 0; i < shape_count; i++)
		for (unsigned t = 0; t < 6; t++)
			if (shapes[i].tones >> t & 1) {
				uint32_t len = (uint32_t)unpack_key(shapes[i].code, t, key);
				fprintf(out, " 0x%x,", at | len << 24);
				at += len;
			}
	fprintf(out, "\n};\nstatic const uint16_t fold_of[%u] = {\n\t0,", syllables + 1);
	for (unsigned i = 0; i < shape_count; i++)
		for (unsigned t = 0; t < 6; t++)
			if (shapes[i].tones >> t & 1)
				fprintf(out, " %u,", shapes[i].fold);
	fprintf(out, "\n};\n");
}

static void write_syllables(const char *path)
{
	static int slots[SLOTS];
	unsigned syllables;
	number_all(&syllables);
	uint64_t multiplier = choose_multiplier(slots);
	FILE *out = open_or_fail(path, "w");
	fprintf(out, "/* made by tokenizer/gen/make_syllables.c */\n");
	fprintf(out, "#define SYLLABLES %u\n#define FOLDS %u\n", syllables, fold_count);
	write_keys(out, syllables);
	fprintf(out, "const char syllable_fold_pool[] =");
	for (unsigned i = 0; i < fold_count; i++)
		fprintf(out, "\n\t\"%s\"", folds[i]);
	fprintf(out, ";\nconst uint32_t syllable_fold_at[%u] = {\n\t0,", fold_count + 1);
	uint32_t at = 0;
	for (unsigned i = 0; i < fold_count; i++) {
		uint32_t len = (uint32_t)strlen(folds[i]);
		fprintf(out, " 0x%x,", at | len << 24);
		at += len;
	}
	fprintf(out, "\n};\nconst uint64_t syllable_multiplier = 0x%" PRIx64 "u;\n", multiplier);
	fprintf(out, "const SyllableSlot syllable_slots[SYLLABLE_SLOTS] = {\n");
	for (unsigned i = 0; i < SLOTS; i++)
		if (slots[i] >= 0) {
			const Shape *s = &shapes[slots[i]];
			fprintf(out, "\t[%u] = {0x%" PRIx64 "u, %u, %u, %u, %u},\n", i, s->code, s->first, s->fold,
				s->tones, s->genuine);
		}
	fprintf(out, "};\n");
	if (fclose(out) != 0)
		fail("cannot write", path);
}

enum { TONE_SHIFT = 6, UPPER = 1 << 9, MARKED = 1 << 10 };
static unsigned two[4][64], three[2][64];
static unsigned code_points[2][LETTER_COUNT][6]; /* by case, letter, tone */

static void put_letter(unsigned code_point, unsigned entry)
{
	if (code_point >= 0xC0 && code_point < 0x1C0)
		two[(code_point >> 6) - 3][code_point & 63] = entry;
	else if (code_point >= 0x1E80 && code_point < 0x1F00)
		three[(code_point >> 6) - 0x7A][code_point & 63] = entry;
}

static void read_letters(const char *path)
{
	FILE *in = open_or_fail(path, "r");
	char line[256];
	bool capitals = false;
	static const char order[] = "aăâeêioôơuưyđ";
	const char *next = order;
	while (fgets(line, sizeof line, in)) {
		char *save, *cell = strtok_r(line, "\t\n", &save);
		if (!cell || cell[0] == '#' || strcmp(cell, "letter") == 0)
			continue;
		if (!*next) {
			capitals = true;
			next = order;
		}
		unsigned number = letter_number(&next);
		for (unsigned tone = 0; (cell = strtok_r(NULL, "\t\n", &save)) != NULL; tone++) {
			const char *p = cell;
			code_points[capitals][number][tone < 6 ? tone : 0] = decode(&p);
			p = cell;
			put_letter(decode(&p), number | tone << TONE_SHIFT | (capitals ? UPPER : 0) | MARKED);
		}
	}
	fclose(in);
	/* Letters that keyboards and fonts put in the place of đ: Ð, Ɖ and ð. */
	put_letter(0xD0, 29 | UPPER | MARKED);
	put_letter(0xF0, 29 | MARKED);
	put_letter(0x189, 29 | UPPER | MARKED);
}

static void write_table(FILE *out, const char *name, unsigned rows, unsigned (*table)[64])
{
	fprintf(out, "const uint16_t %s[%u][64] = {\n", name, rows);
	for (unsigned i = 0; i < rows; i++) {
		fprintf(out, "\t{");
		for (unsigned j = 0; j < 64; j++)
			fprintf(out, "%u, ", table[i][j]);
		fprintf(out, "},\n");
	}
	fprintf(out, "};\n");
}

static void write_letters(const char *path)
{
	FILE *out = open_or_fail(path, "w");
	fprintf(out, "/* made by tokenizer/gen/make_syllables.c */\n");
	write_table(out, "letter_two", 4, two);
	write_table(out, "letter_three", 2, three);
	fprintf(out, "static const uint16_t code_points[2][%u][6] = {\n", LETTER_COUNT);
	for (unsigned i = 0; i < 2; i++) {
		fprintf(out, "\t{\n");
		for (unsigned j = 0; j < LETTER_COUNT; j++) {
			fprintf(out, "\t\t{");
			for (unsigned k = 0; k < 6; k++)
				fprintf(out, "%u, ", code_points[i][j][k]);
			fprintf(out, "},\n");
		}
		fprintf(out, "\t},\n");
	}
	fprintf(out, "};\n");
	if (fclose(out) != 0)
		fail("cannot write", path);
}

int main(int argc, char **argv)
{
	if (argc != 5)
		fail("usage", "make_syllables letters.tsv rhymes.tsv letters.inc syllables.inc");
	read_letters(argv[1]);
	read_rhymes(argv[2]);
	write_letters(argv[3]);
	write_syllables(argv[4]);
	return 0;
}
