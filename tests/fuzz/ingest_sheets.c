/* tests/fuzz/ingest_sheets.c - any bytes as a workbook (new or old), as the content of an OpenDocument sheet, and as
 * the text that the extracting process hands on (the first byte chooses): what the writer wrote is read again, every
 * row of it in order and none too long. */
#include "indexer/extract/biff_sheets.h"
#include "indexer/extract/office.h"
#include "indexer/extract/open_sheets.h"
#include "indexer/source/grid.h"

#include "base/file.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_table(const Grid *table)
{
	size_t cells = 0;
	uint64_t line = 0;
	for (size_t i = 0; i < table->row_count; i++) {
		const GridRow *row = &table->rows[i];
		if (row->count > GRID_COLUMNS_MAX || row->line <= line)
			abort();
		line = row->line;
		cells += row->count;
	}
	if (cells != table->cell_count)
		abort();
}

static Status read_back(Str text, bool csv, Err *err)
{
	GridBook book;
	Status st = grid_read_book(&book, text, csv, err);
	if (st != ST_OK)
		return st;
	for (size_t i = 0; i < book.count; i++)
		check_table(&book.tables[i]);
	grid_book_done(&book);
	return ST_OK;
}

static Status read_workbook(Str bytes, bool is_old, Buf *out, Err *err)
{
	static int fd = -1;
	if (fd < 0)
		fd = memfd_create("input", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, 0) != 0 || file_pwrite(fd, bytes.ptr, bytes.len, 0, "the input", err) != ST_OK ||
	    lseek(fd, 0, SEEK_SET) != 0)
		return ST_IO;
	return is_old ? biff_read_sheets(fd, out, err) : office_read_sheets(fd, out, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Buf out = {0};
	Err err;
	if (size == 0)
		return 0;
	Str bytes = {(const char *)data + 1, size - 1};
	SheetWriter sheets = {.out = &out};
	switch (data[0] % 5) {
	case 0:
	case 1:
		(void)read_back(bytes, data[0] % 5 == 1, &err);
		break;
	case 2:
		if (open_sheets_read(bytes, &sheets, &err) == ST_OK && read_back(buf_str(&out), false, &err) != ST_OK &&
		    err.code != ST_LIMIT)
			abort();
		break;
	default:
		if (read_workbook(bytes, data[0] % 5 == 4, &out, &err) == ST_OK &&
		    read_back(buf_str(&out), false, &err) != ST_OK && err.code != ST_LIMIT)
			abort();
	}
	sheet_writer_done(&sheets);
	buf_done(&out);
	return 0;
}
