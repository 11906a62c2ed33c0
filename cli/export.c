/* cli/export.c - hoso export: a case file as one ZIP that is a BagIt bag. Without --output its name is made from the
 * code, in the current directory. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "indexer/search/search.h"
#include "store/package/package.h"

#include <stdio.h>

enum { OPT_CASE, OPT_OUTPUT };
static const CliOption options[] = {
	[OPT_CASE] = {"case", 0, "CODE", "the case file's code"},
	[OPT_OUTPUT] = {"output", 'o', "FILE", "where to (default: a name from the code; - for standard output)"},
	{0},
};

static Status write_package(void *ctx, int fd, const char *name, Err *err)
{
	(void)name;
	return package_write(ctx, fd, err);
}

/* By another spelling than the archive's: H40.15-… for 000.00.15.H40-…, small letters. */
static Status open_spelt(const CliArgs *args, Store *store, Package **package, Err *err)
{
	Index *index = NULL;
	Arena arena = {0};
	Str code;
	Err ignored;
	Status st = ST_NOT_FOUND;
	if (cli_open_index(args, store, &index) == EXIT_DONE &&
	    search_case_code(index, str_from(args->values[OPT_CASE]), &arena, &code, &ignored) == ST_OK)
		st = package_open(package, store, NULL, code, NULL, err);
	index_close(index);
	arena_done(&arena);
	return st;
}

static int run_export(const CliArgs *args)
{
	Store *store = NULL;
	Package *package = NULL;
	Err err = {0};
	if (!args->values[OPT_CASE])
		return cli_usage("export: --case CODE is missing");
	int code = cli_open(args, &store, NULL);
	if (code != EXIT_DONE)
		return code;
	Status st = package_open(&package, store, NULL, str_from(args->values[OPT_CASE]), NULL, &err);
	const char *path = args->values[OPT_OUTPUT];
	if (st == ST_NOT_FOUND)
		st = open_spelt(args, store, &package, &err);
	if (st == ST_OK) {
		path = path ? path : package_file_name(package);
		st = output_write(path, write_package, package, &err);
	}
	if (st != ST_OK)
		code = cli_fail(&err);
	else if (!output_is_standard(path))
		printf("%s\n", path);
	package_close(package);
	store_close(store);
	return code;
}

const CliCommand command_export = {
	.name = "export",
	.help = "a case file as a package (BagIt ZIP)",
	.options = options,
	.run = run_export,
};
