/* cli/backup_report.c - how much was copied: one line for people, or one JSON object for programs. */
#include "cli/backup_report.h"

#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>

int backup_report_print(const char *done, const BackupReport *r, bool as_json)
{
	if (!as_json) {
		printf("%s %" PRIu64 " records; %u of %u segments copied, %.1f MB, every byte checked\n", done,
		       r->tree_size, r->segments_copied, r->segments, (double)r->bytes_copied / 1e6);
		return EXIT_DONE;
	}
	Buf text = {0};
	JsonOut j;
	jout_begin(&j, &text);
	jout_open(&j, '{');
	jout_field_u64(&j, "tree_size", r->tree_size);
	jout_field_u64(&j, "segments", r->segments);
	jout_field_u64(&j, "segments_copied", r->segments_copied);
	jout_field_u64(&j, "bytes_copied", r->bytes_copied);
	jout_close(&j, '}');
	return cli_print(&text, EXIT_DONE);
}
