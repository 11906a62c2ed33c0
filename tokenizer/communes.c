/* tokenizer/communes.c - the rows of data/communes.tsv become one entry for each name, old and new, sorted by the hash
 * of the name without its kind, so that the entries of a name lie together. A name in the query gives its entries;
 * those whose kind, district or province contradicts the query are ruled out, and what is left decides whether a form
 * is automatic, offered or left out.
 */
#include "tokenizer/communes.h"

#include <pthread.h>
#include <stdlib.h>

static const struct {
	const char *province, *name, *made_of;
} rows[] = {
#define ROW(province, commune, made_of) {province, commune, made_of},
#include "tokenizer/communes.inc"
#undef ROW
};

static const char *const everyday_names[] = {
#define ROW(name) name,
#include "tokenizer/everyday_names.inc"
#undef ROW
};

typedef enum { KIND_NONE, KIND_XA, KIND_PHUONG, KIND_THI_TRAN, KIND_DAC_KHU } Kind;

typedef struct {
	uint64_t fold, key;   /* of the name without its kind */
	const char *name;     /* with its kind */
	const char *district; /* "Huyện Chơn Thành"; NULL: this is the commune of today */
	uint64_t district_fold;
	uint16_t row;
	uint8_t name_len, district_len;
	uint8_t kind;
	uint8_t province; /* old; of a commune of today: its own */
} Commune;

enum { PROVINCES_MAX = 96, NAME_WORDS_MAX = 7, BESIDE = 12, MEANINGS_MAX = 4, FORMER_MAX = 8, CANDIDATES_MAX = 512 };

static struct {
	uint64_t xa, phuong, thi, tran, dac, khu, huyen, quan;               /* words */
	uint64_t everyday[sizeof everyday_names / sizeof everyday_names[0]]; /* sorted */
	struct {
		Str name;
		uint64_t fold;
	} provinces[PROVINCES_MAX];
	size_t province_count;
	uint8_t province_of[sizeof rows / sizeof rows[0]];
	Commune *communes;
	size_t count, capacity;
	uint16_t *by_row; /* numbers of communes, those of a row together */
	uint16_t row_start[sizeof rows / sizeof rows[0] + 1];
} table;
static pthread_once_t words_once = PTHREAD_ONCE_INIT, table_once = PTHREAD_ONCE_INIT;

static void make_words(void)
{
	table.xa = str_hash(STR("xa"));
	table.phuong = str_hash(STR("phuong"));
	table.thi = str_hash(STR("thi"));
	table.tran = str_hash(STR("tran"));
	table.dac = str_hash(STR("dac"));
	table.khu = str_hash(STR("khu"));
	table.huyen = str_hash(STR("huyen"));
	table.quan = str_hash(STR("quan"));
}

/* The kind that is said at tokens[0], and its words. */
static Kind kind_at(const QueryToken *tokens, size_t count, size_t *words_out)
{
	*words_out = 1;
	if (tokens[0].fold == table.xa)
		return KIND_XA;
	if (tokens[0].fold == table.phuong)
		return KIND_PHUONG;
	*words_out = 2;
	if (count > 1 && tokens[0].fold == table.thi && tokens[1].fold == table.tran)
		return KIND_THI_TRAN;
	if (count > 1 && tokens[0].fold == table.dac && tokens[1].fold == table.khu)
		return KIND_DAC_KHU;
	*words_out = 0;
	return KIND_NONE;
}

static uint64_t key_of(const QueryToken *tokens, size_t count)
{
	uint64_t key = 0;
	for (size_t i = 0; i < count; i++)
		key = phrase_add(key, tokens[i].key);
	return key;
}

/* ---- making the table ---- */

static uint8_t add_province(TokenIter *it, Str name)
{
	QueryToken tokens[QUERY_TOKENS_MAX];
	size_t count;
	Err err;
	for (size_t i = 0; i < table.province_count; i++)
		if (str_eq(table.provinces[i].name, name))
			return (uint8_t)i;
	if (table.province_count == PROVINCES_MAX || query_tokens_read(it, name, tokens, &count, &err) != ST_OK)
		return PROVINCES_MAX;
	table.provinces[table.province_count].name = name;
	table.provinces[table.province_count].fold = phrase_of(tokens, count);
	return (uint8_t)table.province_count++;
}

/* "Huyện Chơn Thành" is found by "Chơn Thành", "Quận 1" by itself only. */
static uint64_t fold_district(TokenIter *it, Str name)
{
	QueryToken tokens[QUERY_TOKENS_MAX];
	size_t count, kind = str_starts(name, STR("Th")) ? 2 : 1; /* Thị xã, Thành phố; Huyện, Quận */
	Err err;
	if (query_tokens_read(it, name, tokens, &count, &err) != ST_OK || count <= kind)
		return 0;
	bool number = name.ptr[tokens[kind].start] <= '9';
	return number ? phrase_of(tokens, count) : phrase_of(tokens + kind, count - kind);
}

static void add_commune(TokenIter *it, Str name, Str district, uint64_t district_fold, uint8_t province, size_t row)
{
	QueryToken tokens[QUERY_TOKENS_MAX];
	size_t count, kind_words;
	Err err;
	if (query_tokens_read(it, name, tokens, &count, &err) != ST_OK || !count)
		return;
	Kind kind = kind_at(tokens, count, &kind_words);
	if (kind == KIND_NONE || kind_words == count || name.len > UINT8_MAX || district.len > UINT8_MAX)
		return;
	if (table.count == UINT16_MAX)
		return;
	if (table.count == table.capacity) {
		size_t wanted = table.capacity ? table.capacity * 2 : 16384;
		Commune *grown = realloc(table.communes, wanted * sizeof *grown);
		if (!grown) /* no memory: the communes read so far are used; the search itself will fail and report it
			     */
			return;
		table.communes = grown;
		table.capacity = wanted;
	}
	table.communes[table.count++] = (Commune){.fold = phrase_of(tokens + kind_words, count - kind_words),
						  .key = key_of(tokens + kind_words, count - kind_words),
						  .name = name.ptr,
						  .name_len = (uint8_t)name.len,
						  .district = district.ptr,
						  .district_len = (uint8_t)district.len,
						  .district_fold = district_fold,
						  .row = (uint16_t)row,
						  .kind = (uint8_t)kind,
						  .province = province};
}

/* "Xã A, Xã B (Huyện C, Tỉnh D); Xã E (Huyện F)" */
static void add_former(TokenIter *it, Str made_of, size_t row)
{
	Str group, name;
	while (str_split(&made_of, ';', &group)) {
		ptrdiff_t open = str_find_char(group, '(');
		if (open < 0)
			continue;
		Str names = str_slice(group, 0, (size_t)open), where = str_slice(group, (size_t)open + 1, group.len),
		    district;
		where = str_slice(where, 0, where.len ? where.len - 1 : 0);
		str_split(&where, ',', &district);
		Str province = str_trim(where);
		uint8_t number = province.len ? add_province(it, province) : table.province_of[row];
		uint64_t fold = fold_district(it, district);
		while (str_split(&names, ',', &name))
			add_commune(it, str_trim(name), district, fold, number, row);
	}
}

static int compare(const void *a, const void *b)
{
	const Commune *x = a, *y = b;
	if (x->fold != y->fold)
		return x->fold < y->fold ? -1 : 1;
	return x->row != y->row ? (x->row < y->row ? -1 : 1) : (x->name > y->name) - (x->name < y->name);
}

static void sort_by_row(void)
{
	size_t row_count = sizeof rows / sizeof rows[0];
	table.by_row = calloc(table.count + 1, sizeof *table.by_row);
	if (!table.by_row)
		return;
	for (size_t i = 0; i < table.count; i++)
		table.row_start[table.communes[i].row + 1]++;
	for (size_t row = 0; row < row_count; row++)
		table.row_start[row + 1] += table.row_start[row];
	for (size_t i = table.count; i-- > 0;) /* from behind: the starts come to where they belong */
		table.by_row[--table.row_start[table.communes[i].row + 1]] = (uint16_t)i;
	memmove(table.row_start, table.row_start + 1, row_count * sizeof table.row_start[0]);
	table.row_start[row_count] = (uint16_t)table.count;
}

static int compare_hashes(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static void add_everyday(TokenIter *it)
{
	QueryToken tokens[QUERY_TOKENS_MAX];
	size_t count, names = sizeof everyday_names / sizeof everyday_names[0];
	Err err;
	for (size_t i = 0; i < names; i++)
		if (query_tokens_read(it, str_from(everyday_names[i]), tokens, &count, &err) == ST_OK)
			table.everyday[i] = phrase_of(tokens, count);
	qsort(table.everyday, names, sizeof table.everyday[0], compare_hashes);
}

static void make_table(void)
{
	Err err;
	TokenIter *it = token_iter_new(&err);
	if (!it)
		return;
	for (size_t row = 0; row < sizeof rows / sizeof rows[0]; row++) {
		uint8_t province = add_province(it, str_from(rows[row].province));
		table.province_of[row] = province;
		add_commune(it, str_from(rows[row].name), (Str){0}, 0, province, row);
		add_former(it, str_from(rows[row].made_of), row);
	}
	if (table.count)
		qsort(table.communes, table.count, sizeof *table.communes, compare);
	sort_by_row();
	add_everyday(it);
	token_iter_free(it);
}

/* ---- asking ---- */

/* The entries of a name: table.communes[result..*end_out). */
static size_t find_name(uint64_t fold, size_t *end_out)
{
	size_t low = 0, high = table.count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (table.communes[middle].fold < fold)
			low = middle + 1;
		else
			high = middle;
	}
	for (high = low; high < table.count && table.communes[high].fold == fold; high++)
		;
	*end_out = high;
	return low;
}

/* The words beside the commune's name, as hashed phrases of up to four: they may name its district or province. */
typedef struct {
	uint64_t phrases[2 * BESIDE * 4];
	size_t count;
	bool province[PROVINCES_MAX];
	bool any_province;
} Beside;

static void look_beside(const QueryToken *tokens, size_t from, size_t to, Beside *out)
{
	for (size_t i = from; i < to; i++) {
		uint64_t phrase = 0;
		for (size_t n = 0; n < 4 && i + n < to; n++) {
			phrase = phrase_add(phrase, tokens[i + n].fold);
			out->phrases[out->count++] = phrase;
			for (size_t p = 0; p < table.province_count; p++)
				if (table.provinces[p].fold == phrase)
					out->province[p] = out->any_province = true;
		}
	}
}

/* How well a commune fits what is beside its name: 2 its district is named, 1 its province, old or new. */
static unsigned fitness(const Commune *c, const Beside *beside)
{
	unsigned fit = c->province < PROVINCES_MAX && beside->province[c->province];
	uint8_t today = table.province_of[c->row];
	fit |= today < PROVINCES_MAX && beside->province[today];
	for (size_t i = 0; c->district_fold && i < beside->count; i++)
		if (beside->phrases[i] == c->district_fold)
			return fit + 2;
	return fit;
}

typedef struct {
	const Commune *kept[CANDIDATES_MAX]; /* that fit best */
	size_t count;
	unsigned fit;
	uint16_t rows[MEANINGS_MAX + 1];
	size_t row_count; /* communes of today that can be meant; MEANINGS_MAX + 1: too many */
	bool one_place;   /* all kept lie in one district of old: a commune that was divided */
} Meanings;

static void add_row(Meanings *m, uint16_t row)
{
	for (size_t i = 0; i < m->row_count; i++)
		if (m->rows[i] == row)
			return;
	if (m->row_count <= MEANINGS_MAX)
		m->rows[m->row_count++] = row;
}

/* A name as it was asked for: marks that are typed are meant. */
typedef struct {
	Kind kind;
	uint64_t key;    /* 0: typed without marks */
	size_t words;    /* without its kind */
	size_t from, to; /* its entries in the table, with some that are not meant */
} Name;

static bool is_meant(const Name *name, const Commune *c)
{
	return c->kind == name->kind && (!name->key || c->key == name->key);
}

/* The longest name that stands at tokens[0]; words is 0 if there is none. */
static void read_name(const QueryToken *tokens, size_t count, Name *out)
{
	size_t most = 0;
	while (most < count && most < NAME_WORDS_MAX && !(most && tokens[most].begins_clause))
		most++;
	for (out->words = most; out->words; out->words--) {
		bool marked = false;
		for (size_t i = 0; i < out->words; i++)
			marked |= tokens[i].marked;
		out->key = marked ? key_of(tokens, out->words) : 0;
		out->from = find_name(phrase_of(tokens, out->words), &out->to);
		for (size_t i = out->from; i < out->to; i++)
			if (is_meant(out, &table.communes[i]))
				return;
	}
}

static void weigh_meanings(const Name *name, const Beside *beside, Meanings *m)
{
	for (size_t i = name->from; i < name->to; i++) {
		const Commune *c = &table.communes[i];
		if (!is_meant(name, c))
			continue;
		unsigned fit = fitness(c, beside);
		if (fit < m->fit)
			continue;
		if (fit > m->fit)
			m->count = 0;
		m->fit = fit;
		if (m->count < CANDIDATES_MAX)
			m->kept[m->count++] = c;
	}
	m->one_place = true;
	for (size_t i = 0; i < m->count; i++) {
		add_row(m, m->kept[i]->row);
		m->one_place &= m->kept[i]->district_fold == m->kept[0]->district_fold;
	}
}

static Str name_of(const Commune *c)
{
	return (Str){c->name, c->name_len};
}

/* "Xã Minh Lập (Huyện Chơn Thành, Bình Phước)" */
static Status add_form(const Commune *old, bool to_new, bool automatic, const QueryToken *tokens, size_t taken,
		       Arena *arena, QueryForm *forms, size_t *used, Err *err)
{
	Str today = str_from(rows[old->row].name),
	    province = old->province < PROVINCES_MAX ? table.provinces[old->province].name : STR("");
	if (*used == QUERY_FORMS_MAX)
		return ST_OK;
	char *pair = to_new ? arena_printf(arena, "%.*s (%.*s, %.*s) = %.*s", STR_ARG(name_of(old)), old->district_len,
					   old->district, STR_ARG(province), STR_ARG(today))
			    : arena_printf(arena, "%.*s = %.*s (%.*s, %.*s)", STR_ARG(today), STR_ARG(name_of(old)),
					   old->district_len, old->district, STR_ARG(province));
	if (!pair)
		return err_no_memory(err);
	forms[(*used)++] = (QueryForm){.kind = to_new ? FORM_NEW_NAME : FORM_OLD_NAME,
				       .start = tokens[0].start,
				       .end = tokens[taken - 1].end,
				       .asked = to_new ? name_of(old) : today,
				       .text = to_new ? today : name_of(old),
				       .pair = str_from(pair),
				       .date = STR("2025-07-01"),
				       .automatic = automatic};
	return ST_OK;
}

/* The communes that one of today was made of are offered. */
static Status add_former_names(const Commune *asked, const QueryToken *tokens, size_t taken, Arena *arena,
			       QueryForm *forms, size_t *used, Err *err)
{
	Status st = ST_OK;
	unsigned added = 0;
	size_t end = table.by_row ? table.row_start[asked->row + 1] : 0;
	for (size_t i = table.row_start[asked->row]; st == ST_OK && i < end && added < FORMER_MAX; i++) {
		const Commune *c = &table.communes[table.by_row[i]];
		if (!c->district || (c->fold == asked->fold && c->kind == asked->kind))
			continue;
		st = add_form(c, false, false, tokens, taken, arena, forms, used, err);
		added++;
	}
	return st;
}

static Status add_meanings(const Meanings *m, const QueryToken *tokens, size_t taken, Arena *arena, QueryForm *forms,
			   size_t *used, Err *err)
{
	Status st = ST_OK;
	bool one = m->row_count == 1, few = m->row_count <= MEANINGS_MAX && (m->fit || m->one_place);
	uint16_t last_row = UINT16_MAX;
	for (size_t i = 0; st == ST_OK && i < m->count && (one || few); i++) {
		const Commune *c = m->kept[i];
		if (!c->district) {
			if (one)
				st = add_former_names(c, tokens, taken, arena, forms, used, err);
		} else if (c->row != last_row && !str_eq(name_of(c), str_from(rows[c->row].name))) {
			st = add_form(c, true, one, tokens, taken, arena, forms, used, err);
			last_row = c->row;
		}
	}
	return st;
}

/* "Cấp xã thống nhất" and "xã hội an toàn" name no communes; "xã Thống Nhất" does. */
static bool is_everyday(const QueryToken *tokens, size_t kind_words, size_t name_words)
{
	bool written_as_name = !tokens[0].all_capitals;
	for (size_t i = 0; i < name_words; i++)
		written_as_name &= tokens[kind_words + i].capital;
	uint64_t phrase = phrase_of(tokens + kind_words, name_words);
	return !written_as_name && bsearch(&phrase, table.everyday, sizeof table.everyday / sizeof table.everyday[0],
					   sizeof table.everyday[0], compare_hashes);
}

Status communes_find(const QueryToken *tokens, size_t count, size_t at, Arena *arena, QueryForm *forms, size_t *used,
		     size_t *taken_out, Err *err)
{
	size_t kind_words;
	*taken_out = 0;
	pthread_once(&words_once, make_words);
	Name name = {.kind = kind_at(tokens + at, count - at, &kind_words)};
	if (name.kind == KIND_NONE || at + kind_words == count || tokens[at + kind_words].begins_clause)
		return ST_OK;
	pthread_once(&table_once, make_table);
	read_name(tokens + at + kind_words, count - at - kind_words, &name);
	if (!name.words)
		return ST_OK;
	size_t taken = kind_words + name.words, behind = at + taken;
	Beside *beside = arena_calloc(arena, 1, sizeof *beside);
	Meanings *meanings = arena_alloc(arena, sizeof *meanings);
	if (!beside || !meanings)
		return err_no_memory(err);
	look_beside(tokens, at > BESIDE / 2 ? at - BESIDE / 2 : 0, at, beside);
	look_beside(tokens, behind, behind + BESIDE < count ? behind + BESIDE : count, beside);
	*meanings = (Meanings){.count = 0};
	weigh_meanings(&name, beside, meanings);
	if (!meanings->fit && is_everyday(tokens + at, kind_words, name.words))
		return ST_OK;
	*taken_out = taken;
	bool district = behind < count && (tokens[behind].fold == table.huyen || tokens[behind].fold == table.quan);
	if ((beside->any_province && !meanings->fit) ||
	    (district && meanings->fit < 2)) /* a commune of another place */
		return ST_OK;
	return add_meanings(meanings, tokens + at, taken, arena, forms, used, err);
}
