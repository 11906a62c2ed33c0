/* indexer/ingest/plan.h - what a register was taken for: its columns, its first records; for programs as JSON, for
 * people as a table.
 *
 *   {"register":"so.csv","heading_line":2,"documents":4,"case_files":1,"columns":[{"column":"A","title":"Số ký hiệu",
 *    "field":"number","how":"heading"},…],"records":[…]}
 *
 * Owns     nothing: everything is borrowed while the ingest tells it
 * Errors   sticky in the Buf (out of memory)
 * Threads  pure
 */
#ifndef INDEXER_INGEST_PLAN_H
#define INDEXER_INGEST_PLAN_H

#include "base/json_out.h"
#include "base/language.h"

typedef struct {
	char letters[4]; /* "B" */
	Str title;
	const char *field; /* as --map names it; NULL: kept under its title */
	const char *how;   /* "heading" "slip" "position" "map" "unknown" */
} IngestPlanColumn;

typedef struct {
	Str name;              /* of the register */
	uint64_t heading_line; /* 0: none */
	uint64_t documents, case_files;
	const IngestPlanColumn *columns;
	size_t column_count;
	Str records; /* JSON objects with commas between them */
} IngestPlan;

void ingest_plan_write(const IngestPlan *plan, JsonOut *j);
void ingest_plan_show(const IngestPlan *plan, Language language, Buf *out);

#endif
