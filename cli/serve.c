/* cli/serve.c - hoso serve: opens the archive, lets the index follow it, starts the server and waits for SIGINT or
 * SIGTERM. What is served stands in server/. */
#include "base/event.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "indexer/extract/extract.h"
#include "server/server.h"

#include <stdio.h>
#include <time.h>

enum { OPT_LISTEN, OPT_HOST, OPT_THREADS, OPT_LOG, OPT_NO_ACCESS_LOG, OPT_SCRUB };
enum { SCRUB_MB_DEFAULT = 20 };
static const CliOption options[] = {
	[OPT_LISTEN] = {"listen", 'l', "ADDR:PORT", "where to listen (127.0.0.1:8080); port 0 picks one"},
	[OPT_HOST] = {"host", 0, "NAMES", "further host names to answer for, separated by commas (those of a proxy)"},
	[OPT_THREADS] = {"threads", 0, "N", "threads that answer (one a core, at least 4)"},
	[OPT_LOG] = {"log-requests", 0, NULL, "one log line a request"},
	[OPT_NO_ACCESS_LOG] = {"no-access-log", 0, NULL, "do not note who asked for what in ARCHIVE/access"},
	[OPT_SCRUB] = {"scrub", 0, "MB", "check the archive in the background at so many MB/s (20); 0: not"},
	{0},
};

static Status read_options(const CliArgs *args, ServerOptions *out, Err *err)
{
	uint64_t threads = 0;
	const char *text = args->values[OPT_THREADS];
	if (text && (!str_to_u64(str_from(text), &threads) || threads == 0 || threads > 1024))
		return err_set(err, ST_INVALID, "--threads takes a number from 1 to 1024");
	out->listen = args->values[OPT_LISTEN] ? args->values[OPT_LISTEN] : "127.0.0.1:8080";
	out->hosts = args->values[OPT_HOST];
	out->threads = (unsigned)threads;
	out->log_requests = args->values[OPT_LOG] != NULL;
	out->no_access_log = args->values[OPT_NO_ACCESS_LOG] != NULL;
	uint64_t scrub = SCRUB_MB_DEFAULT;
	if (args->values[OPT_SCRUB] && (!str_to_u64(str_from(args->values[OPT_SCRUB]), &scrub) || scrub > 100000))
		return err_set(err, ST_INVALID, "--scrub takes a number of MB a second");
	out->scrub_bytes_per_second = scrub * 1000000;
	return ST_OK;
}

/* Once, for the operator: which layers around the extracting process this machine does not give. */
static void tell_confinement(void)
{
	ExtractLayer layers[EXTRACT_LAYERS_MAX];
	size_t count = 0;
	Err err;
	if (extract_confinement(layers, &count, &err) != ST_OK)
		event_write(EVENT_WARN, "extract", "no text will be extracted", "reason", err.text, NULL);
	for (size_t i = 0; i < count; i++)
		if (!layers[i].holds)
			event_write(EVENT_WARN, "extract", "a layer around the extractor is missing", "layer",
				    layers[i].name, "a subverted extractor", layers[i].without, NULL);
}

static void wait_for_stop(void)
{
	struct timespec tick = {0, 100 * 1000 * 1000};
	cli_catch_stop();
	while (!stop_raised(&cli_stop))
		nanosleep(&tick, NULL);
}

static int run_serve(const CliArgs *args)
{
	ServerOptions how = {0};
	Server *server = NULL;
	Err err = {0};
	if (read_options(args, &how, &err) != ST_OK)
		return cli_usage(err.text);
	int code = cli_open(args, &how.store, &how.index);
	if (code != EXIT_DONE)
		return code;
	if (index_follower_start(how.index, &err) != ST_OK || server_start(&server, &how, &err) != ST_OK) {
		code = cli_fail(&err);
	} else {
		printf("listening on %s\n", server_address(server));
		fflush(stdout);
		tell_confinement();
		wait_for_stop();
	}
	server_stop(server);
	index_follower_stop(how.index);
	cli_close(how.store, how.index);
	return code;
}

const CliCommand command_serve = {
	.name = "serve",
	.help = "HTTP API and pages",
	.options = options,
	.run = run_serve,
};
