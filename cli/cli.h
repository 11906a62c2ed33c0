/* cli/cli.h - what commands share: their shape, the archive they work on, how they print and how they end.
 *
 * A command is a file: it exports one CliCommand (commands.h), has its options beside it, and calls what stands here.
 * main.c lists the commands; usage and help are written from the list.
 *
 * Owns     cli_open's store and index until cli_close; words and values lie in argv
 * Errors   functions that print return the exit code: 0 done · 1 not found, not verified or some inputs rejected ·
 *          2 usage · 3 failed · 130 interrupted by Ctrl-C, 143 by SIGTERM
 * Threads  one; cli_stop alone is raised by a signal
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/stop.h"
#include "base/err.h"
#include "base/json_out.h"
#include "indexer/shards/index.h"
#include "store/log/store.h"

enum { EXIT_DONE = 0, EXIT_NO = 1, EXIT_USAGE = 2, EXIT_FAILED = 3 };

typedef struct {
	const char *name;     /* long form without "--" */
	char letter;          /* short form; 0: none */
	const char *argument; /* what follows, for help; NULL: a flag */
	const char *help;
} CliOption;

enum { CLI_OPTIONS_MAX = 32 };

typedef struct {
	const char *archive;                 /* -a, else $HOSO_ARCHIVE, else ./archive */
	const char *values[CLI_OPTIONS_MAX]; /* in the order of the command's options; NULL: not given, a flag: "" */
	char **words;                        /* what is no option */
	size_t word_count;
	bool writes; /* the command changes the archive: cli_open first carries on with an interrupted destruction */
	bool wait_for_index; /* the command asks the index: cli_open brings the index up to date first */
} CliArgs;

typedef struct CliCommand {
	const char *name;
	const char *words; /* for usage: "PATH…"; NULL: it takes none */
	size_t least_words, most_words;
	const char *help;              /* one line */
	const CliOption *options;      /* closed by a name of NULL; NULL: none */
	bool runs_until_stopped;       /* a signal is its ordinary end, no interruption */
	bool writes;                   /* an interrupted destruction is carried on before it begins */
	bool asks_index;               /* its answer comes from the index, which is brought up to date first */
	void (*print_more_help)(void); /* behind the options; NULL: nothing */
	int (*run)(const CliArgs *args);
} CliCommand;

/* Prints "hoso: …" to standard error and returns an exit code: the one that fits err->code, or EXIT_USAGE. */
int cli_fail(const Err *err);
void cli_warn_degraded(void); /* of an answer from an index that lacks something */
int cli_usage(const char *message);
/* Opens archive and, if index_out is given, its index. Prints and returns an exit code; EXIT_DONE: open. */
int cli_open(const CliArgs *args, Store **store_out, Index **index_out);
/* What a killed hoso destroy left; prints what became of it. cli_open does it for commands that write. */
void cli_carry_on_destruction(Store *store);
int cli_open_index(const CliArgs *args, Store *store, Index **index_out);
void cli_close(Store *store, Index *index);
/* Prints the buffer and a line end to standard output and frees it; exit_code, or EXIT_FAILED where that failed. */
int cli_print(Buf *text, int exit_code);
/* From here on SIGINT and SIGTERM end the program and it says that it was interrupted. */
void cli_begin_signals(void);
/* From here on the first of them raises cli_stop, and only a second one ends the program at once. */
extern Stop cli_stop;
void cli_catch_stop(void);
/* The exit code of a command that ended with `code`: where a signal was caught, that of the signal, and it is told. */
int cli_end(const CliCommand *command, int code);

#endif
