/* cli/options.h - reads a command's arguments by its table of options: --name VALUE, --name=VALUE, -n VALUE, flags in a
 * row, words in between; "--" ends the options.
 *
 * Shapes   argv[0] is the command's name; argv is reordered, words last
 * Owns     values and words lie in argv
 * Errors   ST_INVALID names the option or word
 * Threads  one (getopt_long keeps its place in globals)
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "cli/cli.h"

/* Sets values and words; args->archive where -a is given. *help_out: -h or --help was given, nothing else counts. */
Status options_read(const CliCommand *command, int argc, char **argv, CliArgs *args, bool *help_out, Err *err);

#endif
