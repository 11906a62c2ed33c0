/* cli/serve.c - hoso serve: opens the archive, lets the index follow it, starts the server and waits for SIGINT or
 * SIGTERM. What is served stands in server/. */
#include "base/event.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "indexer/extract/extract.h"
#include "indexer/recognise/recognise.h"
#include "server/server.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

enum {
	OPT_LISTEN,
	OPT_HOST,
	OPT_THREADS,
	OPT_CONNECTIONS,
	OPT_PER_ADDRESS,
	OPT_MEMORY,
	OPT_LOG,
	OPT_NO_ACCESS_LOG,
	OPT_SCRUB,
	OPT_GRACE,
	OPT_NO_OCR
};
enum { SCRUB_MB_DEFAULT = 20, GRACE_SECONDS_DEFAULT = 10 };
static const CliOption options[] = {
	[OPT_LISTEN] = {"listen", 'l', "ADDR:PORT", "where to listen (127.0.0.1:8080); port 0 picks one"},
	[OPT_HOST] = {"host", 0, "NAMES", "further host names to answer for, separated by commas (those of a proxy)"},
	[OPT_THREADS] = {"threads", 0, "N", "threads that read requests and send answers (one a core, at least 4)"},
	[OPT_CONNECTIONS] = {"connections", 0, "N", "connections open at once (2048)"},
	[OPT_PER_ADDRESS] = {"connections-per-address", 0, "N",
			     "of these, for one address (a quarter; more for a proxy)"},
	[OPT_MEMORY] = {"memory", 0, "MB", "for bodies and answers that are under way (128)"},
	[OPT_LOG] = {"log-requests", 0, NULL, "one log line a request"},
	[OPT_NO_ACCESS_LOG] = {"no-access-log", 0, NULL, "do not note who asked for what in ARCHIVE/access"},
	[OPT_SCRUB] = {"scrub", 0, "MB", "check the archive in the background at so many MB/s (20); 0: not"},
	[OPT_GRACE] = {"grace", 0, "SECONDS", "at the end, for downloads under way (10); a second signal ends at once"},
	[OPT_NO_OCR] = {"no-ocr", 0, NULL, "do not recognise scans in the background"},
	{0},
};

/* Not given: *out stays. */
static bool read_number(const CliArgs *args, int option, uint64_t least, uint64_t most, uint64_t *out, Err *err)
{
	const char *text = args->values[option];
	uint64_t value;
	if (!text)
		return true;
	if (!str_to_u64(str_from(text), &value) || value < least || value > most) {
		err_set(err, ST_INVALID, "--%s takes a number from %" PRIu64 " to %" PRIu64, options[option].name,
			least, most);
		return false;
	}
	*out = value;
	return true;
}

static Status read_options(const CliArgs *args, ServerOptions *out, Err *err)
{
	uint64_t threads = 0, connections = 0, per_address = 0, memory_mb = 0, scrub = SCRUB_MB_DEFAULT,
		 grace = GRACE_SECONDS_DEFAULT;
	if (!read_number(args, OPT_THREADS, 1, 1024, &threads, err) ||
	    !read_number(args, OPT_CONNECTIONS, 16, 60000, &connections, err) ||
	    !read_number(args, OPT_PER_ADDRESS, 1, 60000, &per_address, err) ||
	    !read_number(args, OPT_MEMORY, 8, 1 << 20, &memory_mb, err) ||
	    !read_number(args, OPT_SCRUB, 0, 100000, &scrub, err) ||
	    !read_number(args, OPT_GRACE, 0, 3600, &grace, err))
		return err->code;
	out->listen = args->values[OPT_LISTEN] ? args->values[OPT_LISTEN] : "127.0.0.1:8080";
	out->hosts = args->values[OPT_HOST];
	out->threads = (unsigned)threads;
	out->log_requests = args->values[OPT_LOG] != NULL;
	out->no_access_log = args->values[OPT_NO_ACCESS_LOG] != NULL;
	out->connections_max = (unsigned)connections;
	out->connections_per_client = (unsigned)per_address;
	out->memory_bytes = memory_mb << 20;
	out->scrub_bytes_per_second = scrub * 1000000;
	out->grace_ms = grace * 1000;
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
	while (!stop_raised(&cli_stop))
		nanosleep(&tick, NULL);
}

static int run_serve(const CliArgs *args)
{
	ServerOptions how = {0};
	Server *server = NULL;
	RecogniseService *recogniser = NULL;
	Err err = {0};
	if (read_options(args, &how, &err) != ST_OK)
		return cli_usage(err.text);
	signal(SIGHUP, SIG_IGN); /* the terminal it was started from may go; there is nothing to read anew */
	cli_catch_stop();
	int code = cli_open(args, &how.store, &how.index);
	if (code != EXIT_DONE)
		return code;
	if (index_follower_start(how.index, &err) != ST_OK || server_start(&server, &how, &err) != ST_OK) {
		code = cli_fail(&err);
	} else {
		printf("listening on %s\n", server_address(server));
		fflush(stdout);
		tell_confinement();
		if (!args->values[OPT_NO_OCR] &&
		    recognise_service_start(&recogniser, how.store, how.index, &err) != ST_OK)
			event_write(EVENT_WARN, "recognise", "scans wait", "because", err.text, NULL);
		wait_for_stop();
	}
	recognise_service_stop(recogniser);
	server_stop(server);
	index_follower_stop(how.index);
	cli_close(how.store, how.index);
	return code;
}

const CliCommand command_serve = {
	.name = "serve",
	.help = "HTTP API and pages",
	.options = options,
	.runs_until_stopped = true,
	.writes = true,
	.run = run_serve,
};
