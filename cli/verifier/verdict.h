/* cli/verifier/verdict.h - how hoso-verify ends: the exit codes, and the sentence that goes with them.
 *
 * Errors   a function of the verifier that can fail returns one of these; the sentence is printed where it happens
 * Threads  one
 */
#ifndef CLI_VERIFIER_VERDICT_H
#define CLI_VERIFIER_VERDICT_H

enum { VERIFIED = 0, NOT_VERIFIED = 1, USAGE = 2, FAILED = 3 };

/* Prints the sentence to standard error and gives the status back. */
int verdict(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
