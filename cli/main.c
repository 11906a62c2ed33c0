/* cli/main.c - the program hoso: one table of commands. Follow a row to its file cli/<name>.c.
 *
 * Reading on: cli/ingest.c → indexer/ingest/ingest.h → store/log/store.h (a record on its way in),
 *             indexer/shards/follow.c → indexer/terms/terms.c → tokenizer/token.h (into the index),
 *             cli/search.c → indexer/search/search.h (and out again).
 */
#include "cli/cli.h"

#include "indexer/extract/extract.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static const CliCommand commands[] = {
	{"init", cmd_init, "", 0, 0, "make an empty archive", init_options, false},
	{"ingest", cmd_ingest, "PATH…", 1, SIZE_MAX, "take in files, folders, packages, JSON lines", ingest_options,
	 false},
	{"search", cmd_search, "QUERY…", 0, SIZE_MAX, "find records by words, phrases, fields", search_options, true},
	{"get", cmd_get, "ID|NUMBER", 1, 1, "one record: metadata, text or original", get_options, true},
	{"export", cmd_export, "", 0, 0, "a case file as a package (BagIt ZIP)", export_options, false},
	{"verify", cmd_verify, "", 0, 0, "check every stored byte", verify_options, false},
	{"checkpoint", cmd_checkpoint, "", 0, 0, "sign the state of the archive: an auditor keeps it",
	 checkpoint_options, false},
	{"prove", cmd_prove, "ID", 1, 1, "why a record is in the archive: proof for hoso-verify", prove_options, false},
	{"backup", cmd_backup, "DIR", 1, 1, "copy to a second place while writing goes on; again: what is new",
	 backup_options, false},
	{"restore", cmd_restore, "DIR", 1, 1, "make the archive anew out of a backup, every byte checked",
	 restore_options, false},
	{"hold", cmd_hold, "ID", 1, 1, "keep a record from being destroyed", hold_options, false},
	{"release", cmd_release, "ID", 1, 1, "end a hold", hold_options, false},
	{"destroy", cmd_destroy, "ID…", 1, SIZE_MAX, "destroy records lawfully: proofs stay valid", destroy_options,
	 false},
	{"compress", cmd_compress, "", 0, 0, "pack sealed segments tighter", compress_options, false},
	{"reindex", cmd_reindex, "", 0, 0, "build the index anew and swap", reindex_options, false},
	{"stats", cmd_stats, "", 0, 0, "counts and sizes", stats_options, true},
	{"serve", cmd_serve, "", 0, 0, "HTTP API and pages", serve_options, false},
	{"analyse", cmd_analyse, "[FILE|-]", 0, 1, "what the analyser makes of a text", analyse_options, false},
};
enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

static void print_help(FILE *to)
{
	fputs("hoso - archive and full-text search for Vietnamese administrative records\n\n"
	      "usage: hoso [-a DIR] COMMAND …        (the archive: -a, else $HOSO_ARCHIVE, else ./archive)\n\n",
	      to);
	for (size_t i = 0; i < COMMAND_COUNT; i++) /* an ellipsis has three bytes and one column */
		fprintf(to, "  %-10s %-*s  %s\n", commands[i].name, strstr(commands[i].words, "…") ? 11 : 9,
			commands[i].words, commands[i].help);
	fputs("\nhoso COMMAND --help says more. Exit: 0 done, 1 not found, not verified or some inputs rejected,\n"
	      "2 usage, 3 failed.\n",
	      to);
}

static int print_command_help(const CliCommand *command)
{
	printf("usage: hoso [-a DIR] %s%s%s%s\n\n%s\n", command->name, command->options ? " [OPTION…]" : "",
	       *command->words ? " " : "", command->words, command->help);
	for (const CliOption *o = command->options; o && o->name; o++) {
		char left[80];
		snprintf(left, sizeof left, "%c%c%s --%s %s", o->letter ? '-' : ' ', o->letter ? o->letter : ' ',
			 o->letter ? "," : " ", o->name, o->argument ? o->argument : "");
		printf("  %-28s %s\n", left, o->help);
	}
	return EXIT_DONE;
}

static const CliOption *find_option(const CliCommand *command, const char *name, size_t len, char letter)
{
	for (const CliOption *o = command->options; o && o->name; o++)
		if (letter ? o->letter == letter : strlen(o->name) == len && memcmp(o->name, name, len) == 0)
			return o;
	return NULL;
}

static int usage_error(const CliCommand *command, const char *what, const char *word)
{
	fprintf(stderr, "hoso %s: %s '%s' (hoso %s --help)\n", command->name, what, word, command->name);
	return EXIT_USAGE;
}

/* One argument that begins with '-'; may use up the next one. Returns -1 to go on. */
static int take_option(const CliCommand *command, int argc, char **argv, int *i, CliArgs *args)
{
	char *word = argv[*i], *value = NULL;
	bool is_long = word[1] == '-';
	size_t len = is_long ? strcspn(word + 2, "=") : 0;
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
		return print_command_help(command);
	if (strcmp(word, "-a") == 0 && *i + 1 < argc) {
		args->archive = argv[++*i];
		return -1;
	}
	const CliOption *o = is_long ? find_option(command, word + 2, len, 0) : find_option(command, NULL, 0, word[1]);
	if (!o)
		return usage_error(command, "unknown option", word);
	if (is_long && word[2 + len] == '=')
		value = word + 3 + len;
	else if (!is_long && word[2])
		value = word + 2;
	if (!o->argument && value)
		return usage_error(command, "takes no value:", word);
	if (o->argument && !value && *i + 1 < argc)
		value = argv[++*i];
	if (o->argument && !value)
		return usage_error(command, "needs a value:", word);
	args->values[o - command->options] = value ? value : "";
	return -1;
}

static int run_command(const CliCommand *command, const char *archive, int argc, char **argv)
{
	CliArgs args = {.archive = archive,
			.words = argv,
			.wait_for_index = command->asks_index}; /* words are moved to the front of argv */
	bool options_ended = false;
	for (int i = 0; i < argc; i++) {
		char *word = argv[i];
		if (!options_ended && strcmp(word, "--") == 0) {
			options_ended = true;
		} else if (!options_ended && word[0] == '-' && word[1]) {
			int code = take_option(command, argc, argv, &i, &args);
			if (code >= 0)
				return code;
		} else {
			args.words[args.word_count++] = word;
		}
	}
	if (args.word_count < command->least_words)
		return usage_error(command, "missing", command->words);
	if (args.word_count > command->most_words)
		return usage_error(command, "too many arguments:", args.words[command->most_words]);
	return command->run(&args);
}

int main(int argc, char **argv)
{
	const char *archive = getenv("HOSO_ARCHIVE");
	int i = 1;
	setlocale(LC_CTYPE, "C.UTF-8"); /* file names in packages are UTF-8, whatever the terminal says */
	signal(SIGPIPE, SIG_IGN);
	if (!archive || !*archive)
		archive = "./archive";
	for (; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "-a") == 0 && i + 1 < argc) {
			archive = argv[++i];
		} else if (strcmp(argv[i], "--version") == 0) {
			puts("hoso " HOSO_VERSION);
			return EXIT_DONE;
		} else if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			print_help(stdout);
			return EXIT_DONE;
		} else {
			fprintf(stderr, "hoso: unknown option '%s' (hoso --help)\n", argv[i]);
			return EXIT_USAGE;
		}
	}
	if (i >= argc) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[i], "help") == 0) {
		print_help(stdout);
		return EXIT_DONE;
	}
	if (strcmp(argv[i], "extract") == 0) /* the program as its own extraction process */
		return extract_main(argc - i, argv + i);
	for (size_t c = 0; c < COMMAND_COUNT; c++)
		if (strcmp(argv[i], commands[c].name) == 0)
			return run_command(&commands[c], archive, argc - i - 1, argv + i + 1);
	fprintf(stderr, "hoso: no command '%s' (hoso --help lists them)\n", argv[i]);
	return EXIT_USAGE;
}
