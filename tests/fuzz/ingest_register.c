/* tests/fuzz/ingest_register.c - any bytes as a register: every row's JSON and every case file's is JSON, whatever the
 * headings are, and no member stands twice. */
#include "indexer/ingest/row.h"
#include "store/record/record.h"
#include "tokenizer/encoding.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_json(const Buf *json)
{
	Arena arena = {0};
	Record record;
	Err err;
	/* A record may still be refused: for its id or size, or for a NUL in a field. */
	if (buf_ok(json) && record_parse(buf_str(json), &arena, &record, &err) == ST_INVALID &&
	    str_starts(str_from(err.text), STR("broken JSON")) && str_find(buf_str(json), STR("\\u0000")) < 0)
		abort();
	arena_done(&arena);
}

static void check_rows(const Grid *table, const RegisterColumns *columns, Arena *arena)
{
	RegisterRow row, before = {0};
	Buf json = {0};
	for (size_t i = columns->first_row; i < table->row_count; i++) {
		row_read(columns, &table->rows[i], arena, &row);
		row_carry_case(&row, &before, arena);
		buf_clear(&json);
		row_write_record(&row, true, &json);
		check_json(&json);
		if (!row_has_case(&row))
			continue;
		before = row;
		buf_clear(&json);
		row_write_case(&row, arena, &json);
		check_json(&json);
	}
	buf_done(&json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Buf text = {0};
	EncodingReport encoding;
	Grid table = {0};
	RegisterColumns columns;
	Arena arena = {0};
	Err err;
	if (encoding_decode((Str){(const char *)data, size}, &text, &encoding, &err) == ST_OK &&
	    grid_read_csv(&table, buf_str(&text), &err) == ST_OK &&
	    columns_find(&table, NULL, 0, &arena, &columns, &err) == ST_OK)
		check_rows(&table, &columns, &arena);
	grid_done(&table);
	arena_done(&arena);
	buf_done(&text);
	return 0;
}
