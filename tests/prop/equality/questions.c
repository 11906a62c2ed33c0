/* tests/prop/equality/questions.c - the same 1,000 questions in hoso's language to both archives: hits, scores,
 * snippets, totals and facets must be the same. */
#include "tests/prop/equality/equality.h"

#include "base/buf.h"
#include "indexer/search/search.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct {
	Store *store;
	Index *index;
	Arena arena;
	SearchAnswer answer;
} Side;

static void open_side(Side *side, const char *archive)
{
	Err err;
	*side = (Side){0};
	if (store_open(&side->store, archive, &err) != ST_OK ||
	    index_open(&side->index, side->store, &(IndexOptions){0}, &err) != ST_OK) {
		fprintf(stderr, "FAILED: %s: %s\n", archive, err.text);
		exit(1);
	}
}

static void close_side(Side *side)
{
	index_close(side->index);
	store_close(side->store);
	arena_done(&side->arena);
}

static void differ(const SearchRequest *request, const char *what)
{
	fprintf(stderr, "FAILED: question \"%.*s\" (mode %d, sort %d): not the same %s\n", STR_ARG(request->query),
		(int)request->mode, (int)request->sort, what);
	exit(1);
}

static void compare_two(const SearchRequest *request, const SearchAnswer *a, const SearchAnswer *b)
{
	if (a->hit_count != b->hit_count)
		differ(request, "number of hits");
	if (a->total != b->total || a->total_is_exact != b->total_is_exact)
		differ(request, "total");
	if (a->relaxed != b->relaxed || !str_eq(a->next, b->next) || !str_eq(a->query, b->query))
		differ(request, "reading");
	for (size_t i = 0; i < a->hit_count; i++) {
		const SearchHit *x = &a->hits[i], *y = &b->hits[i];
		if (x->sequence != y->sequence || x->version != y->version || !str_eq(x->id, y->id))
			differ(request, "hit");
		if (memcmp(&x->score, &y->score, sizeof x->score) != 0)
			differ(request, "score");
		if (!str_eq(x->snippet, y->snippet) || x->matched != y->matched)
			differ(request, "snippet");
	}
	for (unsigned f = 0; f < FACET_COUNT; f++) {
		if (a->facet_counts[f] != b->facet_counts[f])
			differ(request, "number of facets");
		for (size_t i = 0; i < a->facet_counts[f]; i++)
			if (a->facets[f][i].count != b->facets[f][i].count ||
			    !str_eq(a->facets[f][i].value, b->facets[f][i].value))
				differ(request, "facet");
	}
}

/* One question of every kind after the other; the words are drawn. */
static void make_question(unsigned kind, Random *random, SearchRequest *request, char *text, size_t room)
{
	const char *w[12];
	for (unsigned i = 0; i < 12; i++)
		w[i] = world_word(random);
	const char *type = world_types[random_below(random, WORLD_TYPES)];
	unsigned year = 2010 + random_below(random, 12);
	*request = (SearchRequest){.limit = 10};
	switch (kind) {
	case 0:
		snprintf(text, room, "%s %s", w[0], w[1]);
		request->mode = SEARCH_ALL;
		break;
	case 1:
		snprintf(text, room, "%s %s %s %s", w[0], w[1], w[2], w[3]);
		request->mode = SEARCH_ANY;
		break;
	case 2:
		snprintf(text, room, "\"%s %s\"", w[0], w[1]);
		break;
	case 3:
		snprintf(text, room, "\"%s %s %s\"", w[0], w[1], w[2]);
		break;
	case 4:
		snprintf(text, room, "%s %s -%s", w[0], w[1], w[2]);
		break;
	case 5:
		snprintf(text, room, "(%s OR %s) %s", w[0], w[1], w[2]);
		break;
	case 6:
		snprintf(text, room, "subject:%s %s", w[0], w[1]);
		break;
	case 7:
		snprintf(text, room, "%u/%u/QĐ-UBND", 1 + random_below(random, 60), 2015 + random_below(random, 8));
		break;
	case 8:
		snprintf(text, room, "loại:\"%s\" %s", type, w[0]);
		break;
	case 9:
		snprintf(text, room, "%s th*", w[0]);
		break;
	case 10:
		snprintf(text, room, "%s NEAR/3 %s", w[0], w[1]);
		break;
	case 11:
		snprintf(text, room, "%s", w[0]);
		request->type = str_from(type);
		request->from = STR("2013");
		break;
	case 12:
		snprintf(text, room, "%s", w[0]);
		request->sort = SORT_ISSUED_DESCENDING;
		break;
	case 13:
		snprintf(text, room, "quyet dinh %s", w[0]);
		request->facets = (1u << FACET_COUNT) - 1;
		break;
	case 14:
		snprintf(text, room, "%s %s %s %s %s %s %s %s %s %s", w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7],
			 w[8], w[9]);
		break;
	case 15:
		snprintf(text, room, "năm:%u..%u %s", year, year + 2, w[0]);
		break;
	case 16:
		snprintf(text, room, "co_quan:\"so noi vu\" -%s", w[0]);
		request->sort = SORT_ISSUED;
		break;
	default:
		text[0] = 0;
		request->agency = str_from(world_agencies[random_below(random, WORLD_AGENCIES)]);
		break;
	}
	request->query = str_from(text);
}

void compare_answers(const char *ours_archive, const char *theirs_archive, Random *random)
{
	Side sides[2];
	size_t hits = 0;
	open_side(&sides[0], ours_archive);
	open_side(&sides[1], theirs_archive);
	for (unsigned i = 0; i < EQUALITY_QUESTIONS; i++) {
		SearchRequest request;
		char text[512];
		make_question(i % 18, random, &request, text, sizeof text);
		for (int s = 0; s < 2; s++) {
			Err err;
			arena_reset(&sides[s].arena);
			if (search_run(sides[s].index, &request, &sides[s].arena, &sides[s].answer, &err) != ST_OK)
				differ(&request, err.text);
		}
		compare_two(&request, &sides[0].answer, &sides[1].answer);
		hits += sides[0].answer.hit_count;
	}
	close_side(&sides[0]);
	close_side(&sides[1]);
	if (hits < EQUALITY_QUESTIONS) {
		fprintf(stderr, "FAILED: %zu hits of %d questions show nothing\n", hits, EQUALITY_QUESTIONS);
		exit(1);
	}
	printf("ok - %d questions get the same answers, %zu hits with scores, snippets, totals and facets\n",
	       EQUALITY_QUESTIONS, hits);
}
