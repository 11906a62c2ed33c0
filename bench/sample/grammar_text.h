/* bench/sample/grammar_text.h - the files of grammar/, compiled in by embed.cmake.
 *
 * Owns     static, zero-terminated texts
 * Errors   none
 * Threads  constant
 */
#ifndef BENCH_SAMPLE_GRAMMAR_TEXT_H
#define BENCH_SAMPLE_GRAMMAR_TEXT_H

typedef struct {
	const char *file, *text; /* zero-terminated */
} GrammarText;

extern const GrammarText grammar_texts[]; /* closed by a NULL file */

#endif
