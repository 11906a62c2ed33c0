/* bench/documents.c - hoso-documents: writes the texts of a sample as documents, to measure how they are taken in.
 *
 *   hoso-documents RECORDS.jsonl DIR      DIR/0000.pdf, 0001.docx, 0002.pdf …
 */
#include "base/file.h"
#include "bench/sample/office_files.h"
#include "indexer/source/bytes.h"
#include "indexer/source/json.h"

#include <fcntl.h>
#include <stdio.h>

static Status write_document(Str line, const char *dir, unsigned number, JsonReader *reader, Arena *arena, Err *err)
{
	Record record;
	FilePath path;
	char name[32];
	bool is_pdf = number % 2 == 0;
	arena_reset(arena);
	snprintf(name, sizeof name, "%04u.%s", number, is_pdf ? "pdf" : "docx");
	Status st = json_reader_parse(reader, line, arena, &record, err);
	if (st == ST_OK)
		st = file_path(&path, dir, name, err);
	if (st != ST_OK)
		return st;
	return is_pdf ? pdf_write(record.text, name, path.text, err) : docx_write(record.text, path.text, err);
}

int main(int argc, char **argv)
{
	Err err = {0};
	LineReader lines;
	Line line;
	JsonReader reader = {0};
	Arena arena = {0};
	unsigned number = 0;
	if (argc != 3) {
		fprintf(stderr, "usage: hoso-documents RECORDS.jsonl DIR\n");
		return 2;
	}
	FdSource from = {.fd = open(argv[1], O_RDONLY | O_CLOEXEC), .name = argv[1]};
	Status st = file_make_dirs(argv[2], &err);
	line_reader_init(&lines, byte_source_fd(&from));
	while (st == ST_OK && line_next(&lines, &line, &err) == STEP_ITEM)
		st = write_document(line.text, argv[2], number++, &reader, &arena, &err);
	line_reader_done(&lines);
	json_reader_done(&reader);
	arena_done(&arena);
	close_quietly(from.fd);
	if (err.code != ST_OK)
		fprintf(stderr, "hoso-documents: %s\n", err.text);
	return err.code == ST_OK ? 0 : 3;
}
