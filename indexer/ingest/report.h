/* indexer/ingest/report.h - what an ingest came to: the counts, and each input that was refused, as JSON.
 *
 *   {"seen":5,"added":3,"versions":0,"duplicates":1,"rejected":1,"bytes":…,"seconds":0.250,"tree_size":4,"root":"…"}
 *   {"source":"a.zip!b/c.pdf","code":"invalid","reason":"an empty file"}
 *   {"source":"a.edxml","warning":"4 stray bytes before \"<?xml\""}
 *   {"source":"a/Thumbs.db","warning":"bỏ qua: … (passed over: …)","finding":"passed_over"}
 *
 * `hoso ingest --json`, its list of rejects and GET /v1/jobs/{id} all print these.
 *
 * Shapes   seen = added + versions + duplicates + rejected + not_archived
 * Units    bytes as they were read; seconds since the ingest began
 * Owns     nothing
 * Errors   sticky in the JsonOut's Buf (out of memory)
 * Threads  pure
 */
#ifndef INDEXER_INGEST_REPORT_H
#define INDEXER_INGEST_REPORT_H

#include "base/json_out.h"
#include "base/language.h"
#include "store/format/hash.h"

/* What does not fit between a register and its files. Each is a warning too. */
typedef enum {
	FINDING_MISSING,       /* a row names a file that is not there */
	FINDING_UNLISTED,      /* a file that no row names */
	FINDING_DOUBLED,       /* a file that several rows name */
	FINDING_MISNAMED,      /* a file that stands elsewhere, or has another ending, than the row says */
	FINDING_TOTAL,         /* a total that differs from what is there */
	FINDING_SAME_NUMBER,   /* agency, year and number stand twice */
	FINDING_SAME_ORIGINAL, /* another record holds the same file, or holds it under another name */
	FINDING_CONTRADICTION, /* the record that holds the file says otherwise */
	FINDING_COUNT
} IngestFinding;
extern const char *const ingest_finding_names[FINDING_COUNT];
/* "thiếu tệp", "missing file" */
extern const char *const ingest_finding_texts[FINDING_COUNT][LANGUAGE_COUNT];

typedef struct {
	uint64_t seen, added, versions, duplicates, rejected, warnings;
	uint64_t not_archived; /* appended, and lost with a commit that failed (a full disk): to be given again */
	uint64_t amended;      /* of `versions`, those of metadata alone */
	uint64_t passed_over;  /* files that are no documents by their names; not among `seen` */
	/* of those that are new: without text, with pages that wait for recognition and how many, with a file that
	 * can't be read */
	uint64_t textless, waiting, waiting_pages, unreadable;
	uint64_t bytes; /* of text and originals, as read */
	double seconds;
	uint64_t bytes_read, bytes_expected; /* of the inputs, for the remaining time; expected 0: not known */
	uint64_t tree_size;                  /* of the archive, as `root`; set when the ingest has ended */
	Hash root;
	bool cut_short; /* it was stopped before its end */
	bool ended;
	uint64_t findings[FINDING_COUNT];
} IngestReport;

/* Writes the members (no braces) into an open object; "root" only once the ingest has ended. */
void ingest_report_write(const IngestReport *report, JsonOut *j);
/* Writes one input that was refused as an object. */
void ingest_reject_write(Str source, Status code, Str reason, JsonOut *j);
/* Writes what is odd about one that was taken as an object. finding: its name; NULL: it is none. */
void ingest_warning_write(Str source, const char *finding, Str warning, JsonOut *j);

/* The same as rows of a table for spreadsheets: a byte-order mark and the headings, then source, code, what the code
 * means in both languages, text. A cell that a spreadsheet would compute begins with an apostrophe. */
void ingest_csv_begin(Buf *out);
void ingest_reject_csv(Str source, Status code, Str reason, Buf *out);
void ingest_warning_csv(Str source, const char *finding, Str warning, Buf *out);

#endif
