/* indexer/ingest/headings.h - the one table of what a register's columns may be called, and where each one goes.
 *
 *   "Số và ký hiệu văn bản", "codeNumber" …  -->  a RegisterField, which is a row of register_fields
 *
 * A heading is compared without accents, case, punctuation and what stands in parentheses; small slips of the pen are
 * forgiven where only one field is meant. Some headings are a case file's or a document's by their position: such a
 * field has a twin.
 *
 * Owns     nothing; the table lives for ever
 * Errors   none: an unknown heading is REG_NONE
 * Threads  pure
 * Source   TT 05/2025/TT-BNV and TT 02/2019/TT-BNV (names of fields), NĐ 30/2020 Phụ lục IV (registers) and VI;
 *          names that the national portal and the interchange axis use
 */
#ifndef INDEXER_INGEST_HEADINGS_H
#define INDEXER_INGEST_HEADINGS_H

#include "base/buf.h"

typedef enum {
	REG_NONE,
	REG_IGNORED,
	REG_ID,
	REG_FILE,
	REG_TEXT,
	/* a document's */
	REG_NUMBER,
	REG_NUMERAL,
	REG_NOTATION,
	REG_TYPE,
	REG_ISSUED,
	REG_ISSUED_DAY,
	REG_ISSUED_MONTH,
	REG_ISSUED_YEAR,
	REG_AGENCY,
	REG_SUBJECT,
	REG_SIGNER,
	REG_POSITION,
	REG_RECIPIENTS,
	REG_DIRECTION,
	REG_FONDS,
	REG_SECRECY,
	REG_URGENCY,
	REG_LANGUAGE,
	REG_PAGES,
	REG_KEYWORDS,
	REG_FIELD,
	REG_RETENTION,
	REG_ACCESS,
	REG_DUE,
	REG_REPOSITORY,
	REG_SHELF,
	REG_BOX,
	REG_SHEETS,
	REG_ORDINAL,
	REG_DOC_CODE,
	REG_NOTE,
	REG_INFOR_SIGN,
	REG_CONFIDENCE,
	REG_AUTOGRAPH,
	REG_CONDITION,
	REG_PROCESS,
	REG_MATERIAL,
	REG_ARRIVED,
	REG_ARRIVAL_NUMBER,
	REG_COPIES,
	REG_FORWARDED,
	REG_RECEIPT_SIGNED,
	REG_KEEPER,
	REG_OPINION,
	REG_RISK,
	REG_RISK_STATE,
	/* a case file's */
	REG_CASE_CODE,
	REG_CASE_AGENCY_CODE,
	REG_CASE_FONDS_CODE,
	REG_CASE_CATALOGUE,
	REG_CASE_NOTATION,
	REG_CASE_TITLE,
	REG_CASE_RETENTION,
	REG_CASE_ACCESS,
	REG_CASE_LANGUAGE,
	REG_CASE_PAGES,
	REG_CASE_KEYWORDS,
	REG_CASE_START,
	REG_CASE_START_DAY,
	REG_CASE_START_MONTH,
	REG_CASE_START_YEAR,
	REG_CASE_END,
	REG_CASE_END_DAY,
	REG_CASE_END_MONTH,
	REG_CASE_END_YEAR,
	REG_CASE_TOTAL,
	REG_CASE_SHEETS,
	REG_CASE_NOTE,
	REG_CASE_REMARK,
	REG_CASE_INFOR_SIGN,
	REG_CASE_CONFIDENCE,
	REG_CASE_CONDITION,
	REG_CASE_PAPER,
	REG_CASE_MAKER,
	REG_COUNT
} RegisterField;

typedef enum {
	COLUMN_IGNORED,
	COLUMN_MEMBER, /* of the record */
	COLUMN_DATE,   /* a member that is a date */
	COLUMN_LIST,
	COLUMN_WHOLE,
	COLUMN_EXTRA, /* under "extra" */
	COLUMN_EXTRA_DATE,
	COLUMN_LOCATION, /* under "location" */
	COLUMN_PART,     /* is composed with others: number, dates, signer, a case file's code */
} ColumnKind;

typedef struct {
	const char *path; /* as `--map` names it */
	ColumnKind kind;
	const char *member; /* where it goes; of a PART: unused */
	RegisterField twin; /* the case file's field of that heading; REG_NONE: it has none */
	bool of_case;
	const char *titles; /* divided by ";" */
} RegisterFieldRow;
extern const RegisterFieldRow register_fields[REG_COUNT];

/* Appends the heading as it is compared: "Quy trình xử lý ( nếu có )" → "quy trinh xu ly". */
void heading_fold(Str heading, Buf *out);
/* *slip_out: it is not written as in the table. */
RegisterField heading_find(Str heading, bool *slip_out);
/* By the name that `--map` gives it; REG_NONE: no such field. */
RegisterField register_field_by_path(Str path);

#endif
