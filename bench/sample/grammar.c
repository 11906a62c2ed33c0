/* bench/sample/grammar.c - compiles the rules in two passes over the text: names first, then the parts of each
 * alternative. */
#include "bench/sample/grammar.h"

#include "base/utf8.h"
#include "bench/sample/grammar_text.h"

#include <math.h>
#include <stdlib.h>

enum { RULES_MAX = 256, ALTERNATIVES_MAX = 2048, PARTS_MAX = 8192 };

typedef enum {
	PART_TEXT,
	PART_RULE,
	PART_SLOT,
	PART_NUMBER,
	PART_PADDED,
	PART_DECIMAL,
	PART_SHARE,
	PART_RATIO
} PartKind;

typedef struct {
	PartKind kind;
	bool capital;
	Str text;        /* TEXT */
	int least, most; /* NUMBER, PADDED, DECIMAL; RULE and SLOT: least is which */
} Part;

typedef struct {
	unsigned first, end;
} Span; /* of parts */

typedef struct {
	Str name;
	bool keep;
	unsigned first, end; /* alternatives */
} Rule;

struct Grammar {
	const char *const *slots;
	Rule rules[RULES_MAX];
	Span alternatives[ALTERNATIVES_MAX];
	Part parts[PARTS_MAX];
	unsigned rule_count, alternative_count, part_count;
};

typedef struct {
	Grammar *g;
	const char *file;
	unsigned line;
	Err *err;
} Compiler;

static Status complain(Compiler *c, const char *what, Str where)
{
	return err_set(c->err, ST_INVALID, "grammar %s:%u: %s: %.*s", c->file, c->line, what, STR_ARG(where));
}

static int find_rule(const Grammar *g, Str name)
{
	for (unsigned i = 0; i < g->rule_count; i++)
		if (str_eq(g->rules[i].name, name))
			return (int)i;
	return -1;
}

static Status read_range(Compiler *c, Str range, Part *part)
{
	uint64_t least, most;
	Str first;
	if (!str_split(&range, '-', &first) || !str_to_u64(first, &least) || !str_to_u64(range, &most) ||
	    most < least || most > 1000000000)
		return complain(c, "no range", first);
	part->least = (int)least;
	part->most = (int)most;
	return ST_OK;
}

static Status read_reference(Compiler *c, Str name, Part *part)
{
	if (str_starts(name, STR("^"))) {
		part->capital = true;
		name = str_slice(name, 1, name.len);
	}
	for (int i = 0; c->g->slots[i]; i++) {
		if (str_eq(name, str_from(c->g->slots[i]))) {
			part->kind = PART_SLOT;
			part->least = i;
			return ST_OK;
		}
	}
	part->kind = PART_RULE;
	part->least = find_rule(c->g, name);
	return part->least < 0 ? complain(c, "neither a rule nor a slot", name) : ST_OK;
}

static Status read_braces(Compiler *c, Str inside, Part *part)
{
	static const struct {
		const char *mark;
		PartKind kind;
	} ranges[] = {
		{"0#", PART_PADDED},
		{"#", PART_NUMBER},
		{",", PART_DECIMAL},
		{"=", PART_SHARE},
	};
	if (str_eq(inside, STR("%"))) {
		part->kind = PART_RATIO;
		return ST_OK;
	}
	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
		Str mark = str_from(ranges[i].mark);
		if (str_starts(inside, mark)) {
			part->kind = ranges[i].kind;
			return read_range(c, str_slice(inside, mark.len, inside.len), part);
		}
	}
	return read_reference(c, inside, part);
}

static Status add_part(Compiler *c, Part part)
{
	if (c->g->part_count == PARTS_MAX)
		return complain(c, "too many parts", part.text);
	c->g->parts[c->g->part_count++] = part;
	return ST_OK;
}

static Status compile_alternative(Compiler *c, Str line)
{
	Status st = ST_OK;
	Span *span = &c->g->alternatives[c->g->alternative_count];
	if (c->g->alternative_count == ALTERNATIVES_MAX)
		return complain(c, "too many alternatives", line);
	span->first = c->g->part_count;
	while (st == ST_OK && line.len) {
		ptrdiff_t open = str_find_char(line, '{');
		size_t text_len = open < 0 ? line.len : (size_t)open;
		if (text_len)
			st = add_part(c, (Part){.kind = PART_TEXT, .text = str_slice(line, 0, text_len)});
		line = str_slice(line, text_len, line.len);
		if (st != ST_OK || !line.len)
			break;
		ptrdiff_t close = str_find_char(line, '}');
		Part part = {0};
		if (close < 0)
			return complain(c, "no closing brace", line);
		st = read_braces(c, str_slice(line, 1, (size_t)close), &part);
		if (st == ST_OK)
			st = add_part(c, part);
		line = str_slice(line, (size_t)close + 1, line.len);
	}
	span->end = c->g->part_count;
	c->g->alternative_count++;
	return st;
}

static Status declare_rule(Compiler *c, Str line)
{
	Rule rule = {.name = str_slice(line, 0, line.len - 1)};
	if (!str_ends(line, STR(":")))
		return complain(c, "no rule", line);
	if (str_ends(rule.name, STR("!"))) {
		rule.keep = true;
		rule.name.len--;
	}
	if (find_rule(c->g, rule.name) >= 0)
		return complain(c, "there twice", rule.name);
	if (c->g->rule_count == RULES_MAX)
		return complain(c, "too many rules", rule.name);
	c->g->rules[c->g->rule_count++] = rule;
	return ST_OK;
}

/* First pass (declare): the names. Second pass: the alternatives, in the same order. */
static Status read_text(Compiler *c, const GrammarText *text, bool declare, unsigned *rule)
{
	Str rest = str_from(text->text), line;
	Status st = ST_OK;
	c->file = text->file;
	c->line = 0;
	while (st == ST_OK && str_split(&rest, '\n', &line)) {
		c->line++;
		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		if (line.ptr[0] == '\t') {
			if (!declare)
				st = compile_alternative(c, str_trim(line));
		} else if (declare) {
			st = declare_rule(c, line);
		} else {
			if (*rule > 0)
				c->g->rules[*rule - 1].end = c->g->alternative_count;
			c->g->rules[(*rule)++].first = c->g->alternative_count;
		}
	}
	return st;
}

Grammar *grammar_new(const char *const *slots, Err *err)
{
	Grammar *g = calloc(1, sizeof *g);
	Compiler c = {.g = g, .err = err};
	Status st = ST_OK;
	unsigned rule = 0;
	if (!g) {
		err_no_memory(err);
		return NULL;
	}
	g->slots = slots;
	for (const GrammarText *text = grammar_texts; st == ST_OK && text->file; text++)
		st = read_text(&c, text, true, &rule);
	for (const GrammarText *text = grammar_texts; st == ST_OK && text->file; text++)
		st = read_text(&c, text, false, &rule);
	if (st == ST_OK && rule > 0)
		g->rules[rule - 1].end = g->alternative_count;
	for (unsigned i = 0; st == ST_OK && i < g->rule_count; i++)
		if (g->rules[i].first == g->rules[i].end)
			st = complain(&c, "empty rule", g->rules[i].name);
	if (st != ST_OK) {
		grammar_free(g);
		return NULL;
	}
	return g;
}

void grammar_free(Grammar *g)
{
	free(g);
}

unsigned grammar_rule_count(const Grammar *g)
{
	return g->rule_count;
}

int grammar_find(const Grammar *g, const char *name)
{
	return find_rule(g, str_from(name));
}

unsigned grammar_alternatives(const Grammar *g, int rule)
{
	return g->rules[rule].end - g->rules[rule].first;
}

/* 12480 -> "12.480" */
static void write_number(int value, Buf *out)
{
	if (value >= 1000000)
		buf_printf(out, "%d.%03d.%03d", value / 1000000, value / 1000 % 1000, value % 1000);
	else if (value >= 1000)
		buf_printf(out, "%d.%03d", value / 1000, value % 1000);
	else
		buf_printf(out, "%d", value);
}

/* A commune does not count like a province: of a range over more than an order of magnitude a third is used. */
static int pick_number(const Part *part, const GrammarScene *scene)
{
	static const double windows[3][2] = {{0, 0.35}, {0.3, 0.7}, {0.6, 1}};
	if (part->least < 1 || part->most < 20 * part->least)
		return random_between(scene->random, part->least, part->most);
	double ratio = (double)part->most / part->least;
	double least = part->least * pow(ratio, windows[scene->scale][0]),
	       most = part->least * pow(ratio, windows[scene->scale][1]);
	return random_between(scene->random, (int)least, (int)most);
}

static void remember_number(const GrammarScene *scene, int value)
{
	scene->last[0] = scene->last[1];
	scene->last[1] = value;
}

static void write_whole(const Part *part, const GrammarScene *scene, Buf *out)
{
	int value =
		part->kind == PART_SHARE
			? (int)((int64_t)scene->last[1] * random_between(scene->random, part->least, part->most) / 100)
			: pick_number(part, scene);
	if (part->least >= 1900 && part->most < 2100) /* a year */
		buf_printf(out, "%d", value);
	else
		write_number(value, out);
	remember_number(scene, value);
}

/* The last number as a percentage of the one before. */
static void write_ratio(const GrammarScene *scene, Buf *out)
{
	int whole = scene->last[0] > 0 ? scene->last[0] : 1;
	int hundredths = (int)((int64_t)scene->last[1] * 10000 / whole);
	buf_printf(out, hundredths % 100 ? "%d,%02d" : "%d", hundredths / 100, hundredths % 100);
}

static void write_decimal(const Part *part, const GrammarScene *scene, Buf *out)
{
	int whole = pick_number(part, scene);
	write_number(whole, out);
	if (whole < part->most && random_chance(scene->random, 85)) /* never 100,34% */
		buf_printf(out, ",%d", random_between(scene->random, 1, 99));
}

static void write_rule(const Grammar *g, int rule, const GrammarScene *scene, Buf *out)
{
	if (!g->rules[rule].keep) {
		grammar_write_alternative(g, rule, random_below(scene->random, grammar_alternatives(g, rule)), scene,
					  out);
		return;
	}
	if (!scene->kept[rule].ptr) {
		size_t start = out->len;
		grammar_write_alternative(g, rule, random_below(scene->random, grammar_alternatives(g, rule)), scene,
					  out);
		scene->kept[rule] = arena_copy(scene->arena, str_slice(buf_str(out), start, out->len));
		return;
	}
	buf_add_str(out, scene->kept[rule]);
}

static void write_part(const Grammar *g, const Part *part, const GrammarScene *scene, Buf *out)
{
	size_t start = out->len;
	switch (part->kind) {
	case PART_TEXT:
		buf_add_str(out, part->text);
		break;
	case PART_RULE:
		write_rule(g, part->least, scene, out);
		break;
	case PART_SLOT:
		scene->write_slot(scene->ctx, (unsigned)part->least, out);
		break;
	case PART_NUMBER:
	case PART_SHARE:
		write_whole(part, scene, out);
		break;
	case PART_RATIO:
		write_ratio(scene, out);
		break;
	case PART_PADDED:
		buf_printf(out, "%02d", random_between(scene->random, part->least, part->most));
		break;
	case PART_DECIMAL:
		write_decimal(part, scene, out);
		break;
	}
	if (part->capital && out->len > start)
		grammar_capitalise(out->data + start, out->len - start);
}

void grammar_write(const Grammar *g, int rule, const GrammarScene *scene, Buf *out)
{
	write_rule(g, rule, scene, out);
}

void grammar_write_alternative(const Grammar *g, int rule, unsigned alternative, const GrammarScene *scene, Buf *out)
{
	const Span *span = &g->alternatives[g->rules[rule].first + alternative];
	for (unsigned i = span->first; i < span->end; i++)
		write_part(g, &g->parts[i], scene, out);
}

/* The capital of a Vietnamese letter has as many bytes as the letter, so it can be written in place. */
static uint32_t capital_of(uint32_t c)
{
	if (c < 0x80)
		return c >= 'a' && c <= 'z' ? c - 32 : c;
	if (c >= 0xE0 && c <= 0xFE)
		return c - 32;
	if (c == 0x01A1 || c == 0x01B0) /* ơ ư */
		return c - 1;
	if ((c >= 0x0100 && c <= 0x017F) || (c >= 0x1EA0 && c <= 0x1EF9)) /* ă đ ĩ ũ and the letters with two marks */
		return c & ~(uint32_t)1;
	return c;
}

void grammar_capitalise(char *first, size_t len)
{
	uint32_t c;
	if (utf8_decode(first, len, &c))
		utf8_encode(capital_of(c), first);
}

void grammar_capitals(Str s, Buf *out)
{
	size_t start = out->len;
	buf_add_str(out, s);
	for (size_t i = start; i < out->len;) {
		size_t width = utf8_valid_width(out->data + i, out->len - i);
		grammar_capitalise(out->data + i, width);
		i += width ? width : 1;
	}
}
