/* cli/verify.c - hoso verify: every stored byte against its checksum, its hash and the tree. Findings are printed as
 * they come, or collected for the JSON report. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "store/care/destroy.h"
#include "store/care/verify.h"

#include <inttypes.h>
#include <stdio.h>

enum { OPT_JSON, OPT_QUICK };
static const CliOption options[] = {
	[OPT_JSON] = {"json", 0, NULL, "the report as one JSON object"},
	[OPT_QUICK] = {"quick", 0, NULL, "checksums only, not every object's hash"},
	{0},
};

typedef struct {
	Buf findings; /* as items of a JSON array */
	JsonOut j;
	bool as_json;
} Output;

static void show_finding(void *ctx, const VerifyFinding *finding)
{
	Output *output = ctx;
	if (!output->as_json) {
		printf("%s", finding->segment);
		if (finding->offset != UINT64_MAX)
			printf(" at %" PRIu64, finding->offset);
		if (finding->sequence != UINT64_MAX)
			printf(" (record %" PRIu64 ")", finding->sequence);
		printf(": %s\n", finding->text);
		return;
	}
	jout_open(&output->j, '{');
	jout_field_text(&output->j, "segment", finding->segment);
	if (finding->offset != UINT64_MAX)
		jout_field_u64(&output->j, "offset", finding->offset);
	if (finding->sequence != UINT64_MAX)
		jout_field_u64(&output->j, "sequence", finding->sequence);
	jout_field_text(&output->j, "text", finding->text);
	jout_close(&output->j, '}');
}

static int print_report(const VerifyReport *r, bool destroying, Output *output)
{
	int code = r->findings ? EXIT_NO : EXIT_DONE;
	if (!output->as_json) {
		printf("%s: %" PRIu64 " segments, %" PRIu64 " frames, %" PRIu64 " records, %" PRIu64
		       " objects, %.1f MB; %" PRIu64 " findings\nroot ",
		       r->findings ? "DAMAGED" : "intact", r->segments, r->frames, r->leaves, r->objects,
		       (double)r->bytes / 1e6, r->findings);
		for (size_t i = 0; i < STORE_HASH_LEN; i++)
			printf("%02x", r->root.bytes[i]);
		putchar('\n');
		if (r->torn_bytes)
			printf("a write that was cut off left %" PRIu64
			       " bytes; nothing in them was acknowledged, the next write removes them\n",
			       r->torn_bytes);
		if (destroying)
			puts("a destruction was interrupted: the next command that writes carries it to its end");
		return code;
	}
	Buf text = {0};
	JsonOut j;
	jout_begin(&j, &text);
	jout_open(&j, '{');
	jout_field_bool(&j, "intact", r->findings == 0);
	jout_field_u64(&j, "segments", r->segments);
	jout_field_u64(&j, "frames", r->frames);
	jout_field_u64(&j, "tree_size", r->leaves);
	jout_field_u64(&j, "objects", r->objects);
	jout_field_u64(&j, "bytes", r->bytes);
	jout_field_u64(&j, "torn_bytes", r->torn_bytes);
	jout_field_bool(&j, "destruction_interrupted", destroying);
	jout_key(&j, "root");
	jout_hex(&j, r->root.bytes, STORE_HASH_LEN);
	jout_key(&j, "findings");
	jout_open(&j, '[');
	if (output->findings.len)
		jout_raw(&j, buf_str(&output->findings));
	jout_close(&j, ']');
	jout_close(&j, '}');
	return cli_print(&text, code);
}

static int run_verify(const CliArgs *args)
{
	Store *store = NULL;
	Err err = {0};
	VerifyReport report = {0};
	Output output = {.as_json = args->values[OPT_JSON] != NULL};
	jout_begin(&output.j, &output.findings);
	int code = cli_open(args, &store, NULL);
	if (code != EXIT_DONE)
		return code;
	cli_catch_stop();
	if (store_verify(store, args->values[OPT_QUICK] != NULL, &cli_stop, show_finding, &output, &report, &err) !=
	    ST_OK) {
		cli_fail(&err);
		code = EXIT_FAILED;
	} else {
		code = print_report(&report, store_destroy_is_pending(store), &output);
	}
	buf_done(&output.findings);
	store_close(store);
	return code;
}

const CliCommand command_verify = {
	.name = "verify",
	.help = "check every stored byte",
	.options = options,
	.run = run_verify,
};
