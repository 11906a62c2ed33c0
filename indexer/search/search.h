/* indexer/search/search.h - questions to the index, answered with records from the archive.
 *
 * The query language is described in parse.h. Odd input is never an error: it is read as words and the answer's `query`
 * shows how it was read. What a hit shows comes from the archive, never from the index.
 *
 * Owns     everything in an answer lives in the arena that was passed
 * Errors   ST_INVALID a filter, sort or cursor that can't be read (names it); ST_LIMIT too long; ST_BUSY the deadline
 *          passed before anything was looked at, or all of the index is being built; never "no hits"
 * Threads  any number at once
 */
#ifndef INDEXER_SEARCH_SEARCH_H
#define INDEXER_SEARCH_SEARCH_H

#include "base/deadline.h"
#include "base/json_out.h"
#include "indexer/search/labels.h"
#include "indexer/shards/index.h"
#include "indexer/terms/facets.h"
#include "store/record/record.h"
#include "store/record/text_state.h"

enum {
	SEARCH_QUERY_MAX = 1024, /* bytes of q */
	SEARCH_TERMS_MAX = 32,   /* words of q that are searched; those behind them are left out */
	SEARCH_LIMIT_MAX = 100,
	SEARCH_LIMIT_DEFAULT = 10,
	SEARCH_NUMBERS_MAX = 100, /* records of one look-up by number */
	SEARCH_PLACES_MAX = 5000, /* matches of one text that are shown, and as many numbers */
};

typedef enum { SEARCH_AUTO, SEARCH_ALL, SEARCH_ANY } SearchMode;
typedef enum { SORT_RELEVANCE, SORT_ISSUED, SORT_ISSUED_DESCENDING } SearchSort;

typedef struct {
	Str query; /* may be empty: everything the filters let through, newest first */
	SearchMode mode;
	Str number, type, agency, fonds, case_code, text_state; /* filters; "": none. Folded comparison */
	Str related;  /* filter: records whose relations name this id or number */
	Str from, to; /* civil dates, both inclusive; "": open */
	SearchSort sort;
	unsigned limit;        /* 0: default */
	Str cursor;            /* `next` of the answer before; "": from the first hit */
	unsigned facets;       /* bit set of 1 << Facet */
	Language language;     /* of labels in the answer */
	bool no_expansion;     /* abbreviations and old/new names are not added */
	const Deadline *until; /* for all that is done; NULL: none. When it passes, what is found is answered */
	bool bare; /* of each hit only sequence, score and why; nothing is read from the archive but to check phrases */
} SearchRequest;

typedef struct {
	uint64_t sequence;
	uint32_t version;
	double score;
	Str id;
	Record record;
	TextState text_state;
	Str file_name;       /* of the first original; "": none */
	Str snippet;         /* HTML-escaped text with <mark>…</mark> */
	SearchLabel matched; /* the tier it was found in */
	bool other_marks;    /* of a phrase: words typed without marks have some in it */
} SearchHit;

typedef struct {
	Str value;
	uint64_t count;
} FacetCount;

typedef struct {
	Str query; /* how the query was read */
	SearchMode mode;
	Language language; /* as in the request */
	bool relaxed;      /* nothing had all words: these are the best matches */
	uint64_t total;
	bool total_is_exact;
	bool degraded; /* part of the index is damaged or being built: there may be more */
	bool partial; /* time ended, or as many texts were looked at as one request may: there may be more, or better */
	uint64_t took_us;
	SearchHit *hits;
	size_t hit_count;
	FacetCount *facets[FACET_COUNT];
	size_t facet_counts[FACET_COUNT];
	bool facets_are_exact; /* else they stand for more matches than were looked at */
	Str next;              /* cursor; "": that was all */
	Str suggestion;        /* another spelling that would find more; "" */
	const Str *expansions; /* "UBND = Ủy ban nhân dân": what was added to the query */
	size_t expansion_count;
} SearchAnswer;

/* Reads one parameter by its name in the HTTP interface ("q", "mode", "from", …); ST_INVALID names what is wrong,
 * ST_NOT_FOUND where search has no such parameter. value must outlive the request. */
Status search_set(SearchRequest *request, Str name, Str value, Err *err);
/* The members beside "type" of that parameter's JSON schema: its least and greatest value, its choices, its default. */
void search_write_schema(const char *name, JsonOut *j);
Status search_run(Index *index, const SearchRequest *request, Arena *arena, SearchAnswer *out, Err *err);
void search_write_json(const SearchAnswer *answer, JsonOut *j);

/* The labels and facets as {"labels":{code: text, …},"facets":{name: text, …}}: what a page shows of an answer. */
void search_write_labels(Language language, JsonOut *j);

/* A field of the query language, for its help. */
typedef struct {
	const char *name, *name_vi; /* both can be typed, in any language */
	const char *help, *example;
} SearchField;
bool search_field(size_t i, Language language, SearchField *out); /* false: there are only i */
/* All of them as [{"name","name_vi","help","example"}, …]. */
void search_write_fields(Language language, JsonOut *j);

typedef struct {
	SearchHit hit;       /* no snippet */
	SearchLabel because; /* what differs in a variant; LABEL_NONE: exact */
} NumberHit;

typedef struct {
	NumberHit *exact, *variants;
	size_t exact_count, variant_count;
	bool degraded; /* as in SearchAnswer */
} NumberAnswer;

/* Records with that number (or case number); variants only where they differ by a reason that can be named. */
Status search_number(Index *index, Str number, Arena *arena, NumberAnswer *out, Err *err);
void search_write_number_json(const NumberAnswer *answer, Language language, JsonOut *j);

/* Where a text has what a query asks for, for a page that marks it. Offsets count UTF-16 code units of the text, as
 * browsers do; a byte that is not UTF-8 counts as the one U+FFFD that they put in its place. */
typedef struct {
	uint32_t start, end;
} SearchPlace;

typedef struct {
	SearchPlace *matches, *numbers; /* ascending, none overlaps another; neighbours are one match */
	size_t match_count, number_count;
	bool are_all; /* false: the text has more than SEARCH_PLACES_MAX of them */
} SearchPlaces;

/* A word or phrase with marks matches exactly; only where the text has it nowhere so, without regard to accents. Words
 * that are left out by "-" match nowhere. numbers: other records' numbers that the text names, outside of matches; not
 * own_number. */
Status search_places(Index *index, Str text, Str query, Str own_number, Arena *arena, SearchPlaces *out, Err *err);

typedef struct {
	Str code;
	uint64_t records;
} CaseItem;
/* Case files whose code begins with the prefix, in order, at most limit; where none does, those that are the same in
 * another spelling (H40.15-… = 000.00.15.H40-…, small letters), or that end with it, where it is digits only. */
Status search_cases(Index *index, Str prefix, size_t limit, Arena *arena, CaseItem **out, size_t *count_out, Err *err);
/* The code of a case file as the archive has it, by any spelling; ST_NOT_FOUND: no record's case file has it. */
Status search_case_code(Index *index, Str typed, Arena *arena, Str *out, Err *err);
/* Completions of what is being typed, at most limit. */
Status search_suggest(Index *index, Str typed, size_t limit, Arena *arena, Str **out, size_t *count_out, Err *err);

#endif
