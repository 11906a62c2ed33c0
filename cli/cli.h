/* cli/cli.h - what every command gets: its arguments, parsed by its own table, and the archive.
 *
 * A command is a row of the table in main.c and a function in a file of its own. Help and usage come from the tables.
 * Exit codes: 0 done, 1 not found, not verified or some inputs rejected, 2 usage, 3 failed.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/err.h"
#include "base/json_out.h"
#include "indexer/shards/index.h"
#include "store/log/store.h"

enum { EXIT_DONE = 0, EXIT_NO = 1, EXIT_USAGE = 2, EXIT_FAILED = 3 };

typedef struct {
	const char *name;     /* long form without "--" */
	char letter;          /* short form, 0: none */
	const char *argument; /* what follows, for help; NULL: a flag */
	const char *help;
} CliOption;

enum { CLI_OPTIONS_MAX = 16 };

typedef struct {
	const char *archive;                 /* -a, else $HOSO_ARCHIVE, else ./archive */
	const char *values[CLI_OPTIONS_MAX]; /* in the order of the command's options; NULL: not given, "" for flags
						given */
	char **words;                        /* what is no option */
	size_t word_count;
	bool wait_for_index; /* of the command's table row: cli_open brings the index up to date first */
} CliArgs;

typedef struct CliCommand {
	const char *name;
	int (*run)(const CliArgs *args);
	const char *words; /* for usage: "PATH…" */
	size_t least_words, most_words;
	const char *help;         /* one line */
	const CliOption *options; /* closed by a name of NULL; NULL: none */
	bool asks_index;          /* its answer comes from the index, which is brought up to date first */
} CliCommand;

/* Prints "hoso: …" to standard error and returns the exit code that fits. */
int cli_fail(const Err *err);
int cli_usage(const char *message);
int cli_exit_code(Status status);
/* Opens archive and, if index_out is given, its index. Prints and returns an exit code; EXIT_DONE: open. */
int cli_open(const CliArgs *args, Store **store_out, Index **index_out);
int cli_open_index(const CliArgs *args, Store *store, Index **index_out);
void cli_close(Store *store, Index *index);
/* Prints the buffer and a line end to standard output, frees it. */
int cli_print(Buf *text, int exit_code);
/* Raised by SIGINT or SIGTERM (after cli_catch_stop). */
extern Stop cli_stop;
void cli_catch_stop(void);

extern const CliOption init_options[], ingest_options[], search_options[], get_options[], export_options[],
	verify_options[], reindex_options[], stats_options[], serve_options[], analyse_options[], checkpoint_options[],
	prove_options[], backup_options[], restore_options[], hold_options[], destroy_options[], compress_options[];
int cmd_init(const CliArgs *args);
int cmd_ingest(const CliArgs *args);
int cmd_search(const CliArgs *args);
int cmd_get(const CliArgs *args);
int cmd_export(const CliArgs *args);
int cmd_verify(const CliArgs *args);
int cmd_reindex(const CliArgs *args);
int cmd_stats(const CliArgs *args);
int cmd_serve(const CliArgs *args);
int cmd_analyse(const CliArgs *args);
int cmd_checkpoint(const CliArgs *args);
int cmd_prove(const CliArgs *args);
int cmd_backup(const CliArgs *args);
int cmd_restore(const CliArgs *args);
int cmd_hold(const CliArgs *args);
int cmd_release(const CliArgs *args);
int cmd_destroy(const CliArgs *args);
int cmd_compress(const CliArgs *args);

#endif
