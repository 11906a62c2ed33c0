/* bench/sample/grammar_text.h - the grammar files as they were built in. */
#ifndef BENCH_SAMPLE_GRAMMAR_TEXT_H
#define BENCH_SAMPLE_GRAMMAR_TEXT_H

typedef struct {
	const char *file, *text; /* zero-terminated */
} GrammarText;

extern const GrammarText grammar_texts[]; /* closed by a NULL file */

#endif
