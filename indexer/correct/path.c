/* indexer/correct/path.c - Viterbi's walk over the readings: nodes end where a typed word ends; the way to a node adds
 * how likely its word follows the one before it. */
#include "indexer/correct/path.h"

#include "indexer/correct/slips.h"
#include "indexer/terms/schema.h"

#include <math.h>
#include <stdlib.h>

enum { READINGS_MAX = 20, NODES_MAX = CORRECT_WORDS_MAX * (READINGS_MAX + 2), LOOKS_MAX = 6000 };

typedef struct {
	Reading reading;
	size_t first;     /* the typed word it begins with */
	ptrdiff_t before; /* the node it is best reached from; -1: none */
	double cost;      /* of the whole way */
} Node;

typedef struct {
	Matcher *m;
	const TypedWord *words;
	size_t count;
	Arena *arena;
	Err *err;
	Buf term;
	unsigned looks;
	double documents;                                            /* in the archive */
	uint64_t alone[CORRECT_WORDS_MAX], pairs[CORRECT_WORDS_MAX]; /* of each typed word; with the one before */
	Node *nodes;
	size_t ends[CORRECT_WORDS_MAX + 1]; /* nodes that end before typed word i are below ends[i] */
	size_t node_count;
} Path;

/* ---- what the archive has -------------------------------------------------------------------------------------- */

static bool add_documents(void *ctx, Str term, uint64_t documents)
{
	(void)term;
	*(uint64_t *)ctx += documents;
	return true;
}

/* Without marks and with all of them; a document that has it in two ways counts twice. */
static Status count_word(Path *p, Str folded, uint64_t *out)
{
	p->looks++;
	schema_unigram(&p->term, PREFIX_BODY, folded, (Str){0}, false);
	Status st =
		buf_ok(&p->term) ? matcher_term_documents(p->m, buf_str(&p->term), out, p->err) : err_no_memory(p->err);
	schema_unigram(&p->term, PREFIX_BODY, folded, (Str){0}, true);
	if (st == ST_OK)
		st = buf_ok(&p->term) ? matcher_terms(p->m, buf_str(&p->term), add_documents, out, p->err)
				      : err_no_memory(p->err);
	return st;
}

static Status count_pair(Path *p, Str first, Str second, uint64_t *out)
{
	p->looks++;
	schema_bigram(&p->term, PREFIX_BODY, first, second);
	return buf_ok(&p->term) ? matcher_term_documents(p->m, buf_str(&p->term), out, p->err) : err_no_memory(p->err);
}

/* Natural logarithms; a pair that the archive lacks is as likely as chance makes it. */
static double cost_alone(const Path *p, uint64_t documents)
{
	return -log(((double)documents + 0.02) / (p->documents + 1));
}

static double cost_after(const Path *p, uint64_t pair, uint64_t before, uint64_t alone)
{
	const double chance = 0.004; /* for a word that stands anywhere in a document to stand right there */
	double seen = before ? (double)pair / (double)before : 0;
	return -log((1 - chance) * seen + chance * ((double)alone + 0.02) / (p->documents + 1));
}

/* ---- nodes ----------------------------------------------------------------------------------------------------- */

/* The archive has it beside neither neighbour, or not at all. */
static bool is_odd(const Path *p, size_t i)
{
	bool has_left = i > 0 && p->words[i].joined, has_right = i + 1 < p->count && p->words[i + 1].joined;
	return !p->alone[i] || (has_left && !p->pairs[i]) || (has_right && !p->pairs[i + 1]);
}

static void add_node(Path *p, const Reading *reading, size_t first)
{
	if (p->node_count < NODES_MAX)
		p->nodes[p->node_count++] = (Node){*reading, first, -1, INFINITY};
}

static int by_worth(const void *a, const void *b)
{
	const Reading *x = a, *y = b;
	double worth_x = x->cost - log((double)x->documents + 0.02),
	       worth_y = y->cost - log((double)y->documents + 0.02);
	return (worth_x > worth_y) - (worth_x < worth_y);
}

static Status add_slips(Path *p, size_t i, bool far)
{
	Reading readings[SLIPS_MAX];
	size_t count = 0, kept = 0;
	Status st = slips_of_word(p->words[i].typed, p->words[i].folded, far, p->arena, readings, &count, p->err);
	for (size_t r = 0; st == ST_OK && r < count; r++) {
		Reading *reading = &readings[r];
		st = reading->count == 1 ? count_word(p, reading->words[0], &reading->documents)
					 : count_pair(p, reading->words[0], reading->words[1], &reading->documents);
		if (st == ST_OK && reading->documents)
			readings[kept++] = *reading;
	}
	qsort(readings, kept, sizeof *readings, by_worth);
	for (size_t r = 0; st == ST_OK && r < kept && r < READINGS_MAX; r++)
		add_node(p, &readings[r], i);
	if (st == ST_OK && !kept && !far)
		return add_slips(p, i, true);
	return st;
}

static Status add_nodes(Path *p)
{
	for (size_t i = 0; i < p->count; i++) {
		Reading typed = {{p->words[i].folded}, 1, 1, 0, p->alone[i]}, both;
		add_node(p, &typed, i);
		Status st = is_odd(p, i) && p->words[i].folded.len && !p->words[i].is_fixed ? add_slips(p, i, false)
											    : ST_OK;
		if (st == ST_OK && i > 0 && p->words[i].joined && !p->pairs[i] &&
		    slips_joined(p->words[i - 1].folded, p->words[i].folded, p->arena, &both)) {
			st = count_word(p, both.words[0], &both.documents);
			if (st == ST_OK && both.documents)
				add_node(p, &both, i - 1);
		}
		if (st != ST_OK)
			return st;
		p->ends[i + 1] = p->node_count;
	}
	return ST_OK;
}

/* ---- the walk -------------------------------------------------------------------------------------------------- */

static Str last_word(const Reading *r)
{
	return r->words[r->count - 1];
}

static Status reach(Path *p, Node *node, ptrdiff_t from)
{
	const Reading *r = &node->reading;
	uint64_t first = r->documents, pair = 0;
	double cost = r->cost;
	Status st = ST_OK;
	if (r->count == 2) {
		st = count_word(p, r->words[0], &first);
		cost += cost_after(p, r->documents, first, r->documents);
	}
	bool is_pair =
		from >= 0 && p->words[node->first].joined && r->words[0].len && last_word(&p->nodes[from].reading).len;
	if (st == ST_OK && is_pair)
		st = count_pair(p, last_word(&p->nodes[from].reading), r->words[0], &pair);
	if (st != ST_OK)
		return st;
	uint64_t before = from >= 0 ? p->nodes[from].reading.documents : 0;
	if (r->words[0].len)
		cost += is_pair ? cost_after(p, pair, before, first) : cost_alone(p, first);
	cost += from >= 0 ? p->nodes[from].cost : 0;
	if (cost < node->cost) {
		node->cost = cost;
		node->before = from;
	}
	return ST_OK;
}

/* Whether there is time; else nothing is suggested. */
static Status walk(Path *p, const Deadline *until, bool *done_out)
{
	*done_out = false;
	for (size_t i = 0; i < p->count; i++)
		for (size_t n = i ? p->ends[i] : 0; n < p->ends[i + 1]; n++) {
			Node *node = &p->nodes[n];
			Status st = ST_OK;
			if (node->first == 0)
				st = reach(p, node, -1);
			size_t from = node->first > 1 ? p->ends[node->first - 1] : 0;
			for (; node->first && st == ST_OK && from < p->ends[node->first]; from++)
				st = reach(p, node, (ptrdiff_t)from);
			if (st != ST_OK)
				return st;
			if (p->looks > LOOKS_MAX || deadline_passed(until))
				return ST_OK;
		}
	*done_out = true;
	return ST_OK;
}

static void write_way(const Path *p, MeantWord *out, size_t *count_out, bool *changed_out)
{
	ptrdiff_t way[CORRECT_WORDS_MAX], best = -1;
	size_t steps = 0;
	for (size_t n = p->ends[p->count - 1]; n < p->ends[p->count]; n++)
		if (best < 0 || p->nodes[n].cost < p->nodes[best].cost)
			best = (ptrdiff_t)n;
	for (; best >= 0 && steps < CORRECT_WORDS_MAX; best = p->nodes[best].before)
		way[steps++] = best;
	while (steps--) {
		const Node *node = &p->nodes[way[steps]];
		const Reading *r = &node->reading;
		bool is_typed = r->cost == 0;
		*changed_out |= !is_typed;
		for (size_t w = 0; w < r->count; w++)
			out[(*count_out)++] =
				(MeantWord){r->words[w], node->first, node->first + r->spans - 1, is_typed};
	}
}

static Status find(Path *p, const Deadline *until, MeantWord *out, size_t *count_out, bool *changed_out)
{
	Status st = ST_OK;
	bool any_odd = false, done = false;
	for (size_t i = 0; i < p->count && st == ST_OK; i++) {
		bool is_pair = i > 0 && p->words[i].joined && p->words[i].folded.len && p->words[i - 1].folded.len;
		if (p->words[i].folded.len)
			st = count_word(p, p->words[i].folded, &p->alone[i]);
		if (st == ST_OK && is_pair)
			st = count_pair(p, p->words[i - 1].folded, p->words[i].folded, &p->pairs[i]);
	}
	for (size_t i = 0; i < p->count && st == ST_OK; i++)
		any_odd |= p->words[i].folded.len && is_odd(p, i);
	if (st == ST_OK && any_odd)
		st = add_nodes(p);
	if (st == ST_OK && any_odd)
		st = walk(p, until, &done);
	if (st == ST_OK && done)
		write_way(p, out, count_out, changed_out);
	for (size_t i = 0; st == ST_OK && !done && i < p->count; i++)
		out[(*count_out)++] = (MeantWord){p->words[i].folded, i, i, true};
	return st;
}

Status path_find(Matcher *m, const TypedWord *words, size_t count, const Deadline *until, Arena *arena, MeantWord *out,
		 size_t *count_out, bool *changed_out, Err *err)
{
	Path p = {.m = m, .words = words, .count = count, .arena = arena, .err = err};
	*count_out = 0;
	*changed_out = false;
	if (!count || count > CORRECT_WORDS_MAX)
		return ST_OK;
	p.documents = (double)matcher_documents(m);
	p.nodes = arena_calloc(arena, NODES_MAX, sizeof *p.nodes);
	Status st = p.nodes ? find(&p, until, out, count_out, changed_out) : err_no_memory(err);
	buf_done(&p.term);
	return st;
}
