/* cli/export.c - hoso export: a case file as one ZIP that is a BagIt bag. */
#include "cli/cli.h"
#include "cli/commands.h"

#include "store/package/package.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { OPT_CASE, OPT_OUTPUT };
static const CliOption options[] = {
	[OPT_CASE] = {"case", 0, "CODE", "the case file's code"},
	[OPT_OUTPUT] = {"output", 'o', "FILE", "where to (default: a name from the code; - for standard output)"},
	{0},
};

static Status write_package(Package *package, const char *path, Err *err)
{
	if (strcmp(path, "-") == 0)
		return package_write(package, STDOUT_FILENO, err);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		return err_errno(err, errno, "create %s", path);
	Status st = package_write(package, fd, err);
	if (st == ST_OK && fsync(fd) != 0 && errno != EINVAL)
		st = err_errno(err, errno, "sync %s", path);
	if (close(fd) != 0 && st == ST_OK)
		st = err_errno(err, errno, "close %s", path);
	if (st != ST_OK)
		unlink(path); /* never half a package under its name */
	return st;
}

static int run_export(const CliArgs *args)
{
	Store *store = NULL;
	Package *package = NULL;
	Err err = {0};
	if (!args->values[OPT_CASE])
		return cli_usage("export: which case file? (--case CODE)");
	int code = cli_open(args, &store, NULL);
	if (code != EXIT_DONE)
		return code;
	Status st = package_open(&package, store, str_from(args->values[OPT_CASE]), &err);
	const char *path = args->values[OPT_OUTPUT];
	if (st == ST_OK) {
		path = path ? path : package_file_name(package);
		st = write_package(package, path, &err);
	}
	if (st != ST_OK)
		code = cli_fail(&err);
	else if (strcmp(path, "-") != 0)
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
