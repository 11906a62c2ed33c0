/* cli/hold_act.h - hold and release are one act with two verbs: both record who decided, and why.
 *
 * Owns     nothing
 * Errors   an exit code; what went wrong was printed
 * Threads  one
 */
#ifndef CLI_HOLD_ACT_H
#define CLI_HOLD_ACT_H

#include "cli/cli.h"
#include "store/care/hold.h"

extern const CliOption hold_act_options[];

/* act: store_hold or store_release, on the record that args->words[0] names. Prints; returns an exit code. */
int hold_act_run(const CliArgs *args, Status (*act)(Store *, Str, const HoldInput *, Receipt *, Err *));

#endif
