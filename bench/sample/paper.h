/* bench/sample/paper.h - one record: its metadata and its text, with letterhead and signature as the rules want them.
 *
 *   paper_begin (what, who, when, number)  →  paper_write_* (bodies.c)  →  paper_write_json
 *
 * Owns     the Bufs, until paper_done; everything else is borrowed from scene, office and desk
 * Errors   out of memory is sticky in the Bufs
 * Threads  a Paper belongs to one thread
 * Source   layout and abbreviations: NĐ 30/2020/NĐ-CP, Điều 7 and Phụ lục I, III
 */
#ifndef BENCH_SAMPLE_PAPER_H
#define BENCH_SAMPLE_PAPER_H

#include "bench/sample/scene.h"

typedef enum {
	KIND_DECISION,
	KIND_RULES,
	KIND_RESOLUTION,
	KIND_DIRECTIVE,
	KIND_PLAN,
	KIND_REPORT,
	KIND_LETTER,
	KIND_NOTICE,
	KIND_SUBMISSION,
	KIND_INVITATION,
	KIND_MINUTES,
	KIND_GUIDE,
	KIND_APPLICATION,
	KIND_RECEIPT,
	KIND_ROUTING,
	KIND_PERMIT,
	KIND_EXTRACT,
	KIND_CERTIFICATE, /* of the one-stop shop */
	KIND_COUNT
} PaperKind;

typedef struct {
	const char *name, *abbreviation, *retention;
	bool numbered;
} KindInfo;
extern const KindInfo paper_kinds[KIND_COUNT];

typedef struct {
	const char *kind;
	char number[64];
} Relation;

enum { PAPER_RELATIONS_MAX = 3, PAPER_RECIPIENTS_MAX = 6, PAPER_CITATION_MAX = 256 };

typedef struct {
	PaperKind kind;
	const Office *office;
	FieldId field;
	int day, due; /* due 0: none */
	char number[64], id[96], case_code[64];
	Buf subject, text, signer, position;
	const char *recipients[PAPER_RECIPIENTS_MAX];
	size_t recipient_count;
	Relation relations[PAPER_RELATIONS_MAX];
	size_t relation_count;
	const char *applicant; /* of an application: it has no office; NULL */
	const char *file;      /* the text is in a file instead; NULL */
	bool urgent, two_columns, new_tones;
	bool topical; /* of a work file: about the matter of the whole file */
} Paper;

void paper_init(Paper *p);
void paper_done(Paper *p);
void paper_clear(Paper *p); /* keeps the memory */

/* National title, office, number, place and date, "V/v" of letters; then the name of the type and the subject. */
void paper_write_head(Paper *p);
/* "Nơi nhận" and the signature. deputy 0: the head signs. */
void paper_write_end(Paper *p, Random *r, const char *first_recipient);
/* "Kế hoạch số 12/KH-UBND ngày 05 tháng 3 năm 2020 của Ủy ban nhân dân …" */
void paper_cite(const Paper *p, char out[static PAPER_CITATION_MAX]);
/* 'hòa' becomes 'hoà' and so on, as about one writer in ten places the tone. */
void paper_move_tones(Buf *text);
/* One line of records.jsonl; `with_text` false: the text is in p->file. */
void paper_write_json(const Paper *p, bool with_text, Buf *out);

#endif
