/* bench/sample/delivery.c - documents come from the desk, one after another; each fault of a kind falls on a document
 * of its own, spread evenly over the delivery, so that none hides another. Totals are made wrong per case file. */
#include "bench/sample/delivery.h"

#include "base/file.h"
#include "base/json_out.h"
#include "bench/sample/calendar.h"
#include "bench/sample/desk.h"
#include "bench/sample/mixed.h"
#include "bench/sample/office_files.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define FONDS_NAME "Chi cục Kiểm định nông sản"
#define FONDS_FOLDER "Chi cuc Kiem dinh nong san"

typedef enum {
	FAULT_MISSING,  /* a row whose file is not there */
	FAULT_UNLISTED, /* a file without a row */
	FAULT_DOUBLED,  /* a row that names the file of the row before */
	FAULT_MISNAMED, /* a file in another folder */
	FAULT_NUMBER,   /* a number that stands in a row before too */
	FAULT_TOTAL,    /* of a case file */
	FAULT_COUNT
} Fault;

static const char *const fault_names[FAULT_COUNT] = {"missing",  "unlisted",    "doubled",
						     "misnamed", "same_number", "totals"};
enum { CASES_A_BOX = 5, MIXED_PAPERS = 40 /* of which some have no number */ };

typedef struct {
	const DeliveryOptions *o;
	const char *dir;
	Desk *desk;
	Paper paper;
	Random random;
	uint64_t case_number, ordinal, document; /* from 1; of the case file; from 0 */
	Buf rows, case_rows;                     /* of the sheet; of the case file at hand, without its columns */
	uint64_t case_row_count;
	Buf faults[FAULT_COUNT]; /* JSON strings with commas */
	char file_before[256];
	char number_before[3][160]; /* of the last row that has one … */
	int day_before;             /* … and its date */
	Buf unused;
} Delivery;

static const char headings[] =
	"STT\tPhông\tMục lục\tHộp số\tSố và ký hiệu hồ sơ\tTiêu đề hồ sơ\tThời hạn bảo quản\tChế độ sử dụng\tNgôn ngữ\t"
	"Ngày bắt đầu\tTháng bắt đầu\tNăm bắt đầu\tNgày kết thúc\tTháng kết thúc\tNăm kết thúc\t"
	"Tổng số văn bản trong hồ sơ\tChú giải\tKý hiệu thông tin\tTừ khóa\tSố lượng tờ\tTình trạng vật lý\t"
	"Mức độ tin cậy\tMã hồ sơ giấy gốc ( nếu có )\tGhi chú\tSố thứ tự văn bản trong hồ sơ\tTên loại văn bản\t"
	"Số của văn bản\tKý hiệu của văn bản\tNgày văn bản\tTháng văn bản\tNăm văn bản\t"
	"Tên cơ quan, tổ chức ban hành văn bản\tTrích yếu nội dung\tNgôn ngữ\tSố lượng trang của văn bản\tGhi chú\t"
	"Ký hiệu thông tin\tTừ khóa\tChế độ sử dụng\tMức độ tin cậy\tBút tích\tTình trạng vật lý\t"
	"Quy trình xử lý ( nếu có )\tTờ số\tLoại tài liệu\tĐường dẫn file\n";

static void note_fault(Delivery *d, Fault fault, const char *text)
{
	JsonOut j;
	Buf *list = &d->faults[fault];
	jout_begin(&j, list);
	j.need_comma = list->len > 0;
	jout_text(&j, text);
}

/* Which fault falls on this document: they are dealt out in turn, none on the first of a case file. */
static int fault_of(const Delivery *d)
{
	uint64_t wanted = d->o->faults * FAULT_TOTAL, step = wanted ? d->o->scans / wanted : 0;
	if (!step)
		return FAULT_COUNT;
	uint64_t turn = d->document / step;
	bool is_first = d->document % step == (step > 1);
	return turn < wanted && is_first ? (int)(turn % FAULT_TOTAL) : FAULT_COUNT;
}

/* ---- files ----------------------------------------------------------------------------------------------------- */

static Status write_scan(Delivery *d, const char *folder, const char *name, Str text, Err *err)
{
	char where[320];
	FilePath dir, path;
	snprintf(where, sizeof where, "giao-nop/" FONDS_FOLDER "/%s", folder);
	Status st = file_path(&dir, d->dir, where, err);
	if (st == ST_OK)
		st = file_make_dirs(dir.text, err);
	if (st == ST_OK)
		st = file_path(&path, dir.text, name, err);
	return st == ST_OK ? scan_write(text, d->o->dpi, path.text, err) : st;
}

static void case_folder(const Delivery *d, char out[static 64])
{
	snprintf(out, 64, "hopso%02" PRIu64 "/hoso%02" PRIu64, (d->case_number - 1) / CASES_A_BOX + 1, d->case_number);
}

static Status write_covers(Delivery *d, Err *err)
{
	char folder[64], name[64], text[256];
	case_folder(d, folder);
	snprintf(name, sizeof name, "Bia_hoso%02" PRIu64 ".pdf", d->case_number);
	snprintf(text, sizeof text, "%s\nHỒ SƠ SỐ %02" PRIu64 "\n", FONDS_NAME, d->case_number);
	Status st = write_scan(d, folder, name, str_from(text), err);
	snprintf(name, sizeof name, "MLVB_%02" PRIu64 ".pdf", d->case_number);
	snprintf(text, sizeof text, "MỤC LỤC VĂN BẢN\nHồ sơ số %02" PRIu64 "\n", d->case_number);
	return st == ST_OK ? write_scan(d, folder, name, str_from(text), err) : st;
}

/* ---- rows ------------------------------------------------------------------------------------------------------ */

/* "01/QĐ-X" → "01" and "/ QĐ-X", with the stray marks that typists leave. */
static void split_number(Delivery *d, char parts[3][160])
{
	const Paper *p = &d->paper;
	const char *slash = strchr(p->number, '/');
	parts[0][0] = parts[1][0] = 0;
	if (slash)
		snprintf(parts[0], 160, "%.*s", (int)(slash - p->number), p->number);
	if (slash)
		snprintf(parts[1], 160, "%s%s", random_chance(&d->random, 50) ? "/ " : "/", slash + 1);
	snprintf(parts[2], 160, "%s", p->office ? p->office->name : "");
}

static void add_cell_text(Buf *out, Str text)
{
	for (size_t i = 0; i < text.len; i++)
		buf_add_char(out, text.ptr[i] == '\t' || text.ptr[i] == '\n' ? ' ' : text.ptr[i]);
}

static void add_row(Delivery *d, char parts[3][160], const char *file)
{
	const Paper *p = &d->paper;
	CivilDate date = calendar_civil(p->day);
	Buf *row = &d->case_rows;
	buf_printf(row, "%" PRIu64 "\t%s\t%s\t%s\t%02d\t%02d\t%d\t%s\t", d->ordinal, paper_kinds[p->kind].name,
		   parts[0], parts[1], date.day, date.month, date.year, parts[2]);
	add_cell_text(row, buf_str(&p->subject));
	buf_printf(row, "\tTiếng Việt\t1\t\t\t\t\tBản chính\t\tBình thường\t\t%" PRIu64 "\tGiấy\t\\" FONDS_FOLDER "\\",
		   d->ordinal);
	for (const char *c = file; *c; c++)
		buf_add_char(row, *c == '/' ? '\\' : *c);
	buf_add_char(row, '\n');
	d->case_row_count++;
}

static void put_case(Delivery *d, bool wrong_total)
{
	Str rest = buf_str(&d->case_rows), row;
	uint64_t box = (d->case_number - 1) / CASES_A_BOX + 1;
	while (rest.len && str_split(&rest, '\n', &row)) {
		buf_printf(&d->rows,
			   "%" PRIu64 "\t%s\t01\t%s%02" PRIu64 "\t%02" PRIu64 "\tHồ sơ số %02" PRIu64
			   " về công tác kiểm định\tVĩnh viễn\tHạn chế\tTiếng Việt\t01\t01\t2015\t"
			   "31\t12\t2019\t%" PRIu64 "\t\t\t\t%" PRIu64 "\tBình thường\t\t\t\t",
			   d->case_number, FONDS_NAME, random_chance(&d->random, 30) ? "hopso" : "", box,
			   d->case_number, d->case_number, d->case_row_count + wrong_total, d->case_row_count);
		buf_add_str(&d->rows, row);
		buf_add_char(&d->rows, '\n');
	}
	buf_clear(&d->case_rows);
	d->case_row_count = 0;
}

/* ---- documents ------------------------------------------------------------------------------------------------- */

static Status write_document(Delivery *d, Err *err)
{
	char folder[64], name[160], file[256], parts[3][160];
	case_folder(d, folder);
	int fault = fault_of(d);
	snprintf(name, sizeof name, "000.07.25.H01.05.2019.%02" PRIu64 ".%02" PRIu64 ".%03" PRIu64 ".pdf",
		 (d->case_number - 1) / CASES_A_BOX + 1, d->case_number, d->ordinal);
	snprintf(file, sizeof file, "%s/%s", folder, name);
	split_number(d, parts);
	if (fault == FAULT_NUMBER) {
		memcpy(parts, d->number_before, sizeof parts);
		d->paper.day = d->day_before;
	}
	const char *listed = fault == FAULT_DOUBLED ? d->file_before : file;
	Status st = ST_OK;
	if (fault != FAULT_MISSING && fault != FAULT_DOUBLED)
		st = write_scan(d, fault == FAULT_MISNAMED ? "de lac" : folder, name, buf_str(&d->paper.text), err);
	if (fault != FAULT_UNLISTED)
		add_row(d, parts, listed);
	if (fault < FAULT_COUNT)
		note_fault(d, (Fault)fault,
			   fault == FAULT_NUMBER    ? parts[0]
			   : fault == FAULT_DOUBLED ? strrchr(listed, '/') + 1
						    : name);
	bool here = fault == FAULT_COUNT || fault == FAULT_NUMBER;
	if (here)
		snprintf(d->file_before, sizeof d->file_before, "%s", file);
	if (here && parts[0][0]) {
		memcpy(d->number_before, parts, sizeof parts);
		d->day_before = d->paper.day;
	}
	return st;
}

static Status write_case(Delivery *d, uint64_t documents, Err *err)
{
	char code[96];
	Status st = write_covers(d, err);
	for (d->ordinal = 1; d->ordinal <= documents && st == ST_OK; d->ordinal++, d->document++) {
		paper_clear(&d->paper);
		st = desk_next(d->desk, &d->paper, &d->unused, err);
		buf_clear(&d->unused);
		if (st == ST_OK)
			st = write_document(d, err);
	}
	bool wrong = d->case_number <= d->o->faults;
	snprintf(code, sizeof code, ".01.%02" PRIu64 " should hold", d->case_number);
	if (wrong)
		note_fault(d, FAULT_TOTAL, code);
	put_case(d, wrong);
	return st;
}

/* ---- all of it ------------------------------------------------------------------------------------------------- */

static Status write_faults(Delivery *d, Err *err)
{
	FilePath path;
	Buf json = {0};
	Status st = file_path(&path, d->dir, "faults.json", err);
	for (int i = 0; i < FAULT_COUNT; i++)
		buf_printf(&json, "%s\"%s\":[%.*s]", i ? ",\n" : "{", fault_names[i], STR_ARG(buf_str(&d->faults[i])));
	buf_add_str(&json, STR("}\n"));
	if (st == ST_OK)
		st = buf_ok(&json) ? file_replace(path.text, buf_str(&json), err) : err_no_memory(err);
	buf_done(&json);
	return st;
}

static Status write_register(Delivery *d, Err *err)
{
	FilePath path;
	Buf rows = {0};
	Status st = file_path(&path, d->dir, "giao-nop/danh-muc.xlsx", err);
	buf_printf(&rows, "DANH MỤC HỒ SƠ, VĂN BẢN SỐ HÓA\n" FONDS_NAME "\n%s", headings);
	for (int i = 1; i <= 46; i++)
		buf_printf(&rows, "%s(%d)", i > 1 ? "\t" : "", i);
	buf_printf(&rows, "\n%.*s", STR_ARG(buf_str(&d->rows)));
	if (st == ST_OK)
		st = buf_ok(&rows) && buf_ok(&d->rows) ? xlsx_write(buf_str(&rows), path.text, err)
						       : err_no_memory(err);
	buf_done(&rows);
	return st;
}

Status delivery_write(const char *dir, const DeliveryOptions *o, const Grammar *grammar, Err *err)
{
	Delivery d = {.o = o, .dir = dir, .random = {o->seed}};
	DeskOptions how = {.records = o->scans + MIXED_PAPERS, .seed = o->seed, .richness = 1};
	how.first_day = calendar_day(2013, 1, 2);
	how.last_day = calendar_day(2024, 12, 31);
	paper_init(&d.paper);
	d.desk = desk_new(grammar, &how, err);
	Status st = d.desk ? ST_OK : err->code;
	for (uint64_t i = 0; i < o->cases && st == ST_OK; i++) {
		d.case_number = i + 1;
		st = write_case(&d, o->scans * (i + 1) / o->cases - o->scans * i / o->cases, err);
	}
	if (st == ST_OK)
		st = write_register(&d, err);
	if (st == ST_OK)
		st = write_faults(&d, err);
	if (st == ST_OK)
		st = mixed_write(dir, d.desk, err);
	desk_free(d.desk);
	paper_done(&d.paper);
	buf_done(&d.rows);
	buf_done(&d.case_rows);
	buf_done(&d.unused);
	for (int i = 0; i < FAULT_COUNT; i++)
		buf_done(&d.faults[i]);
	return st;
}
