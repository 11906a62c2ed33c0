/* indexer/match/window.h - evaluates a plan in one window of documents of one shard: what matches, and how well.
 *
 * Shapes   a MatchSet's bit i and score[i] are document at->from + i
 * Owns     nothing
 * Errors   those of the lists
 * Threads  one at a time
 */
#ifndef INDEXER_MATCH_WINDOW_H
#define INDEXER_MATCH_WINDOW_H

#include "indexer/match/plan.h"

/* The window that is evaluated now. */
typedef struct {
	MatchSource source;
	size_t shard;
	uint64_t from;             /* its first document */
	double length_factor;      /* one by the average length */
	double norm[MATCH_WINDOW]; /* BM25's part that depends on the length */
	double score[MATCH_WINDOW];
	double wdf[MATCH_WINDOW];
} MatchAt;

/* Sets node->set to those of `within` that match. */
Status match_window(MatchNode *node, MatchAt *at, const MatchSet *within, Err *err);
/* Adds to at->score of the documents in `among`, which all match: match_score_begin first. */
void match_score(MatchNode *node, MatchAt *at, const MatchSet *among);
/* For an OR whose children stand in the order of their bounds: matches and scores at once. node->set has the documents
 * of `within` that may score above `least`; others are left out, many of them without having been looked at. */
Status match_best(MatchNode *node, MatchAt *at, const MatchSet *within, double least, Err *err);
void match_score_begin(MatchAt *at, const MatchSet *among);
/* A document below which none matches from `from` on; UINT32_MAX or more: none matches any more. */
uint64_t match_next(const MatchNode *node, size_t shard, uint64_t from);

#endif
