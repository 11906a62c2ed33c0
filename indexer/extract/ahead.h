/* indexer/extract/ahead.h - texts of documents, extracted before somebody asks for them, on all cores.
 *
 *   ahead_begin(file) … ahead_begin(file) …          workers, one a core: each drives one extracting process
 *   ahead_take(job)                                   waits until that one is there
 *
 * Owns     ahead_start's result until ahead_stop, before which every job was taken or given up; a file must stay where
 *          it is until then
 * Errors   ahead_take: those of extract_text; a job that could not be begun is extracted when it is taken
 * Threads  one thread begins and takes
 */
#ifndef INDEXER_EXTRACT_AHEAD_H
#define INDEXER_EXTRACT_AHEAD_H

#include "indexer/extract/extract.h"

typedef struct Ahead Ahead;

/* Workers are started with the first job, one for each core that the process may use. */
Status ahead_start(Ahead **out, const Deadline *until, Err *err);
void ahead_stop(Ahead *ahead);
/* Workers, or how many they will be. */
unsigned ahead_width(const Ahead *ahead);

/* Sets file->ahead. NULL: out of memory, which is no failure. */
AheadJob *ahead_begin(Ahead *ahead, SourceFile *file);
bool ahead_is_done(const AheadJob *job);
/* Waits for the text and ends the job: file->ahead is NULL afterwards. */
Status ahead_take(SourceFile *file, Extraction *out, Err *err);
/* Ends the job, if there is one; its text is not wanted. */
void ahead_give_up(SourceFile *file);

#endif
