/* cli/analyse.c - hoso analyse: the tokens, numbers and dates that the analyser finds in a text. Needs no archive. */
#include "base/file.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "tokenizer/analyse_json.h"

#include <unistd.h>

enum { OPT_JSON, INPUT_MAX = 64 << 20 };
static const CliOption options[] = {[OPT_JSON] = {"json", 0, NULL, "as one JSON object"}, {0}};

static int run_analyse(const CliArgs *args)
{
	Buf bytes = {0}, out = {0};
	Err err = {0};
	const char *path = args->word_count ? args->words[0] : "-";
	Status st = strcmp(path, "-") == 0 ? file_read_fd(STDIN_FILENO, INPUT_MAX, &bytes, "standard input", &err)
					   : file_read_all(path, INPUT_MAX, &bytes, &err);
	if (st == ST_OK)
		st = args->values[OPT_JSON] ? analyse_json(buf_str(&bytes), &out, &err)
					    : analyse_text(buf_str(&bytes), &out, &err);
	buf_done(&bytes);
	if (st != ST_OK) {
		buf_done(&out);
		cli_fail(&err);
		return EXIT_FAILED;
	}
	return cli_print(&out, EXIT_DONE);
}

const CliCommand command_analyse = {
	.name = "analyse",
	.words = "[FILE|-]",
	.least_words = 0,
	.most_words = 1,
	.help = "what the analyser makes of a text",
	.options = options,
	.run = run_analyse,
};
