/* indexer/extract/pdf_attached.c - an embedded file is a stream of its own, and a stream's dictionary is never packed:
 * a PDF without the word for it has none, and costs no process. */
#include "indexer/extract/pdf_attached.h"

#include "base/file.h"
#include "indexer/extract/process.h"

#include <unistd.h>

/* Looks for the word block by block; it may lie across two. */
static bool may_have_some(const SourceFile *pdf)
{
	static const Str word = {"EmbeddedFile", 12};
	char block[64 << 10];
	ssize_t got;
	if (pdf->fd < 0)
		return str_find(pdf->bytes, word) >= 0;
	for (off_t at = 0; (got = pread(pdf->fd, block, sizeof block, at)) > 0; at += got - (ssize_t)word.len) {
		if (str_find((Str){block, (size_t)got}, word) >= 0)
			return true;
		if (got <= (ssize_t)word.len)
			break;
	}
	return false;
}

static Status run(const SourceFile *pdf, const ExtractLimits *limits, const Deadline *until, Buf *out, Err *err)
{
	int fd = -1;
	ProcessResult result;
	Status st = source_file_open(pdf, &fd, err);
	if (st == ST_OK)
		st = process_extract("pdf-attached", fd, limits, until, &result, err);
	close_quietly(fd);
	if (st != ST_OK)
		return st;
	if (result.end == PROCESS_GIVEN_UP)
		st = err_set(err, ST_BUSY, "there was no time left to read the document");
	else if (result.end != PROCESS_ENDED || result.code != 0)
		st = err_set(err, ST_INVALID, "pdfdetach can't read it");
	else
		buf_add_str(out, buf_str(&result.out));
	process_result_done(&result);
	return st == ST_OK && !buf_ok(out) ? err_no_memory(err) : st;
}

/* "2 embedded files", then "1: phu-luc.xlsx" … */
Status pdf_attached_list(const SourceFile *pdf, const ExtractLimits *limits, const Deadline *until, Buf *names,
			 Err *err)
{
	Buf said = {0};
	Str rest, line;
	if (!may_have_some(pdf))
		return ST_OK;
	Status st = run(pdf, limits, until, &said, err);
	for (rest = buf_str(&said); st == ST_OK && str_split(&rest, '\n', &line);) {
		ptrdiff_t colon = str_find(line, STR(": "));
		uint64_t number;
		if (colon < 0 || !str_to_u64(str_slice(line, 0, (size_t)colon), &number))
			continue;
		buf_add_str(names, str_slice(line, (size_t)colon + 2, line.len));
		buf_add_char(names, '\n');
	}
	buf_done(&said);
	return st;
}
