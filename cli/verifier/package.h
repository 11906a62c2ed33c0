/* cli/verifier/package.h - a case package: is every file what the manifests say, and every record what the archive
 * signed?
 *
 * Errors   NOT_VERIFIED with a sentence for each fault, the first 20; FAILED can't be read
 * Threads  one
 * Source   docs/FORMAT.md §10; RFC 8493 (BagIt)
 */
#ifndef CLI_VERIFIER_PACKAGE_H
#define CLI_VERIFIER_PACKAGE_H

#include "cli/verifier/note.h"

int check_package(const char *path, const Verifier *verifier);
bool is_package(const char *path); /* by its first bytes */

#endif
