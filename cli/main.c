/* cli/main.c - the program hoso: the list of commands. Each stands in cli/<name>.c.
 *
 * Reading on: cli/ingest.c → indexer/ingest/ingest.h → store/log/store.h (a record on its way in),
 *             indexer/shards/index.h → tokenizer/token.h (into the index),
 *             cli/search.c → indexer/search/search.h (and out again).
 */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "indexer/extract/extract.h"

#include <getopt.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static const CliCommand *const commands[] = {
	&command_init,     &command_ingest,  &command_watch,      &command_amend,   &command_ocr,
	&command_sealed,   &command_seal,    &command_unseal,     &command_search,  &command_get,
	&command_export,   &command_verify,  &command_checkpoint, &command_prove,   &command_backup,
	&command_restore,  &command_repair,  &command_hold,       &command_release, &command_destroy,
	&command_compress, &command_reindex, &command_stats,      &command_serve,   &command_analyse,
};
enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

static const char *words_of(const CliCommand *command)
{
	return command->words ? command->words : "";
}

static void print_help(FILE *to)
{
	fputs("hoso - archive and full-text search for Vietnamese administrative records\n\n"
	      "usage: hoso [-a DIR] COMMAND …        (the archive: -a, else $HOSO_ARCHIVE, else ./archive)\n\n",
	      to);
	for (size_t i = 0; i < COMMAND_COUNT; i++) { /* an ellipsis has three bytes and one column */
		const char *words = words_of(commands[i]);
		fprintf(to, "  %-10s %-*s  %s\n", commands[i]->name, strstr(words, "…") ? 12 : 10, words,
			commands[i]->help);
	}
	fputs("\nhoso COMMAND --help says more. Exit: 0 done, 1 not found, not verified or some inputs rejected,\n"
	      "2 usage, 3 failed, 130 or 143 interrupted.\n",
	      to);
}

static int print_command_help(const CliCommand *command)
{
	printf("usage: hoso [-a DIR] %s%s%s%s\n\n%s\n", command->name, command->options ? " [OPTION…]" : "",
	       command->words ? " " : "", words_of(command), command->help);
	for (const CliOption *o = command->options; o && o->name; o++) {
		char left[80];
		snprintf(left, sizeof left, "%c%c%s --%s %s", o->letter ? '-' : ' ', o->letter ? o->letter : ' ',
			 o->letter ? "," : " ", o->name, o->argument ? o->argument : "");
		printf("  %-28s %s\n", left, o->help);
	}
	if (command->print_more_help)
		command->print_more_help();
	return EXIT_DONE;
}

static int refuse(const CliCommand *command, const char *why)
{
	fprintf(stderr, "hoso %s: %s (hoso %s --help)\n", command->name, why, command->name);
	return EXIT_USAGE;
}

static int run_command(const CliCommand *command, const char *archive, int argc, char **argv)
{
	CliArgs args = {.archive = archive, .writes = command->writes, .wait_for_index = command->asks_index};
	bool help = false;
	Err err;
	if (options_read(command, argc, argv, &args, &help, &err) != ST_OK)
		return refuse(command, err.text);
	if (help)
		return print_command_help(command);
	if (args.word_count < command->least_words)
		err_set(&err, ST_INVALID, "%s is missing", command->words);
	else if (args.word_count > command->most_words)
		err_set(&err, ST_INVALID, "too many arguments: '%s'", args.words[command->most_words]);
	else
		return cli_end(command, command->run(&args));
	return refuse(command, err.text);
}

/* The options before the command. Returns an exit code, or -1 to go on with argv[optind]. */
static int read_own_options(int argc, char **argv, const char **archive)
{
	static const struct option longs[] = {
		{"help", no_argument, NULL, 'h'}, {"version", no_argument, NULL, 'v'}, {0}};
	int got;
	opterr = 0;
	while ((got = getopt_long(argc, argv, "+:a:h", longs, NULL)) != -1) {
		switch (got) {
		case 'a':
			*archive = optarg;
			break;
		case 'h':
			print_help(stdout);
			return EXIT_DONE;
		case 'v':
			puts("hoso " HOSO_VERSION);
			return EXIT_DONE;
		default:
			fprintf(stderr,
				got == ':' ? "hoso: '%s' needs a value (hoso --help)\n"
					   : "hoso: unknown option '%s' (hoso --help)\n",
				argv[optind - 1]);
			return EXIT_USAGE;
		}
	}
	return -1;
}

int main(int argc, char **argv)
{
	const char *archive = getenv("HOSO_ARCHIVE");
	setlocale(LC_CTYPE, "C.UTF-8"); /* file names in packages are UTF-8, whatever the terminal says */
	signal(SIGPIPE, SIG_IGN);
	umask(077); /* for what libraries create by themselves, and what is written out of the archive */
	if (!archive || !*archive)
		archive = "./archive";
	int code = read_own_options(argc, argv, &archive);
	if (code >= 0)
		return code;
	argc -= optind;
	argv += optind;
	if (argc == 0) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[0], "help") == 0) {
		print_help(stdout);
		return EXIT_DONE;
	}
	if (strcmp(argv[0], "extract") == 0) /* the program as its own extraction process */
		return extract_main(argc, argv);
	cli_begin_signals();
	for (size_t c = 0; c < COMMAND_COUNT; c++)
		if (strcmp(argv[0], commands[c]->name) == 0)
			return run_command(commands[c], archive, argc, argv);
	fprintf(stderr, "hoso: no command '%s' (hoso --help lists them)\n", argv[0]);
	return EXIT_USAGE;
}
