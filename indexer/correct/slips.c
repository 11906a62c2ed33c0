/* indexer/correct/slips.c - the inventory of folded syllables is small: it is walked and each is compared, up to one
 * change (insert, leave out, replace, swap) or, asked for far ones, two. */
#include "indexer/correct/slips.h"

#include "tokenizer/fold.h"
#include "tokenizer/query_forms.h"
#include "tokenizer/syllable.h"

enum { LETTERS_MAX = 12, TWO_SYLLABLES_MAX = 14 };

static const double cost_of_keys = 1, cost_of_double = 2.5, cost_of_neighbour = 3.5, cost_of_sound = 3,
		    cost_of_split = 3, cost_of_join = 3.5, cost_of_swap = 3, cost_of_change = 4.5, cost_of_second = 4;

/* ---- how far apart two words are ------------------------------------------------------------------------------- */

/* Keys that lie beside each other, and letters that sound or look alike. */
static bool is_neighbour(char a, char b)
{
	static const char *const rows[] = {"qwertyuiop", "asdfghjkl", "zxcvbnm"};
	for (size_t row = 0; row < 3; row++) {
		const char *x = strchr(rows[row], a), *y = strchr(rows[row], b);
		if (x && y)
			return x - y == 1 || y - x == 1;
	}
	return false;
}

static bool sounds_alike(char a, char b)
{
	static const char *const pairs[] = {"sx", "dr", "ln", "iy", "ck", "uo", "vd", "gd"};
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		if ((pairs[i][0] == a && pairs[i][1] == b) || (pairs[i][0] == b && pairs[i][1] == a))
			return true;
	return false;
}

/* Words of one sound written with other letters: tr and ch, gi and d. */
static bool is_other_onset(Str typed, Str meant)
{
	static const struct {
		const char *a, *b;
	} onsets[] = {{"tr", "ch"}, {"gi", "d"}, {"gi", "r"}, {"ng", "n"}, {"ngh", "ng"}, {"gh", "g"}, {"ph", "f"}};
	for (size_t i = 0; i < 2 * (sizeof onsets / sizeof *onsets); i++) {
		Str a = str_from(i % 2 ? onsets[i / 2].b : onsets[i / 2].a);
		Str b = str_from(i % 2 ? onsets[i / 2].a : onsets[i / 2].b);
		if (str_starts(typed, a) && str_starts(meant, b) &&
		    str_eq(str_slice(typed, a.len, typed.len), str_slice(meant, b.len, meant.len)))
			return true;
	}
	return false;
}

static double cost_of_letter(char typed, char meant)
{
	return sounds_alike(typed, meant)   ? cost_of_sound
	       : is_neighbour(typed, meant) ? cost_of_neighbour
					    : cost_of_change;
}

static size_t same_beginning(Str a, Str b)
{
	size_t n = 0;
	while (n < a.len && n < b.len && a.ptr[n] == b.ptr[n])
		n++;
	return n;
}

static bool is_same_from(Str a, size_t i, Str b, size_t k)
{
	return str_eq(str_slice(a, i, a.len), str_slice(b, k, b.len));
}

/* Negative: more than one change apart. */
static double cost_of_one(Str typed, Str meant)
{
	size_t n = same_beginning(typed, meant);
	if (typed.len == meant.len) {
		if (n + 1 < typed.len && typed.ptr[n] == meant.ptr[n + 1] && typed.ptr[n + 1] == meant.ptr[n] &&
		    is_same_from(typed, n + 2, meant, n + 2))
			return cost_of_swap;
		return is_same_from(typed, n + 1, meant, n + 1) ? cost_of_letter(typed.ptr[n], meant.ptr[n]) : -1;
	}
	if (typed.len == meant.len + 1 && is_same_from(typed, n + 1, meant, n))
		return n && typed.ptr[n] == typed.ptr[n - 1] ? cost_of_double : cost_of_change;
	if (typed.len + 1 == meant.len && is_same_from(typed, n, meant, n + 1))
		return cost_of_change;
	return -1;
}

/* Folded syllables have i where people write y as well: "li" is "ly". */
static double cost_of_spelling(Str typed, Str meant)
{
	char other[LETTERS_MAX];
	double cost = cost_of_one(typed, meant);
	if (cost >= 0 || meant.len < 2 || meant.ptr[meant.len - 1] != 'i')
		return cost;
	memcpy(other, meant.ptr, meant.len);
	other[meant.len - 1] = 'y';
	return cost_of_one(typed, (Str){other, meant.len});
}

/* Two changes, by the usual table of optimal string alignment. */
static bool is_within_two(Str a, Str b)
{
	enum { FAR = 3 };
	unsigned char table[LETTERS_MAX + 1][LETTERS_MAX + 1];
	for (size_t i = 0; i <= a.len; i++)
		for (size_t k = 0; k <= b.len; k++) {
			unsigned best = i == 0 || k == 0 ? (unsigned)(i + k) : 255;
			if (i && k) {
				unsigned replaced = table[i - 1][k - 1] + (a.ptr[i - 1] != b.ptr[k - 1]);
				unsigned added = table[i - 1][k] + 1u, dropped = table[i][k - 1] + 1u;
				best = replaced < added ? replaced : added;
				best = dropped < best ? dropped : best;
				if (i > 1 && k > 1 && a.ptr[i - 1] == b.ptr[k - 2] && a.ptr[i - 2] == b.ptr[k - 1] &&
				    table[i - 2][k - 2] + 1u < best)
					best = table[i - 2][k - 2] + 1u;
			}
			table[i][k] = (unsigned char)best;
		}
	return table[a.len][b.len] < FAR;
}

/* ---- readings -------------------------------------------------------------------------------------------------- */

typedef struct {
	Reading *rows;
	size_t count;
} Readings;

/* The cheaper of two ways to the same word stays. */
static void add(Readings *all, Str first, Str second, double cost)
{
	for (size_t i = 0; i < all->count; i++)
		if (str_eq(all->rows[i].words[0], first) && str_eq(all->rows[i].words[1], second)) {
			if (cost < all->rows[i].cost)
				all->rows[i].cost = cost;
			return;
		}
	if (all->count < SLIPS_MAX)
		all->rows[all->count++] = (Reading){{first, second}, second.len ? 2 : 1, 1, cost, 0};
}

static void add_near(Readings *all, Str folded, bool far)
{
	for (uint32_t fold = 1; fold <= syllable_fold_count(); fold++) {
		Str meant = syllable_folded((uint16_t)fold);
		if (meant.len > folded.len + 2 || folded.len > meant.len + 2 || meant.len > LETTERS_MAX)
			continue;
		double cost = str_eq(meant, folded) ? -1 : cost_of_spelling(folded, meant);
		if (cost < 0 && is_other_onset(folded, meant))
			cost = cost_of_sound;
		if (cost < 0 && far && !str_eq(meant, folded) && is_within_two(folded, meant))
			cost = cost_of_change + cost_of_second;
		if (cost >= 0)
			add(all, meant, (Str){0}, cost);
	}
}

static uint16_t find_fold(Str folded)
{
	uint32_t low = 1, high = syllable_fold_count() + 1;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = str_cmp(syllable_folded((uint16_t)middle), folded);
		if (order == 0)
			return (uint16_t)middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return 0;
}

/* The syllable itself, or with the i that folded syllables have for a y at their end. */
static uint16_t find_spelled(Str folded)
{
	char other[LETTERS_MAX];
	uint16_t fold = find_fold(folded);
	if (fold || folded.len < 2 || folded.len > LETTERS_MAX || folded.ptr[folded.len - 1] != 'y')
		return fold;
	memcpy(other, folded.ptr, folded.len);
	other[folded.len - 1] = 'i';
	return find_fold((Str){other, folded.len});
}

/* One part is a syllable, the other one slip away from some. */
static void add_split_with_slip(Readings *all, Str first, Str second)
{
	uint16_t whole_first = find_spelled(first), whole_second = find_spelled(second);
	Str other = whole_first ? second : first;
	if ((whole_first != 0) == (whole_second != 0) || other.len < 2 || other.len > LETTERS_MAX)
		return;
	for (uint32_t fold = 1; fold <= syllable_fold_count(); fold++) {
		Str meant = syllable_folded((uint16_t)fold);
		bool is_far = meant.len > other.len + 1 || other.len > meant.len + 1;
		double cost = is_far ? -1 : cost_of_spelling(other, meant);
		if (cost >= 0)
			add(all, whole_first ? syllable_folded(whole_first) : meant,
			    whole_first ? meant : syllable_folded(whole_second), cost_of_split + cost);
	}
}

static void add_splits(Readings *all, Str folded, bool far)
{
	for (size_t at = 1; at < folded.len && folded.len <= TWO_SYLLABLES_MAX; at++) {
		Str first = str_slice(folded, 0, at), second = str_slice(folded, at, folded.len);
		uint16_t one = find_spelled(first), two = find_spelled(second);
		if (one && two)
			add(all, syllable_folded(one), syllable_folded(two), cost_of_split);
		else if (far)
			add_split_with_slip(all, first, second);
	}
}

/* "quyeets", "quye61t": as an input method would have put it. */
static Status add_keys(Readings *all, Str typed, Arena *arena, Err *err)
{
	Buf decoded = {0}, folded = {0};
	bool is_word = query_word_decode(typed, &decoded) != KEYS_NONE;
	if (is_word)
		fold_text(buf_str(&decoded), &folded);
	Str word = is_word ? arena_copy(arena, buf_str(&folded)) : (Str){0};
	bool ok = buf_ok(&decoded) && buf_ok(&folded) && (!is_word || word.ptr);
	buf_done(&decoded);
	buf_done(&folded);
	if (!ok)
		return err_no_memory(err);
	uint16_t fold = word.len ? find_fold(word) : 0;
	if (fold)
		add(all, syllable_folded(fold), (Str){0}, cost_of_keys);
	return ST_OK;
}

Status slips_of_word(Str typed, Str folded, bool far, Arena *arena, Reading *out, size_t *count_out, Err *err)
{
	Readings all = {.rows = out};
	Status st = add_keys(&all, typed, arena, err);
	if (st == ST_OK && folded.len && folded.len <= LETTERS_MAX)
		add_near(&all, folded, far);
	if (st == ST_OK)
		add_splits(&all, folded, far);
	*count_out = all.count;
	return st;
}

bool slips_joined(Str first, Str second, Arena *arena, Reading *out)
{
	char *both = arena_printf(arena, "%.*s%.*s", STR_ARG(first), STR_ARG(second));
	uint16_t fold = both ? find_spelled(str_from(both)) : 0;
	if (fold)
		*out = (Reading){{syllable_folded(fold)}, 1, 2, cost_of_join, 0};
	return fold != 0;
}
