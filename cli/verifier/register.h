/* cli/verifier/register.h - the register of a case package as it must be: CSV with a row for each record.
 *
 * Owns     a Register starts as zeros; the caller frees bytes
 * Errors   out of memory ends the program (exit 3)
 * Threads  one
 * Source   docs/FORMAT.md §10
 */
#ifndef CLI_VERIFIER_REGISTER_H
#define CLI_VERIFIER_REGISTER_H

#include "cli/verifier/proof.h"

#include <stdbool.h>

typedef struct {
	char *bytes;
	size_t len, room;
	bool is_older; /* by the rule for formulas before full-width signs and signs behind blanks counted */
} Register;

void register_begin(Register *r);
void register_add(Register *r, size_t ordinal, const Proven *proven, const char *folder);
bool register_is(const Register *r, const char *bytes, size_t len);

#endif
