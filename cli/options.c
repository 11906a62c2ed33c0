/* cli/options.c - the command's table becomes the tables of getopt_long, which does the reading. Each option has the
 * value FIRST_VALUE + its place in the table, so that it is found again whether it came long or short.
 */
#include "cli/options.h"

#include <getopt.h>
#include <stdio.h>

enum { FIRST_VALUE = 256, HELP_VALUE = FIRST_VALUE + CLI_OPTIONS_MAX };

typedef struct {
	struct option longs[CLI_OPTIONS_MAX + 2];
	char shorts[2 * CLI_OPTIONS_MAX + 8];
} Tables;

static void make_tables(const CliCommand *command, Tables *out)
{
	size_t count = 0, len = 0;
	*out = (Tables){0};
	memcpy(out->shorts, ":a:h", 4); /* ':' in front: a missing value is told apart from an unknown option */
	len = 4;
	for (const CliOption *o = command->options; o && o->name; o++) {
		out->longs[count] = (struct option){o->name, o->argument ? required_argument : no_argument, NULL,
						    FIRST_VALUE + (int)count};
		count++;
		if (!o->letter)
			continue;
		out->shorts[len++] = o->letter;
		if (o->argument)
			out->shorts[len++] = ':';
	}
	out->longs[count] = (struct option){"help", no_argument, NULL, HELP_VALUE};
}

static int place_of_letter(const CliCommand *command, int letter)
{
	for (int i = 0; command->options && command->options[i].name; i++)
		if (command->options[i].letter == letter)
			return i;
	return -1;
}

/* What getopt_long could not read: optopt is the option's value where it knows the option, the letter of an unknown
 * short one, 0 for an unknown long one. A letter that is not ASCII is the first byte of several, so its word is not
 * finished. */
static Status refuse(const CliCommand *command, bool is_value_missing, char **argv, Err *err)
{
	int value = optopt;
	const char *word = value < 0 || (value > 0x7E && value < FIRST_VALUE) ? argv[optind] : argv[optind - 1];
	bool is_long = value >= FIRST_VALUE && value < HELP_VALUE;
	if (is_long && is_value_missing)
		return err_set(err, ST_INVALID, "--%s needs a value", command->options[value - FIRST_VALUE].name);
	if (is_long || value == HELP_VALUE)
		return err_set(err, ST_INVALID, "'%s': this option takes no value", word);
	if (is_value_missing)
		return err_set(err, ST_INVALID, "-%c needs a value", value);
	if (value > ' ' && value < 0x7F)
		return err_set(err, ST_INVALID, "unknown option '-%c'; behind '--' it is a word", value);
	return err_set(err, ST_INVALID, "unknown option '%s'; behind '--' it is a word", word);
}

Status options_read(const CliCommand *command, int argc, char **argv, CliArgs *args, bool *help_out, Err *err)
{
	Tables tables;
	int got;
	make_tables(command, &tables);
	opterr = 0;
	optind = 0; /* begin anew: main read the options before the command */
	while ((got = getopt_long(argc, argv, tables.shorts, tables.longs, NULL)) != -1) {
		int place = got >= FIRST_VALUE ? got - FIRST_VALUE : place_of_letter(command, got);
		if (got == 'h' || got == HELP_VALUE) {
			*help_out = true;
			return ST_OK;
		}
		if (got == 'a')
			args->archive = optarg;
		else if (got == '?' || got == ':')
			return refuse(command, got == ':', argv, err);
		else
			args->values[place] = optarg ? optarg : "";
	}
	args->words = argv + optind;
	args->word_count = (size_t)(argc - optind);
	return ST_OK;
}
