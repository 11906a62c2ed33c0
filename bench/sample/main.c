/* bench/sample/main.c - hoso-sample: writes records of a province that does not exist, as its archive would hold them.
 *
 *   hoso-sample DIR [--records N] [--seed S] [--long]
 *   hoso-sample DIR --delivery [--cases N] [--scans N] [--faults N] [--dpi N] [--seed S]      delivery.h
 *
 *   DIR/records.jsonl   one record a line, in order of time
 *   DIR/cases.jsonl     the case files they belong to
 *   DIR/files/          originals of a few records: TCVN3, VNI and decomposed Unicode, a PDF, a Word file
 *
 * The same arguments write the same bytes.
 */
#include "base/file.h"
#include "bench/sample/calendar.h"
#include "bench/sample/delivery.h"
#include "bench/sample/desk.h"
#include "bench/sample/legacy.h"
#include "bench/sample/office_files.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

enum { FLUSH_BYTES = 1 << 20 };

typedef struct {
	const char *dir;
	DeskOptions desk;
	bool is_delivery;
	DeliveryOptions delivery;
} Options;

static int usage(void)
{
	fputs("usage: hoso-sample DIR [--records N] [--seed S] [--long]\n"
	      "  --records N  how many records (400)\n"
	      "  --seed S     another sample of the same kind (1)\n"
	      "  --long       papers of several pages, for benchmarks\n"
	      "usage: hoso-sample DIR --delivery [--cases N] [--scans N] [--faults N] [--dpi N] [--seed S]\n"
	      "  --cases N    how many case files (60)\n"
	      "  --scans N    how many documents in all (1500)\n"
	      "  --faults N   of each kind: missing, unlisted, doubled, misnamed, wrong totals, numbers twice (10)\n"
	      "  --dpi N      how fine the scans are (40); 150 can be read\n",
	      stderr);
	return 2;
}

static bool read_options(int argc, char **argv, Options *o)
{
	static const struct option options[] = {
		{"records", required_argument, NULL, 'r'},
		{"seed", required_argument, NULL, 's'},
		{"long", no_argument, NULL, 'l'},
		{"delivery", no_argument, NULL, 'd'},
		{"cases", required_argument, NULL, 'c'},
		{"scans", required_argument, NULL, 'n'},
		{"faults", required_argument, NULL, 'f'},
		{"dpi", required_argument, NULL, 'p'},
		{0},
	};
	for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		switch (option) {
		case 'r':
			if (!str_to_u64(str_from(optarg), &o->desk.records) || !o->desk.records)
				return false;
			break;
		case 's':
			if (!str_to_u64(str_from(optarg), &o->desk.seed))
				return false;
			break;
		case 'l':
			o->desk.richness = 6;
			break;
		case 'd':
			o->is_delivery = true;
			break;
		case 'c':
			if (!str_to_u64(str_from(optarg), &o->delivery.cases) || !o->delivery.cases)
				return false;
			break;
		case 'n':
			if (!str_to_u64(str_from(optarg), &o->delivery.scans) || !o->delivery.scans)
				return false;
			break;
		case 'f':
			if (!str_to_u64(str_from(optarg), &o->delivery.faults))
				return false;
			break;
		case 'p': {
			uint64_t dpi;
			if (!str_to_u64(str_from(optarg), &dpi) || dpi < 20 || dpi > 600)
				return false;
			o->delivery.dpi = (unsigned)dpi;
			break;
		}
		default:
			return false;
		}
	}
	o->dir = argv[optind];
	return argc - optind == 1;
}

/* ---- records whose text is in a file --------------------------------------------------------------------------- */

typedef enum {
	FORM_TCVN3 = LEGACY_TCVN3,
	FORM_VNI = LEGACY_VNI,
	FORM_DECOMPOSED = LEGACY_DECOMPOSED,
	FORM_PDF,
	FORM_DOCX
} FileForm;
typedef struct {
	unsigned record;
	FileForm form;
	const char *name;
} FileRecord;

/* In the order of the records: older papers in the encodings of their time. */
static const FileRecord file_records[] = {
	{7, FORM_TCVN3, "files/van-ban-abc-01.txt"},  {13, FORM_VNI, "files/van-ban-vni-01.txt"},
	{22, FORM_TCVN3, "files/van-ban-abc-02.txt"}, {31, FORM_DECOMPOSED, "files/van-ban-to-hop-01.txt"},
	{44, FORM_VNI, "files/van-ban-vni-02.txt"},   {58, FORM_DECOMPOSED, "files/van-ban-to-hop-02.txt"},
	{71, FORM_PDF, "files/van-ban-pdf-01.pdf"},   {86, FORM_DOCX, "files/van-ban-word-01.docx"},
};

static const FileRecord *file_of(uint64_t record)
{
	for (size_t i = 0; i < sizeof file_records / sizeof *file_records; i++)
		if (file_records[i].record == record)
			return &file_records[i];
	return NULL;
}

static Status write_file(const Options *o, const FileRecord *file, Paper *p, Err *err)
{
	FilePath path;
	Buf bytes = {0};
	Status st = file_path(&path, o->dir, file->name, err);
	if (st != ST_OK)
		return st;
	switch (file->form) {
	case FORM_PDF:
		buf_add_char(&p->subject, 0);
		p->subject.len--;
		st = pdf_write(buf_str(&p->text), p->subject.data, path.text, err);
		break;
	case FORM_DOCX:
		st = docx_write(buf_str(&p->text), path.text, err);
		break;
	default:
		legacy_write(buf_str(&p->text), (LegacyForm)file->form, &bytes);
		st = buf_ok(&bytes) ? file_replace(path.text, buf_str(&bytes), err) : err_no_memory(err);
	}
	buf_done(&bytes);
	p->file = file->name;
	return st;
}

/* ---- streams --------------------------------------------------------------------------------------------------- */

typedef struct {
	FILE *file;
	Buf pending;
	FilePath path;
} Stream;

static Status stream_open(Stream *s, const char *dir, const char *name, Err *err)
{
	*s = (Stream){0};
	Status st = file_path(&s->path, dir, name, err);
	if (st != ST_OK)
		return st;
	s->file = fopen(s->path.text, "w");
	return s->file ? ST_OK : err_errno(err, errno, "write %s", s->path.text);
}

static Status stream_flush(Stream *s, size_t at_least, Err *err)
{
	if (!buf_ok(&s->pending))
		return err_no_memory(err);
	if (s->pending.len < at_least)
		return ST_OK;
	if (s->pending.len && fwrite(s->pending.data, s->pending.len, 1, s->file) != 1)
		return err_errno(err, errno, "write %s", s->path.text);
	buf_clear(&s->pending);
	return ST_OK;
}

static Status stream_close(Stream *s, Status st, Err *err)
{
	if (st == ST_OK)
		st = stream_flush(s, 0, err);
	if (s->file && fclose(s->file) != 0 && st == ST_OK)
		st = err_errno(err, errno, "write %s", s->path.text);
	buf_done(&s->pending);
	return st;
}

static Status write_record(const Options *o, uint64_t index, Paper *p, Stream *records, Err *err)
{
	const FileRecord *file = file_of(index);
	Status st = file ? write_file(o, file, p, err) : ST_OK;
	if (st == ST_OK)
		paper_write_json(p, !file, &records->pending);
	return st;
}

static Status write_sample(const Options *o, const Grammar *grammar, Err *err)
{
	FilePath files;
	Stream records = {0}, cases = {0};
	Paper paper;
	paper_init(&paper);
	Desk *desk = desk_new(grammar, &o->desk, err);
	Status st = desk ? ST_OK : err->code;
	if (st == ST_OK)
		st = file_path(&files, o->dir, "files", err);
	if (st == ST_OK)
		st = file_make_dirs(files.text, err);
	if (st == ST_OK)
		st = stream_open(&records, o->dir, "records.jsonl", err);
	if (st == ST_OK)
		st = stream_open(&cases, o->dir, "cases.jsonl", err);
	for (uint64_t i = 0; st == ST_OK && i < o->desk.records; i++) {
		paper_clear(&paper);
		st = desk_next(desk, &paper, &cases.pending, err);
		if (st == ST_OK)
			st = write_record(o, i, &paper, &records, err);
		if (st == ST_OK)
			st = stream_flush(&records, FLUSH_BYTES, err);
		if (st == ST_OK)
			st = stream_flush(&cases, FLUSH_BYTES, err);
	}
	if (st == ST_OK)
		desk_finish(desk, &cases.pending);
	st = stream_close(&records, st, err);
	st = stream_close(&cases, st, err);
	desk_free(desk);
	paper_done(&paper);
	return st;
}

int main(int argc, char **argv)
{
	Options o = {.desk = {.records = 400, .seed = 1, .richness = 3},
		     .delivery = {.cases = 60, .scans = 1500, .faults = 10, .dpi = 40}};
	Err err;
	o.desk.first_day = calendar_day(2013, 1, 2);
	o.desk.last_day = calendar_day(2026, 6, 30);
	if (!read_options(argc, argv, &o))
		return usage();
	Grammar *grammar = grammar_new(scene_slots, &err);
	o.delivery.seed = o.desk.seed;
	Status st = !grammar        ? err.code
		    : o.is_delivery ? delivery_write(o.dir, &o.delivery, grammar, &err)
				    : write_sample(&o, grammar, &err);
	grammar_free(grammar);
	if (st != ST_OK) {
		fprintf(stderr, "hoso-sample: %s\n", err.text);
		return 3;
	}
	return 0;
}
