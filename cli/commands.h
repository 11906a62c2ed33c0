/* cli/commands.h - every command of the program: command_NAME stands in cli/NAME.c.
 *
 * Threads  constant
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/cli.h"

extern const CliCommand command_init;
extern const CliCommand command_ingest;
extern const CliCommand command_watch;
extern const CliCommand command_amend;
extern const CliCommand command_ocr;
extern const CliCommand command_sealed;
extern const CliCommand command_seal;
extern const CliCommand command_unseal;
extern const CliCommand command_search;
extern const CliCommand command_get;
extern const CliCommand command_export;
extern const CliCommand command_verify;
extern const CliCommand command_checkpoint;
extern const CliCommand command_prove;
extern const CliCommand command_backup;
extern const CliCommand command_restore;
extern const CliCommand command_repair;
extern const CliCommand command_hold;
extern const CliCommand command_release;
extern const CliCommand command_destroy;
extern const CliCommand command_compress;
extern const CliCommand command_reindex;
extern const CliCommand command_stats;
extern const CliCommand command_serve;
extern const CliCommand command_analyse;

#endif
